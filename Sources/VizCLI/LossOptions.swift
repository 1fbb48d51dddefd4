internal import ArgumentParser
internal import VizCNN

/// What is to become small.
struct LossOptions: ParsableArguments {
  enum LossName: String, CaseIterable, Sendable {
    case auto
    case crossEntropy = "cross-entropy"
    case nll, mse, margin
  }

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
}

extension LossOptions {
  func loss(over old: Loss?) -> Loss? {
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

  /// Whether all that is said is for the loss that there is.
  func check(for used: Loss?) throws {
    if labelSmoothing ?? 0 > 0, ![.auto, .crossEntropy].contains(LossName(used)) {
      throw ValidationError("--label-smoothing is for cross-entropy.")
    }
  }
}

extension LossOptions.LossName {
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
