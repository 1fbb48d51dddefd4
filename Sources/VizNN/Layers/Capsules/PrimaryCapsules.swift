internal import VizKernels

/// Channels of a convolution taken together as the first capsules, of every pixel, and squashed.
///
///     output[n, (c·H + y)·W + x] = squash(s),  s[d] = input[n, c·D + d, y, x]
///     squash(s) = |s|² / (1 + |s|²) · s / |s|
///
/// D channels behind each other are a capsule: its length, 0…1, tells whether something is there, and its direction how
/// it looks.
///
/// - Shapes: `input`: `[N, C·D, H, W]`; output: `[N, C·H·W, D]`
/// - Source: Sabour et al. 2017, eq. 1 and section 4, arXiv:1710.09829.
public struct PrimaryCapsules: UnaryLayer {
  /// Numbers of a capsule.
  public let length: Int

  public init(length: Int) {
    precondition(length > 0, "capsules of \(length) numbers")
    self.length = length
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    guard input.rank == 4, input[1] % length == 0 else {
      throw .inputShape(expected: "[N, C, H, W] with a multiple of \(length) as C", found: input)
    }
    return [input[0], Shape([input[1] / length, input[2], input[3]]).count, length]
  }

  private func kernel(_ input: Shape) -> CapsuleSquash {
    CapsuleSquash(
      planes: input[0] * input[1] / length, pixels: input.count(of: 2..<4), length: length)
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    let output = context.tensor(acceptedShape(input.shape))
    unsafe kernel(input.shape).run(
      input.start, into: output.mutableStart, execution: context.execution)
    return output
  }

  public func backward(_ step: BackwardStep) -> LayerGradients {
    let gradient = step.context.tensor(step.inputShape)
    unsafe kernel(step.inputShape).runGradient(
      step.input.start, step.gradient.start, into: gradient.mutableStart,
      execution: step.execution)
    return LayerGradients(gradient)
  }

  /// A capsule is of one pixel, wherever it stands in the row of capsules.
  public func reach(inputs: [Shape]) -> Reach { .point }

  public var arguments: LayerArguments { ["dim": .int(length)] }

  public func onnxNodes(_ inputs: [Shape]) throws(LayerError) -> [ONNXNode] {
    throw .unsupportedCapsules
  }

  public static let entry = LayerEntry(
    name: "PrimaryCapsules", summary: "Channels as the first capsules, squashed",
    arguments: [.init("dim")]
  ) { (arguments) throws(LayerError) in
    PrimaryCapsules(length: try arguments.int("dim", in: 1...LayerArguments.largest))
  }
}

extension LayerError {
  /// What layers of capsules say when they are to be written as ONNX.
  static let unsupportedCapsules = LayerError.unsupported(
    found: "capsules", expected: "layers that ONNX has operators for")
}
