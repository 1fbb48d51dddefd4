public import VizFiles
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
  /// Where the network comes from, and what it takes to go on; nil where the file does not say.
  public var training: TrainingRecord?
  /// What had to be found out to read the file, a sentence each; empty where it says everything.
  public var notes: [String]

  public init(
    network: Network, input: InputDescription? = nil, classNames: [String] = [],
    history: [[String: Double]] = [], training: TrainingRecord? = nil, notes: [String] = []
  ) {
    self.network = network
    self.input = input
    self.classNames = classNames
    self.history = history
    self.training = training
    self.notes = notes
  }
}

/// What a run of training leaves beside the network.
public struct TrainingRecord: Sendable {
  /// Its command, data, seed and whatever else it wants to find again.
  public var facts: JSONValue
  /// Tensors that are no parameters: what an optimiser remembers.
  public var tensors: [String: Tensor]

  public init(facts: JSONValue, tensors: [String: Tensor] = [:]) {
    self.facts = facts
    self.tensors = tensors
  }
}
