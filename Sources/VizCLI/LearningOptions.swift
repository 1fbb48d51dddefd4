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
  var epochs: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Pictures per step (default: 64).", valueName: "n"),
    transform: wholeNumber(in: 1...TrainingOptions.largestBatch))
  var batchSize: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The optimiser: sgd, adam, adamw or rmsprop (default: adam).", valueName: "name"),
    completion: .list(Method.allCases.map(\.rawValue)), transform: oneOf(Method.self))
  var optimizer: Method?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The learning rate (default: 0.001, of sgd 0.01).", valueName: "x"),
    transform: number(above: 0, upTo: 1e38))  // parameters are Float32
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
  var schedule: Schedule?

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
  var loss: LossName?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The share of a label that goes to all classes alike (default: 0).", valueName: "x"),
    transform: number(in: 0..<1))
  var labelSmoothing: Double?

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
  var validation: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("What all that is random follows from (default: 0).", valueName: "n"),
    transform: wholeNumber(in: 0...(.max)))
  var seed: Int?

  func validate() throws {
    if clipNorm != nil, clipValue != nil {
      throw ValidationError("Give either --clip-norm or --clip-value.")
    }
  }
}

extension LearningOptions {
  /// What is said; where nothing is, what a stored run has, or what is usual.
  func options(over stored: TrainingOptions? = nil) throws -> TrainingOptions {
    var options = stored ?? (optimizer ?? .adam).usualOptions
    options.method = method(over: options.method)
    options.schedule = schedule(over: options.schedule)
    options.loss = loss(over: options.loss)
    options.epochs = epochs ?? options.epochs
    options.batchSize = batchSize ?? options.batchSize
    options.weightDecay = weightDecay ?? options.weightDecay
    options.rate = lr ?? options.rate
    options.clipping =
      clipNorm.map { .norm($0) } ?? clipValue.map { .value($0) } ?? options.clipping
    options.patience = patience ?? options.patience
    options.validationShare = validation ?? options.validationShare
    options.seed = seed.map { UInt64($0) } ?? options.seed
    try check(options)
    return options
  }

  /// Whether all that is said is for the optimiser, the schedule and the loss that there are.
  private func check(_ options: TrainingOptions) throws {
    if nesterov {
      guard case .sgd(let momentum, _) = options.method, momentum > 0 else {
        throw ValidationError("--nesterov is for sgd with momentum.")
      }
    }
    let (method, schedule) = (Method(options.method), Schedule(options.schedule))
    let hasSteps = schedule == .step || schedule == .plateau
    for (option, isGiven, isUsed, place) in [
      (
        "--momentum", momentum != nil, method == .sgd || method == .rmsprop,
        "--optimizer sgd and rmsprop"
      ),
      ("--warm-up", warmUp != nil, schedule == .cosine, "--schedule cosine"),
      ("--every", every != nil, hasSteps, "--schedule step and plateau"),
      ("--factor", factor != nil, hasSteps, "--schedule step and plateau"),
    ] where isGiven && !isUsed {
      throw ValidationError("\(option) is for \(place).")
    }
    if labelSmoothing ?? 0 > 0, ![.auto, .crossEntropy].contains(LossName(options.loss)) {
      throw ValidationError("--label-smoothing is for cross-entropy.")
    }
  }

  private func method(over old: Optimizer.Method) -> Optimizer.Method {
    let base = optimizer.map { $0 == Method(old) ? old : $0.usualOptions.method } ?? old
    switch base {
    case .sgd(let old, let isNesterov):
      return .sgd(momentum: momentum ?? old, isNesterov: nesterov || isNesterov)
    case .rmsprop(let alpha, let epsilon, let old):
      return .rmsprop(alpha: alpha, epsilon: epsilon, momentum: momentum ?? old)
    case .adam, .adamW: return base
    }
  }

  private func schedule(over old: LearningRate.Schedule) -> LearningRate.Schedule {
    let base = schedule.map { $0 == Schedule(old) ? old : $0.usual } ?? old
    switch base {
    case .constant: return base
    case .step(let oldEvery, let old): return .step(every: every ?? oldEvery, factor: factor ?? old)
    case .cosine(let old, let floor): return .cosine(warmUpSteps: warmUp ?? old, floor: floor)
    case .plateau(let old, let patience, let threshold):
      return .plateau(factor: factor ?? old, patience: every ?? patience, threshold: threshold)
    }
  }

  private func loss(over old: Loss?) -> Loss? {
    guard loss != nil || labelSmoothing != nil else { return old }
    var smoothing = labelSmoothing ?? 0
    if labelSmoothing == nil, case .crossEntropy(let old) = old { smoothing = old }
    switch loss ?? LossName(old) {
    case .auto: return smoothing > 0 ? .crossEntropy(smoothing: smoothing) : nil
    case .crossEntropy: return .crossEntropy(smoothing: smoothing)
    case .nll: return .negativeLogLikelihood
    case .mse: return .meanSquaredError
    case .margin: return LossName(old) == .margin ? old : .margin()
    }
  }
}

extension LearningOptions.Method {
  init(_ method: Optimizer.Method) {
    switch method {
    case .sgd: self = .sgd
    case .adam: self = .adam
    case .adamW: self = .adamw
    case .rmsprop: self = .rmsprop
    }
  }

  /// What there is where nothing but the optimiser is said.
  var usualOptions: TrainingOptions {
    switch self {
    case .sgd: TrainingOptions(method: .sgd(momentum: 0.9), rate: 0.01)
    case .adam: TrainingOptions(method: .adam())
    case .adamw: TrainingOptions(method: .adamW(), weightDecay: 0.01)
    case .rmsprop: TrainingOptions(method: .rmsprop())
    }
  }
}

extension LearningOptions.Schedule {
  init(_ schedule: LearningRate.Schedule) {
    switch schedule {
    case .constant: self = .constant
    case .step: self = .step
    case .cosine: self = .cosine
    case .plateau: self = .plateau
    }
  }

  var usual: LearningRate.Schedule {
    switch self {
    case .constant: .constant
    case .step: .step(every: 10)
    case .cosine: .cosine()
    case .plateau: .plateau()
    }
  }
}

extension LearningOptions.LossName {
  init(_ loss: Loss?) {
    switch loss {
    case nil: self = .auto
    case .crossEntropy: self = .crossEntropy
    case .negativeLogLikelihood: self = .nll
    case .meanSquaredError: self = .mse
    case .margin: self = .margin
    }
  }
}
