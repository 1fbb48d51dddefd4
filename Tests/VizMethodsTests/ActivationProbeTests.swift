import Testing
import VizImage
import VizMethods
import VizNN
import VizTestSupport

@Suite("ActivationProbe") struct ActivationProbeTests {
  private func layers(
    _ network: Network, _ input: Tensor, _ selection: LayerSelection = .standard
  ) throws -> [LayerActivation] {
    Array(try ActivationProbe(network, selection: selection).activations(for: input))
  }

  private func sequence(
    _ shape: [Int?], _ layers: [(name: String, layer: any Layer)]
  ) throws -> Network {
    try SampleNetworks.random(
      try Architecture(input: .init("x", shape: shape), sequence: layers), seed: 2)
  }

  @Test("layers are what a forward pass captures, in the network's order") func values() throws {
    let network = try SampleNetworks.digits()
    var random = SplitMix64(seed: 3)
    let input = random.tensor([1, 1, 12, 12])
    let found = try layers(network, input)
    let trace = try network.forward(["image": input], capturing: Set(found.map(\.name)))
    #expect(found.map(\.position) == [1, 2, 3, 4, 5, 6, 9, 10, 11])
    for layer in found {
      let expected = try #require(trace.captured[layer.name])
      #expect(layer.value.values == expected.values, "\(layer.name)")
      #expect(layer.shape.dimensions == Array(expected.shape.dimensions.dropFirst()))
      #expect(layer.planes.count == (layer.isMaps ? layer.shape[0] : 0))
      for (c, plane) in layer.planes.enumerated() {
        #expect(plane.samples(as: Float.self) == expected.element(0).element(c).values)
        #expect(plane.width == expected.shape[3] && plane.height == expected.shape[2])
      }
      let range = try #require(layer.range)
      #expect(
        range.lowerBound == expected.values.min() && range.upperBound == expected.values.max())
    }
    #expect(found[2].receptiveField?.vertical == .init(size: 4, stride: 2, start: 0))
    #expect(found[6].receptiveField == nil)
    #expect(found[1].isNonNegative && !found[0].isNonNegative)
  }

  @Test("a channel is dead where ReLU left nothing of it, also behind pooling and sums of such")
  func deadChannels() throws {
    let network = try sequence(
      [nil, 2, 4, 4],
      [("relu", ReLU()), ("pool", MaxPool2d(kernelSize: 2)), ("tanh", Tanh())])
    var values = [Float](repeating: -1, count: 32)
    values[16] = 0.5
    let found = try layers(network, Tensor(shape: [1, 2, 4, 4], values: values))
    #expect(found.map(\.deadChannels) == [[0], [0], nil])
    #expect(found.map { $0.channels[0].isZero } == [true, true, true])
    values[0] = .nan
    let undefined = try layers(network, Tensor(shape: [1, 2, 4, 4], values: values))
    #expect(undefined[0].deadChannels == [])
  }

  @Test("NaN and infinities are counted and no part of the range") func undefinedNumbers() throws {
    let network = try sequence([nil, 1, 1, 4], [("id", Tanh()), ("same", Identity())])
    let input = Tensor(shape: [1, 1, 1, 4], values: [.nan, 0.5, -0.25, .nan])
    let layer = try #require(try layers(network, input, LayerSelection(["id"])).first)
    #expect(layer.nanCount == 2 && layer.infinityCount == 0)
    let unbounded = try sequence([nil, 1, 1, 4], [("relu", ReLU())])
    let wide = Tensor(shape: [1, 1, 1, 4], values: [.infinity, -.infinity, 3, 1])
    let facts = try #require(try layers(unbounded, wide).first).channels[0]
    #expect(facts.infinityCount == 1 && facts.range == 0...3 && facts.nanCount == 0)
    // Zero, one and three; what is infinite has no part in the mean.
    #expect(abs(facts.mean - 4 / 3.0) < 1e-12)
  }

  @Test("outputs of other ranks become one map or a vector") func otherRanks() throws {
    let network = try sequence(
      [nil, 2, 3, 4], [("a", Reshape([1, 6, 4])), ("b", Reshape([24]))])
    var random = SplitMix64(seed: 1)
    let input = random.tensor([1, 2, 3, 4])
    let found = try layers(network, input, LayerSelection(["a", "b"]))
    #expect(found.map(\.shape) == [[1, 6, 4], [24]])
    #expect(found.map(\.isMaps) == [true, false])
  }

  @Test("a batch, a second input and an unknown layer are errors") func refusals() throws {
    let network = try SampleNetworks.digits()
    let probe = try ActivationProbe(network)
    #expect(throws: MethodError.batch(input: "image", found: [2, 1, 12, 12])) {
      try probe.activations(for: Tensor(repeating: 0, shape: [2, 1, 12, 12]))
    }
    #expect(throws: MethodError.self) {
      try probe.activations(for: Tensor(repeating: 0, shape: [1, 3, 12, 12]))
    }
    #expect(throws: MethodError.self) {
      try ActivationProbe(network, selection: LayerSelection(["nothing"]))
    }
    let pair = try Network(
      Architecture(
        inputs: [.init("a", shape: [1, 2]), .init("b", shape: [1, 2])],
        nodes: [.init("sum", Add(), inputs: ["a", "b"])],
        outputs: [.init("out", value: "sum")]), parameters: [:])
    let one = Tensor(repeating: 1, shape: [1, 2])
    #expect(throws: MethodError.inputCount(names: ["a", "b"])) {
      try ActivationProbe(pair).activations(for: one)
    }
    let both = try ActivationProbe(pair).activations(for: ["a": one, "b": one])
    #expect(both.map { $0.value.values } == [[2, 2]])
  }
}
