internal import VizFiles
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

  /// Data that are not what a stored run has learned from, which lay at `stored`.
  case otherData(source: String, stored: String, Difference?)
  /// Data of a stored run that are not where it found them.
  case lostData(DataSource.Kind, DatasetError)

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
    case .otherRun(let differences) where differences.map(\.part) == ["--epochs"]:
      "a cosine ends with its epochs: begin the run again with more, or with --schedule constant to add "
        + "some whenever you like"
    case .otherRun:
      "leave out what differs to go on with that run, or begin another one without --resume"
    case .otherData:
      "bring the data back to what they were, name with --data where those are now, or begin another "
        + "run without --resume"
    case .lostData(let kind, _):
      "--data \(kind.rawValue):\(kind.place) says where the data of the run are now"
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
    case .otherData(let source, let stored, let difference):
      "\(printable(source)): "
        + (source == stored
          ? "the contents have changed since the checkpoint was written"
          : "the contents are not those that the run learned from at \(printable(stored))")
        + (difference.map {
          ": \(printable($0.found)) instead of \(printable($0.expected))"
        } ?? "")
    case .lostData(_, let error): "\(error)"
    }
  }

  private static func word(_ loss: Double) -> String { loss.isNaN ? "NaN" : "\(loss)" }
}
