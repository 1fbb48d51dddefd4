public import VizNN

/// What can go wrong while a network learns.
public enum TrainingError: Error, Equatable, Sendable {
  case data(DatasetError)
  case network(NetworkError)
  /// A loss that is no number before anything was learned.
  case undefined(loss: Double)
  /// A loss that is no number any more.
  case diverged(epoch: Int, step: Int, loss: Double, rate: Double)
  /// A network that cannot learn from the data.
  case unsuitable(expected: String, found: String)
  /// A state that was stored for another run; there is at least one difference.
  case otherRun([Difference])

  /// What is not as a stored run has it.
  public struct Difference: Equatable, Sendable {
    public let part: String
    public let expected: String
    public let found: String

    public init(part: String, expected: String, found: String) {
      (self.part, self.expected, self.found) = (part, expected, found)
    }
  }
}

extension TrainingError {
  /// The way out, where there is one to tell.
  public var hint: String? {
    switch self {
    case .data(let error): error.hint
    case .network(.node(_, _, .outOfMemory)): "a smaller --batch-size takes less memory"
    case .network(.node(_, _, .inputShape)):
      "where pictures are too small for the network, --augment 'Resize(224)' makes them larger"
    case .undefined:
      "numbers overflow on the way through the network: batch normalisation keeps them small, as do "
        + "smaller kernels where a .net gives them"
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
    case .undefined(let loss):
      "the loss of the first step is \(Self.word(loss)), before anything was learned"
    case .diverged(let epoch, let step, let loss, let rate):
      "the loss is \(Self.word(loss)) in epoch \(epoch), step \(step), with a learning rate of \(rate)"
    case .unsuitable(let expected, let found): "expected \(expected), found \(found)"
    case .otherRun(let differences):
      "the stored run has "
        + differences.map { "another \($0.part): \($0.found) instead of \($0.expected)" }
        .joined(separator: "; ")
    }
  }

  private static func word(_ loss: Double) -> String { loss.isNaN ? "NaN" : "\(loss)" }
}
