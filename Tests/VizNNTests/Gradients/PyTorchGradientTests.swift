import Testing
import VizNN
import VizTestSupport

@Suite("Gradients against PyTorch 2.15")
struct PyTorchGradientTests {
  /// Sums in another order differ by a few roundings, 2⁻²⁴ each, of numbers of the size of 1 and more, which
  /// may cancel each other; hundreds of products are added up.
  private static let share = 4e-6

  @Test("every layer gives PyTorch's gradients on every instruction set")
  func backwardMatchesPyTorch() throws {
    let fixture = try SafetensorsFixture("gradients.safetensors")
    let numbers = Set(fixture.tensors.keys.compactMap { Int($0.prefix { $0 != "." }) })
    var types: Set<String> = []
    for example in try PyTorchCase.all() where numbers.contains(example.number) {
      let layer = try LayerRegistry.entry(named: example.type).layer([], example.arguments)
      let (parameters, weights) = example.numbers(of: layer)
      let one = try OneLayer(layer, example.inputs, parameters)
      for context in ForwardContext.usable {
        let found = try one.gradients(weights: weights, context: context)
        for (name, gradient) in found {
          let stored = name.hasPrefix("x") ? "input.\(name.dropFirst())" : name
          // PyTorch stores none for what a choice depends on.
          let expected =
            fixture.tensors["\(example.number).\(stored)"]
            ?? Tensor(repeating: 0, shape: gradient.shape)
          let values = expected.values.map(Double.init)
          let largest = values.reduce(1) { max($0, abs($1)) }
          let difference = firstDifference(gradient.values, values) { _ in Self.share * largest }
          #expect(
            difference == nil && gradient.shape == expected.shape,
            "\(example.testDescription), \(context.name), \(name): \(difference ?? "")")
        }
      }
      types.insert(example.type)
    }
    let missing = LayerRegistry.all.map(\.name).filter { !types.contains($0) }
    // `Pad` is what the modules make, two do nothing in evaluation, and PyTorch's places are integers.
    #expect(Set(missing) == ["Dropout2d", "Pad", "Constant", "ArgMax"], "\(missing)")
  }
}

extension PyTorchCase {
  /// Parameters follow the inputs in the stream of random numbers, and then come weights of the outputs; a
  /// place among samples has none.
  fileprivate func numbers(of layer: any Layer) -> (parameters: [String: Tensor], weights: [Tensor])
  {
    var random = SplitMix64(seed: UInt64(number))
    for input in inputs { _ = random.tensor(input.shape) }
    let parameters = random.parameters(layer.parameterShapes)
    let weights = outputs.enumerated().map { i, output in
      let drawn = random.tensor(output.shape)
      return layer is MaxPool2d && i == 1 ? Tensor(repeating: 0, shape: output.shape) : drawn
    }
    return (parameters, weights)
  }
}
