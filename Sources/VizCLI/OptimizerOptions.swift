internal import ArgumentParser
internal import VizCNN

/// What follows gradients, and how fast.
struct OptimizerOptions: ParsableArguments {
  enum Method: String, CaseIterable, Sendable { case sgd, adam, adamw, rmsprop }

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
}

extension OptimizerOptions {
  /// What there is where nothing but the optimiser is said.
  var usualOptions: TrainingOptions { (optimizer ?? .adam).usualOptions }

  func method(over old: Optimizer.Method) -> Optimizer.Method {
    let base = optimizer.map { $0 == Method(old) ? old : $0.usualOptions.method } ?? old
    switch base {
    case .sgd(let old, let isNesterov):
      return .sgd(momentum: momentum ?? old, isNesterov: nesterov || isNesterov)
    case .rmsprop(let alpha, let epsilon, let old):
      return .rmsprop(alpha: alpha, epsilon: epsilon, momentum: momentum ?? old)
    case .adam, .adamW: return base
    }
  }

  /// Whether all that is said is for the optimiser that there is.
  func check(for used: Optimizer.Method) throws {
    if nesterov {
      guard case .sgd(let momentum, _) = used, momentum > 0 else {
        throw ValidationError("--nesterov is for sgd with momentum.")
      }
    }
    if momentum != nil, ![.sgd, .rmsprop].contains(Method(used)) {
      throw ValidationError("--momentum is for --optimizer sgd and rmsprop.")
    }
  }
}

extension OptimizerOptions.Method {
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
