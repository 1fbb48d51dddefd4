internal import ArgumentParser
internal import VizCNN

/// How a network learns.
struct LearningOptions: ParsableArguments {
  enum Method: String, CaseIterable, Sendable { case sgd, adam, adamw, rmsprop }
  enum Schedule: String, CaseIterable, Sendable { case constant, step, cosine, plateau }
  enum LossName: String, CaseIterable, Sendable {
    case auto
    case crossEntropy = "cross-entropy"
    case nll, mse, margin
  }

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How often to go over all pictures (default: 5).", valueName: "n"),
    transform: wholeNumber(in: 1...1_000_000))
  var epochs = 5

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Pictures per step (default: 64).", valueName: "n"),
    transform: wholeNumber(in: 1...65_536))
  var batchSize = 64

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The optimiser: sgd, adam, adamw or rmsprop (default: adam).", valueName: "name"),
    completion: .list(Method.allCases.map(\.rawValue)), transform: oneOf(Method.self))
  var optimizer: Method = .adam

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The learning rate (default: 0.001, of sgd 0.01).", valueName: "x"),
    transform: number(above: 0))
  var lr: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Of sgd (default: 0.9) and rmsprop (default: 0).", valueName: "x"),
    transform: number(in: 0..<1))
  var momentum: Double?

  @Flag(help: "Nesterov's momentum, of sgd.") var nesterov = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How much weights are drawn towards 0 (default: 0, of adamw 0.01).", valueName: "x"),
    transform: number(in: 0..<1))
  var weightDecay: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How the learning rate goes: constant, step, cosine or plateau (default: constant).",
      valueName: "name"),
    completion: .list(Schedule.allCases.map(\.rawValue)), transform: oneOf(Schedule.self))
  var schedule: Schedule = .constant

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Of cosine: steps of the warm-up before it (default: 0).", valueName: "n"),
    transform: wholeNumber(in: 0...1_000_000_000))
  var warmUp: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Of step: epochs between two; of plateau: epochs of patience (default: 10).", valueName: "n"),
    transform: wholeNumber(in: 1...1_000_000))
  var every: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Of step and plateau: what the rate is multiplied with (default: 0.1).", valueName: "x"),
    transform: number(in: 0..<1))
  var factor: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The largest norm of all gradients together.", valueName: "x"),
    transform: number(above: 0))
  var clipNorm: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The largest absolute value of a gradient.", valueName: "x"),
    transform: number(above: 0))
  var clipValue: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The loss: cross-entropy, nll, mse or margin; auto, the default, asks the last layer.",
      valueName: "name"),
    completion: .list(LossName.allCases.map(\.rawValue)), transform: oneOf(LossName.self))
  var loss: LossName = .auto

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The share of a label that goes to all classes alike (default: 0).", valueName: "x"),
    transform: number(in: 0..<1))
  var labelSmoothing = 0.0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("End after so many epochs without a smaller loss.", valueName: "n"),
    transform: wholeNumber(in: 1...1_000_000))
  var patience: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The share of the pictures that is held back for validation (default: 0.1).", valueName: "x"),
    transform: number(in: 0..<1))
  var validation = 0.1

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("What all that is random follows from (default: 0).", valueName: "n"),
    transform: wholeNumber(in: 0...(.max)))
  var seed = 0

  func validate() throws {
    if clipNorm != nil, clipValue != nil {
      throw ValidationError("Give either --clip-norm or --clip-value.")
    }
    if nesterov, optimizer != .sgd || momentum == 0 {
      throw ValidationError("--nesterov is for sgd with momentum.")
    }
    let hasMomentum = optimizer == .sgd || optimizer == .rmsprop
    let hasSteps = schedule == .step || schedule == .plateau
    for (option, isGiven, isUsed, place) in [
      ("--momentum", momentum != nil, hasMomentum, "--optimizer sgd and rmsprop"),
      ("--warm-up", warmUp != nil, schedule == .cosine, "--schedule cosine"),
      ("--every", every != nil, hasSteps, "--schedule step and plateau"),
      ("--factor", factor != nil, hasSteps, "--schedule step and plateau"),
    ] where isGiven && !isUsed {
      throw ValidationError("\(option) is for \(place).")
    }
    if labelSmoothing > 0, ![.auto, .crossEntropy].contains(loss) {
      throw ValidationError("--label-smoothing is for cross-entropy.")
    }
  }
}

extension LearningOptions {
  var options: TrainingOptions {
    TrainingOptions(
      epochs: epochs, batchSize: batchSize, method: method,
      weightDecay: weightDecay ?? (optimizer == .adamw ? 0.01 : 0),
      rate: lr ?? (optimizer == .sgd ? 0.01 : 0.001), schedule: rates,
      clipping: clipNorm.map { .norm($0) } ?? clipValue.map { .value($0) }, loss: chosenLoss,
      patience: patience, validationShare: validation, seed: UInt64(seed))
  }

  private var method: Optimizer.Method {
    switch optimizer {
    case .sgd: .sgd(momentum: momentum ?? 0.9, isNesterov: nesterov)
    case .adam: .adam()
    case .adamw: .adamW()
    case .rmsprop: .rmsprop(momentum: momentum ?? 0)
    }
  }

  private var rates: LearningRate.Schedule {
    switch schedule {
    case .constant: .constant
    case .step: .step(every: every ?? 10, factor: factor ?? 0.1)
    case .cosine: .cosine(warmUpSteps: warmUp ?? 0)
    case .plateau: .plateau(factor: factor ?? 0.1, patience: every ?? 10)
    }
  }

  private var chosenLoss: Loss? {
    switch loss {
    case .auto: labelSmoothing > 0 ? .crossEntropy(smoothing: labelSmoothing) : nil
    case .crossEntropy: .crossEntropy(smoothing: labelSmoothing)
    case .nll: .negativeLogLikelihood
    case .mse: .meanSquaredError
    case .margin: .margin()
    }
  }
}

/// Reads a number of a range.
private func number(in range: Range<Double>) -> @Sendable (String) throws -> Double {
  { word in
    guard let value = Double(word), range.contains(value) else {
      throw ValidationError(
        "expected a number, \(decimal(range.lowerBound)) or more and below "
          + decimal(range.upperBound))
    }
    return value
  }
}

/// Reads a finite number above a bound.
private func number(above bound: Double) -> @Sendable (String) throws -> Double {
  { word in
    guard let value = Double(word), value > bound, value.isFinite else {
      throw ValidationError("expected a number above \(decimal(bound))")
    }
    return value
  }
}
