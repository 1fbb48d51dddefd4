import Testing
import VizNN
import VizTestSupport

@Suite("Layers that run as one")
struct FusionTests {
  typealias Node = Architecture.Node

  /// Layers one after the other, and what they are for.
  private static let chains: [(name: String, input: Shape, layers: [any Layer])] = [
    (
      "convolution, normalisation, bounds", [2, 3, 9, 9],
      [SampleNetwork.conv(3, 20, 3), BatchNorm2d(features: 20), ReLU()]
    ),
    ("normalisation, bounds", [2, 5, 7, 5], [BatchNorm2d(features: 5), ReLU6()]),
    (
      "dense, normalisation, bounds", [3, 10],
      [Linear(inputFeatures: 10, outputFeatures: 7), BatchNorm1d(features: 7), ReLU()]
    ),
    // Normalised along the series, whose length is, or is not, the number of outputs.
    (
      "dense over a series, normalisation", [2, 4, 10],
      [Linear(inputFeatures: 10, outputFeatures: 4), BatchNorm1d(features: 4)]
    ),
    (
      "dense over a short series, normalisation", [2, 1, 10],
      [Linear(inputFeatures: 10, outputFeatures: 4), BatchNorm1d(features: 1)]
    ),
    (
      "twice normalised", [2, 3, 8, 8],
      [SampleNetwork.conv(3, 4, 3), BatchNorm2d(features: 4), BatchNorm2d(features: 4), ReLU()]
    ),
  ]

  /// The last value, of a run that keeps no other and of one that keeps all.
  private func difference(
    _ architecture: Architecture, _ inputs: [Shape], _ context: ForwardContext
  ) throws -> String? {
    let network = try SampleNetwork.random(architecture)
    var random = SplitMix64(seed: 3)
    let tensors = Dictionary(
      uniqueKeysWithValues: zip(architecture.inputs.map(\.name), inputs).map {
        ($0, random.tensor($1, scale: 3))
      })
    let fused = try network.forward(tensors, context: context)
    let plain = try network.forward(
      tensors, capturing: Set(architecture.nodes.map(\.name)), context: context)
    let output = architecture.outputs[0].name
    return firstDifference(
      try #require(fused.outputs[output]), try #require(plain.outputs[output]), share: 1e-5)
  }

  @Test("give what they give one by one", arguments: chains.map(\.name))
  func oneByOne(_ name: String) throws {
    let (_, shape, layers) = try #require(Self.chains.first { $0.name == name })
    let architecture = try Architecture(
      input: .init("x", shape: [nil] + shape.dimensions.dropFirst().map(Optional.some)),
      sequence: layers.enumerated().map { ("n\($0)", $1) })
    for context in ForwardContext.usable {
      let difference = try difference(architecture, [shape], context)
      #expect(difference == nil, "\(context.name): \(difference ?? "")")
    }
  }

  @Test("a sum keeps the bounds of what follows, also where it repeats numbers")
  func sums() throws {
    for other: Shape in [[2, 3, 5, 5], [2, 3, 1, 1]] {
      let architecture = try Architecture(
        inputs: [
          .init("a", shape: [nil, 3, 5, 5]),
          .init("b", shape: [nil] + other.dimensions.dropFirst().map(Optional.some)),
        ],
        nodes: [
          Node("sum", Add(), inputs: ["a", "b"]),
          Node("bounds", Hardtanh(lower: -1, upper: 0.5), inputs: ["sum"]),
        ], outputs: [.init("y", value: "bounds")])
      for context in ForwardContext.usable {
        #expect(try difference(architecture, [[2, 3, 5, 5], other], context) == nil)
      }
    }
  }
}
