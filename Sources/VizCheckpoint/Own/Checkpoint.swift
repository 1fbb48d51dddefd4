public import VizInput
public import VizNN

/// A network with everything that a file says about it.
public struct Checkpoint: Sendable {
  public var network: Network
  /// How a picture becomes the network's input; nil where the file does not say.
  public var input: InputDescription?
  /// What the outputs stand for, in their order; empty where the file does not say.
  public var classNames: [String]
  /// What was measured in each epoch of training, by name; empty where the file does not say.
  public var history: [[String: Double]]
  /// What had to be found out to read the file, a sentence each; empty where it says everything.
  public var notes: [String]

  public init(
    network: Network, input: InputDescription? = nil, classNames: [String] = [],
    history: [[String: Double]] = [], notes: [String] = []
  ) {
    self.network = network
    self.input = input
    self.classNames = classNames
    self.history = history
    self.notes = notes
  }
}
