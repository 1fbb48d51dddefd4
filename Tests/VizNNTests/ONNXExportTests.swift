import Foundation
import Testing
import VizCheckpoint
import VizNN
import VizTestSupport

/// Layers on their way to ONNX and back; scripts/check-torch.py has onnxruntime run what is written.
@Suite("Layers as ONNX")
struct ONNXExportTests {
  private static let names = ["x0", "x1", "x2"]
  /// What ONNX has no operators for.
  private static let unsaid: Set = ["PrimaryCapsules", "CapsuleRouting", "CapsuleMask"]

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
      if Self.unsaid.contains(example.type) {
        #expect(throws: CheckpointError.self) {
          try Checkpoint(network: network).encoded(as: .onnx)
        }
        continue
      }
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

  private func written(
    _ layers: [(String, any Layer)], _ input: [Int?], size: (height: Int, width: Int)? = nil
  ) throws -> (network: Network, notes: [String]) {
    let architecture = try Architecture(input: .init("x", shape: input), sequence: layers)
    var random = SplitMix64(seed: 5)
    let network = try Network(
      architecture, parameters: random.parameters(architecture.parameterShapes))
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).onnx")
    defer { try? FileManager.default.removeItem(at: file) }
    let notes = try Checkpoint(network: network).write(to: file.path, format: .onnx, size: size)
    return (try Checkpoint.read(file.path).network, notes)
  }

  @Test("a model that is written for one size says so, one that takes any says nothing")
  func sizes() throws {
    let conv = Conv2d(inputChannels: 3, outputChannels: 2, kernelSize: 3)
    let pool = AdaptiveAvgPool2d(height: 3, width: 5)
    let open: [Int?] = [nil, 3, nil, nil]
    let guessed = try written([("conv", conv), ("pool", pool)], open)
    #expect(guessed.network.architecture.inputs[0].shape == [nil, 3, 224, 224])
    #expect(guessed.notes.count == 1 && guessed.notes[0].contains("3x224x224"))
    #expect(guessed.notes[0].contains("--input-shape"))
    let asked = try written([("conv", conv), ("pool", pool)], open, size: (30, 41))
    #expect(asked.network.architecture.inputs[0].shape == [nil, 3, 30, 41])
    #expect(asked.notes.count == 1 && asked.notes[0].contains("3x30x41"))
    let whole = try written(
      [("conv", conv), ("pool", AdaptiveAvgPool2d(height: 1, width: 1))], open)
    #expect(whole.network.architecture.inputs[0].shape == open && whole.notes.isEmpty)
    let fixed = try written([("conv", conv), ("pool", pool)], [nil, 3, 9, 10])
    #expect(fixed.notes.isEmpty)
  }

  @Test("open channels stay open where a layer takes any, and are those of a layer's own else")
  func openChannels() throws {
    let open: [Int?] = [nil, nil, nil, nil]
    let one = try written([("slope", PReLU())], open)
    #expect(one.network.architecture.inputs[0].shape == open && one.notes.isEmpty)
    let many = try written([("slopes", PReLU(parameterCount: 7))], open)
    #expect(many.network.architecture.inputs[0].shape == [nil, 7, nil, nil])
    #expect(many.notes.count == 1 && many.notes[0].contains("7x224x224"), "\(many.notes)")
  }

  @Test(
    "hundreds of parts of unequal size come back with the same numbers, also around infinities",
    arguments: [false, true])
  func manyParts(isMaximum: Bool) throws {
    let pool: any Layer =
      isMaximum
      ? AdaptiveMaxPool2d(height: 300, width: 4) : AdaptiveAvgPool2d(height: 300, width: 4)
    let again = try written([("pool", pool)], [nil, 2, 400, 7]).network
    var random = SplitMix64(seed: 6)
    var values = random.tensor([1, 2, 400, 7]).values
    (values[0], values[777], values[2900]) = (.infinity, -.infinity, .nan)
    let input = Tensor(shape: [1, 2, 400, 7], values: values)
    let expected = pool.run([input])[0].values.map(Double.init)
    let found = try #require(try again.forward(["x": input]).outputs.values.first)
    // A mean over the longest part and a factor: two roundings more.
    let difference = firstDifference(found.values, expected) { _ in 4 * 0x1p-24 }
    #expect(difference == nil)
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
