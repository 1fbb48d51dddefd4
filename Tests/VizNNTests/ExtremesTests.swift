import Testing
import VizNN

/// `Fixtures/make_extremes.py` printed what PyTorch gives.
@Suite("Extreme numbers against PyTorch 2.15")
struct ExtremesTests {
  private let fixture: [String: Tensor]

  init() throws { fixture = try SafetensorsFixture("extremes.safetensors").tensors }

  /// 88 roundings of an exponent are 88·2⁻²⁴ of its power; below 1e-37 numbers lose bits.
  private func expect(
    _ layer: any Layer, _ inputs: [Tensor], gives name: String, but place: Int? = nil,
    absolute: Float = 1e-37
  ) throws {
    let expected = try #require(fixture[name], "\(name)")
    for context in ForwardContext.usable {
      let found = layer.run(inputs, context: context)[0]
      #expect(found.shape == expected.shape, "\(name)")
      for (i, (a, b)) in zip(found.values, expected.values).enumerated() where i != place {
        let tolerance = 88 * 0x1p-24 * abs(b) + absolute
        let isSame = a == b || (a.isNaN && b.isNaN) || abs(a - b) <= tolerance
        #expect(isSame, "\(name), \(context.name): number \(i) is \(a) instead of \(b)")
      }
    }
  }

  @Test(
    "activations",
    arguments: [
      "ReLU", "ReLU6", "LeakyReLU", "ELU", "CELU", "SELU", "GELU", "SiLU", "Mish", "Hardswish",
      "Hardsigmoid", "Hardtanh", "Sigmoid", "Tanh", "Softplus", "Softsign",
    ])
  func activations(_ name: String) throws {
    let layer = try LayerRegistry.entry(named: name).layer()
    let numbers = try #require(fixture["numbers"])
    // PyTorch's GELU of infinity is NaN; it is infinite. Its SiLU of −88.8 is 0, as exp(88.8) overflows; it is
    // −2.4e-37, which `PointwiseTests` asks for.
    try expect(layer, [numbers], gives: name, but: ["GELU": 1, "SiLU": 11][name])
  }

  @Test(
    "functions, but for those of large angles",
    arguments: [
      "Abs", "Neg", "Exp", "Log", "Sqrt", "Reciprocal", "Erf", "Floor", "Ceil", "Round", "Sign",
    ])
  func functions(_ name: String) throws {
    let layer = try LayerRegistry.entry(named: "Function").layer([.string(name)])
    let numbers = try #require(fixture["numbers"])
    // The sign of NaN is 0 in PyTorch, and NaN in NumPy, whose words ONNX's operators are.
    try expect(layer, [numbers], gives: name, but: name == "Sign" ? 0 : nil)
  }

  @Test(
    "functions of two numbers",
    arguments: ["Add", "Sub", "Mul", "Div", "Pow", "Maximum", "Minimum"])
  func pairs(_ name: String) throws {
    let layer = try LayerRegistry.entry(named: name).layer()
    let numbers = try #require(fixture["numbers"])
    let column = numbers.reshaped(to: [numbers.count, 1])
    try expect(layer, [column, numbers], gives: name)
  }

  @Test("rows", arguments: ["Mean", "Sum", "Max", "Min", "Prod", "LogSumExp"])
  func rows(_ name: String) throws {
    let layer = try LayerRegistry.entry(named: "Reduce").layer([.string(name), [1]])
    // PyTorch adds in Float32, which 3e38 twice are too much for.
    let place = ["Mean", "Sum"].contains(name) ? 6 : nil
    try expect(layer, [try #require(fixture["rows"])], gives: name, but: place)
  }

  @Test("probabilities", arguments: ["Softmax", "LogSoftmax"])
  func probabilities(_ name: String) throws {
    let layer = try LayerRegistry.entry(named: name).layer([1])
    // PyTorch holds the sum, which is 1 and a little, in Float32.
    try expect(layer, [try #require(fixture["rows"])], gives: name, absolute: 0x1p-23)
  }
}
