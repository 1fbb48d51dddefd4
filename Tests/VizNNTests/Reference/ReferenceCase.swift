import Testing
import VizNN
import VizReference
import VizTestSupport

/// A layer, what it is given, and what the definition says it gives.
struct ReferenceCase: Sendable, CustomTestStringConvertible {
  typealias Judge =
    @Sendable (_ inputs: [ReferenceArray], _ parameters: [String: ReferenceArray]) ->
    [ReferenceArray]

  let type: String
  let arguments: LayerArguments
  let inputs: [Tensor]
  /// By how much a number may differ: a share of itself, or of `magnitude` where it is smaller.
  let share: Double
  let magnitude: Double
  let judge: Judge

  /// Inputs of numbers of −`scale`…`scale`, unless there are `values` for the first.
  ///
  /// By default a number may be off by eight roundings of Float32, which is more than any of the short
  /// formulas makes.
  init(
    _ type: String, _ arguments: LayerArguments = [:], _ shapes: [Shape], values: [Float]? = nil,
    scale: Float = 1, share: Double = 8 * 0x1p-24, magnitude: Double = 1, judge: @escaping Judge
  ) {
    var random = SplitMix64(seed: UInt64(shapes.reduce(1) { 7 * $0 + $1.count }))
    var inputs = shapes.map { random.tensor($0, scale: scale) }
    if let values { inputs[0] = Tensor(shape: shapes[0], values: values) }
    self.init(
      type, arguments, inputs: inputs, share: share, magnitude: magnitude, judge: judge)
  }

  init(
    _ type: String, _ arguments: LayerArguments, inputs: [Tensor], share: Double = 8 * 0x1p-24,
    magnitude: Double = 1, judge: @escaping Judge
  ) {
    (self.type, self.arguments, self.inputs) = (type, arguments, inputs)
    (self.share, self.magnitude, self.judge) = (share, magnitude, judge)
  }

  /// For a layer with one input and one output.
  init(
    _ type: String, _ arguments: LayerArguments = [:], _ shape: Shape, values: [Float]? = nil,
    scale: Float = 1, share: Double = 8 * 0x1p-24, magnitude: Double = 1,
    unary: @escaping @Sendable (ReferenceArray, [String: ReferenceArray]) -> ReferenceArray
  ) {
    self.init(
      type, arguments, [shape], values: values, scale: scale, share: share, magnitude: magnitude
    ) { [unary($0[0], $1)] }
  }

  var testDescription: String {
    "\(type)(" + arguments.items.map { "\($0.name)=\($0.value)" }.joined(separator: ", ") + ") of "
      + inputs.map(\.shape.description).joined(separator: " and ")
  }

  func layer() throws -> any Layer {
    try LayerRegistry.entry(named: type).layer([], arguments)
  }

  func parameters(of layer: any Layer) -> [String: Tensor] {
    var random = SplitMix64(seed: 77)
    return random.parameters(layer.parameterShapes)
  }

  static let all: [ReferenceCase] =
    windows + normalizations + activations + pairs + products + arrangements + resizings
    + reductions + choices + capsules
}

extension ReferenceArray {
  init(_ tensor: Tensor) {
    self.init(shape: tensor.shape.dimensions, values: tensor.values.map(Double.init))
  }
}

/// Numbers at which formulas break: none, infinite, of both signs of 0, too small, and beyond where exp is.
let extremes: [Float] = [
  .nan, .infinity, -.infinity, 0, -0.0, 0x1p-140, -0x1p-140, 1e-20, 20, -20, 88.8, -88.8, 104, -104,
  1e10,
  -1e10,
]
