public import VizNN

/// Looks at the outputs of some layers of a network, for one picture after the other.
public struct ActivationProbe: Sendable {
  public let architecture: Architecture
  /// The layers that are looked at, in the order of the network.
  public let layers: [SelectedLayer]
  private let network: PreparedNetwork
  private let rectified: Set<String>

  /// - Throws: `MethodError.noLayer` where the selection means nothing.
  public init(
    _ network: Network, selection: LayerSelection = .standard
  ) throws(MethodError) {
    architecture = network.architecture
    layers = try selection.layers(of: architecture)
    rectified = architecture.rectifiedValues
    let names = Set(layers.map(\.name))
    self.network = try MethodError.naming { () throws(NetworkError) in
      try PreparedNetwork(network, capturing: names)
    }
  }

  /// Runs the network on its only input, mostly `[1, C, H, W]`.
  public func activations(
    for input: Tensor, context: ForwardContext = ForwardContext()
  ) throws(MethodError) -> Activations {
    guard architecture.inputs.count == 1 else {
      throw .inputCount(names: architecture.inputs.map(\.name))
    }
    return try activations(for: [architecture.inputs[0].name: input], context: context)
  }

  /// Runs the network on a tensor for each of its inputs.
  public func activations(
    for inputs: [String: Tensor], context: ForwardContext = ForwardContext()
  ) throws(MethodError) -> Activations {
    for (name, tensor) in inputs.sorted(by: { $0.key < $1.key }) {
      // A constant or a vector may come without a batch; a batch of images must be one image.
      if tensor.shape.rank == 4, tensor.shape[0] != 1 {
        throw .batch(input: name, found: tensor.shape)
      }
    }
    let shapes = inputs.mapValues(\.shape)
    return try MethodError.naming { () throws(NetworkError) in
      let fields = try architecture.receptiveFields(for: shapes)
      return Activations(
        trace: try network.forward(inputs, context: context), layers: layers,
        fields: fields.compactMapValues(\.self), rectified: rectified)
    }
  }
}

/// What the layers made of one picture, a layer at a time.
///
/// Each `next` takes one layer out: its numbers are counted only then, maps are made when asked for, and
/// the memory is free when nobody holds the element any longer. (A loop over a variable goes through a
/// copy, beside which the variable keeps all; loop over the call, or call `next`.)
public struct Activations: Sequence, IteratorProtocol, Sendable {
  /// By the names of the network's outputs.
  public let outputs: [String: Tensor]
  private var values: [String: Tensor]
  private var layers: ArraySlice<SelectedLayer>
  private let fields: [String: ReceptiveField]
  private let rectified: Set<String>

  init(
    trace: Trace, layers: [SelectedLayer], fields: [String: ReceptiveField],
    rectified: Set<String>
  ) {
    outputs = trace.outputs
    values = trace.captured
    self.layers = layers[...]
    self.fields = fields
    self.rectified = rectified
  }

  public mutating func next() -> LayerActivation? {
    guard let layer = layers.popFirst(), let value = values.removeValue(forKey: layer.name) else {
      return nil
    }
    return LayerActivation(
      layer, value: value, field: fields[layer.name], isRectified: rectified.contains(layer.name))
  }
}

extension MethodError {
  /// Passes on what goes wrong in the network.
  static func naming<Result>(
    _ body: () throws(NetworkError) -> Result
  ) throws(MethodError) -> Result {
    do throws(NetworkError) { return try body() } catch { throw .network(error) }
  }
}
