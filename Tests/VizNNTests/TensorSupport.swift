import VizKernels
import VizNN
import VizTestSupport

extension SplitMix64 {
  /// A number of −1…1 with 24 bits, as `make_layers.py` draws them.
  mutating func number() -> Float { Float(next() >> 40) / 8_388_608 - 1 }

  mutating func tensor(_ shape: Shape, scale: Float = 1) -> Tensor {
    Tensor(shape: shape, values: (0..<shape.count).map { _ in number() * scale })
  }

  /// Parameters as training leaves them: variances are not negative.
  mutating func parameters(_ shapes: [ParameterShape]) -> [String: Tensor] {
    var parameters: [String: Tensor] = [:]
    for parameter in shapes {
      let tensor = tensor(parameter.shape)
      parameters[parameter.name] =
        parameter.name.hasSuffix("running_var")
        ? Tensor(shape: tensor.shape, values: tensor.values.map { abs($0) + 0.5 }) : tensor
    }
    return parameters
  }
}

extension ForwardContext {
  /// One for each instruction set of this processor.
  static var usable: [ForwardContext] {
    KernelTable.usable.map { ForwardContext(execution: Execution(kernels: $0, jobs: 1)) }
  }

  var name: String { "\(execution.kernels.instructionSet)" }
}

extension Layer {
  /// The outputs for inputs that fit.
  func run(
    _ inputs: [Tensor], _ parameters: [String: Tensor] = [:],
    context: ForwardContext = ForwardContext()
  ) -> [Tensor] {
    forward(inputs, prepared(parameters), context)
  }
}

/// Where two rows of numbers part by more than `tolerance`, in words; NaN equals NaN.
func firstDifference(_ found: [Float], _ expected: [Double], tolerance: (Int) -> Double) -> String?
{
  guard found.count == expected.count else {
    return "\(found.count) numbers instead of \(expected.count)"
  }
  for i in found.indices {
    let (a, b) = (Double(found[i]), expected[i])
    if a == b || (a.isNaN && b.isNaN) || abs(a - b) <= tolerance(i) { continue }
    return "number \(i) is \(a) instead of \(b)"
  }
  return nil
}

/// The same, with a share of the largest number as the tolerance.
func firstDifference(_ found: Tensor, _ expected: Tensor, share: Double) -> String? {
  guard found.shape == expected.shape else { return "\(found.shape) instead of \(expected.shape)" }
  let values = expected.values.map(Double.init)
  let largest = values.filter(\.isFinite).map { abs($0) }.max() ?? 0
  return firstDifference(found.values, values) { _ in share * largest }
}
