import VizNN
import VizTestSupport

/// A network of one layer, for its way back.
struct OneLayer {
  let network: Network
  let inputs: [String: Tensor]
  let outputShapes: [Shape]

  init(_ layer: any Layer, _ inputs: [Tensor], _ parameters: [String: Tensor]) throws {
    let names = inputs.indices.map { "x\($0)" }
    let node = Architecture.Node("y", layer, inputs: names)
    let architecture = try Architecture(
      inputs: zip(names, inputs).map { .init($0, shape: $1.shape.dimensions) }, nodes: [node],
      outputs: node.values.map { .init($0, value: $0) })
    network = try Network(
      architecture,
      parameters: Dictionary(
        uniqueKeysWithValues: parameters.map { (node.parameterName($0.key), $0.value) }))
    self.inputs = Dictionary(uniqueKeysWithValues: zip(names, inputs))
    outputShapes = try layer.outputShapes(inputs.map(\.shape))
  }

  /// The gradients of Σ outputs · weights, by inputs and by parameters under the layer's own names.
  func gradients(
    weights: [Tensor], mode: PassMode = .evaluation, context: ForwardContext = ForwardContext()
  ) throws -> [String: Tensor] {
    let given = Dictionary(
      uniqueKeysWithValues: zip(network.architecture.nodes[0].values, weights))
    let recording = try network.recording(inputs, mode: mode, context: context)
    let found = recording.gradients(given, of: Set(inputs.keys))
    var named = found.values
    for (name, gradient) in found.parameters { named[String(name.dropFirst(2))] = gradient }
    return named
  }
}
