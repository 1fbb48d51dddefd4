import Foundation
import Testing
import VizKernels
import VizNN
import VizTestSupport

/// A layer as PyTorch ran it; `Fixtures/make_layers.py` wrote what it gave.
struct PyTorchCase: Sendable, CustomTestStringConvertible {
  let number: Int
  let type: String
  let arguments: LayerArguments
  let inputs: [Tensor]
  let outputs: [Tensor]

  var testDescription: String {
    "\(number): \(type)(" + arguments.items.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")
      + ") of " + inputs.map(\.shape.description).joined(separator: " and ")
  }

  static func all() throws -> [PyTorchCase] {
    let fixture = try SafetensorsFixture("layers.safetensors")
    let json = try JSONSerialization.jsonObject(with: fixture.texts["cases"] ?? Data())
    guard let cases = json as? [[Any]], let outputs = fixture.tensors["outputs"]?.values else {
      throw SafetensorsFixture.Malformed()
    }
    var rest = outputs[...]
    defer { precondition(rest.isEmpty, "\(rest.count) numbers are of no case") }
    return try cases.enumerated().map { i, entry in
      guard entry.count >= 4, let type = entry[0] as? String,
        let arguments = entry[1] as? [String: Any], let shapes = entry[2] as? [[Int]],
        let results = entry[3] as? [[Int]],
        rest.count >= results.reduce(0, { $0 + Shape($1).count })
      else { throw SafetensorsFixture.Malformed() }
      let scale = entry.count > 4 ? entry[4] as? Int ?? 1 : 1
      let isWhole = entry.count > 5 && entry[5] as? Int == 1
      var random = SplitMix64(seed: UInt64(i))
      var named = LayerArguments()
      for (name, value) in arguments { named[name] = LayerValue(json: value) }
      var inputs = shapes.map { random.tensor(Shape($0), scale: Float(scale)) }
      if isWhole {
        inputs = inputs.map { tensor in
          Tensor(
            shape: tensor.shape, values: tensor.values.map { $0.rounded(.toNearestOrEven) })
        }
      }
      return PyTorchCase(
        number: i, type: type, arguments: named, inputs: inputs,
        outputs: results.map { lengths in
          let shape = Shape(lengths)
          defer { rest = rest.dropFirst(shape.count) }
          return Tensor(shape: shape, values: Array(rest.prefix(shape.count)))
        })
    }
  }

  /// Parameters follow the inputs in the stream of random numbers.
  func parameters(of layer: any Layer) -> [String: Tensor] {
    var random = SplitMix64(seed: UInt64(number))
    for input in inputs { _ = random.tensor(input.shape) }
    return random.parameters(layer.parameterShapes)
  }
}

extension PyTorchCase {
  /// How far from PyTorch's numbers those may be that a layer gives after its way through ONNX.
  ///
  /// A layer in several steps rounds some times more. Places between samples are divided where PyTorch
  /// multiplies: 100 · 2⁻²³ at the end of a row of 100, times 2 from one sample to the next. A neighbour of the
  /// scale, where that has the right length, moves them as far again.
  static func onnxShare(_ layer: any Layer) -> Double {
    (layer as? Upsample)?.mode ?? .nearest != .nearest ? 4.8e-5 : 4e-6
  }
}

extension LayerValue {
  /// Layers read 0 and 1 as False and True, which JSON's numbers here are not told from.
  init(json: Any) {
    switch json {
    case let value as Int: self = .int(value)
    case let value as Double: self = .float(value)
    case let value as String: self = .string(value)
    case let values as [Any]: self = .list(values.map { LayerValue(json: $0) })
    default: self = .none
    }
  }
}

@Suite("Layers against PyTorch 2.15")
struct PyTorchLayerTests {
  /// Sums in another order differ by a few roundings: 4·2⁻²⁴ of the largest number for up to 400 products of
  /// numbers below 1, and the tails of exp and tanh of the C library are as near.
  static let share = 2e-6

  @Test("every layer gives PyTorch's numbers on every instruction set")
  func forwardMatchesPyTorch() throws {
    let cases = try PyTorchCase.all()
    #expect(cases.count > 300)
    for example in cases {
      let layer = try LayerRegistry.entry(named: example.type).layer([], example.arguments)
      let parameters = example.parameters(of: layer)
      let shapes = try layer.outputShapes(example.inputs.map(\.shape))
      #expect(shapes == example.outputs.map(\.shape), "\(example.testDescription)")
      guard shapes == example.outputs.map(\.shape) else { continue }
      for context in ForwardContext.usable {
        let outputs = layer.run(example.inputs, parameters, context: context)
        for (output, expected) in zip(outputs, example.outputs) {
          let difference = firstDifference(output, expected, share: Self.share)
          #expect(difference == nil, "\(example.testDescription), \(context.name)")
        }
      }
    }
  }

  @Test("every case has a layer that its own arguments make again")
  func argumentsRoundTrip() throws {
    for example in try PyTorchCase.all() {
      let layer = try LayerRegistry.entry(named: example.type).layer([], example.arguments)
      let entry = try LayerRegistry.entry(named: layer.typeName)
      let again = try entry.layer([], layer.arguments)
      #expect(again.arguments == layer.arguments, "\(example.testDescription)")
      let short = try entry.layer([], entry.shortened(layer.arguments))
      #expect(short.arguments == layer.arguments, "\(example.testDescription)")
    }
  }

  @Test("every kind of layer is among the cases")
  func everyLayerHasACase() throws {
    let cases = Set(try PyTorchCase.all().map(\.type))
    let missing = LayerRegistry.all.map(\.name).filter { !cases.contains($0) }
    // `Pad` is what the four modules make, and the other two do nothing.
    #expect(missing == ["Dropout2d", "Pad", "Constant"])
  }
}
