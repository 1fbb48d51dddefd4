import Testing
import VizCheckpoint
import VizNN

/// Layers on their way to ONNX and back; scripts/check-torch.py has onnxruntime run what is written.
@Suite("Layers as ONNX")
struct ONNXExportTests {
  private static let names = ["x0", "x1", "x2"]

  private func network(_ example: PyTorchCase, _ layer: any Layer) throws -> Network {
    let inputs = zip(Self.names, example.inputs).map { name, tensor in
      Architecture.Input(name, shape: tensor.shape.dimensions.map { $0 })
    }
    let node = Architecture.Node("layer", layer, inputs: inputs.map(\.name))
    let outputs = node.values.enumerated().map { Architecture.Output("y\($0)", value: $1) }
    var parameters: [String: Tensor] = [:]
    for (name, tensor) in example.parameters(of: layer) { parameters["layer.\(name)"] = tensor }
    return try Network(
      Architecture(inputs: inputs, nodes: [node], outputs: outputs), parameters: parameters)
  }

  @Test("every layer that is written is read again with PyTorch's numbers")
  func roundTrip() throws {
    for example in try PyTorchCase.all() {
      let layer = try LayerRegistry.entry(named: example.type).layer([], example.arguments)
      let network = try network(example, layer)
      do {
        let bytes = try Checkpoint(network: network).encoded(as: .onnx)
        let again = try Checkpoint.read(ByteRegion(bytes), name: "x.onnx").network
        let inputs = zip(again.architecture.inputs.map(\.name), example.inputs)
        let outputs = try again.forward(Dictionary(uniqueKeysWithValues: inputs)).outputs
        for (i, expected) in example.outputs.enumerated() {
          let found = try #require(outputs["y\(i)"])
          let difference = firstDifference(found, expected, share: PyTorchCase.onnxShare(layer))
          #expect(difference == nil, "\(example.testDescription)")
        }
      } catch { Issue.record("\(example.testDescription): \(error)") }
    }
  }

  @Test("padding is written out, which runtimes understand together with dilation")
  func explicitPads() throws {
    let layer = try LayerRegistry.entry(named: "Conv2d").layer(
      [1, 1, 3], ["padding": "same", "dilation": 2])
    let node = try #require(layer.onnxNodes([[1, 1, 7, 8]]).first)
    #expect(node.attributes["pads"] == [2, 2, 2, 2])
    #expect(node.attributes["auto_pad"] == nil)
  }

  @Test("sizes of pictures leave the batch open")
  func openBatch() throws {
    let upsample = Upsample(.lengths(Pair(7, 9)), mode: .bilinear)
    let network = try Network(
      Architecture(
        input: .init("x", shape: [nil, 1, 3, 4]), sequence: [("up", upsample)]), parameters: [:])
    let bytes = try Checkpoint(network: network).encoded(as: .onnx)
    let again = try Checkpoint.read(ByteRegion(bytes), name: "x.onnx").network
    #expect(again.architecture.inputs[0].shape == [nil, 1, 3, 4])
  }
}
