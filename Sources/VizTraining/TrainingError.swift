public import VizNN

/// What can go wrong while a network learns.
public enum TrainingError: Error, Equatable, Sendable {
  case data(DatasetError)
  case network(NetworkError)
  /// A loss that is no number any more.
  case diverged(epoch: Int, step: Int, loss: Double, rate: Double)
  /// A network that cannot learn from the data.
  case unsuitable(expected: String, found: String)
  /// A state that was stored for another run.
  case otherRun(part: String, expected: String, found: String)
}

extension TrainingError {
  /// The way out, where there is one to tell.
  public var hint: String? {
    switch self {
    case .data(let error): error.hint
    case .network(.node(_, _, .outOfMemory)): "a smaller --batch-size takes less memory"
    case .diverged: "a smaller --lr, or --clip-norm 1, keeps steps small"
    default: nil
    }
  }
}

extension TrainingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .data(let error): "\(error)"
    case .network(let error): "\(error)"
    case .diverged(let epoch, let step, let loss, let rate):
      "the loss is \(loss.isNaN ? "NaN" : "\(loss)") in epoch \(epoch), step \(step), with a learning rate of \(rate)"
    case .unsuitable(let expected, let found): "expected \(expected), found \(found)"
    case .otherRun(let part, let expected, let found):
      "the stored run has another \(part): \(found) instead of \(expected)"
    }
  }
}
