/// How long each capsule is: how sure it is that something is there.
///
///     output[n, j] = √Σ_d input[n, j, d]²
///
/// Its slope at 0 is taken as 0, as PyTorch does. A network that ends in it learns by the margin loss.
///
/// - Shapes: `input`: `[N, J, D]`; output: `[N, J]`
public struct CapsuleLength: UnaryLayer {
  public init() {}

  private var norm: Reduce { Reduce(.norm2, dimensions: [-1]) }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    guard input.rank == 3 else { throw .inputShape(expected: "[N, J, D]", found: input) }
    return try norm.outputShape(input)
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    norm.forward(input, parameters, context)
  }

  public var kept: KeptValues { norm.kept }

  public func backward(_ step: BackwardStep) -> LayerGradients { norm.backward(step) }

  public func reach(inputs: [Shape]) -> Reach { .everything }

  public var arguments: LayerArguments { [:] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] { norm.onnxNodes(inputs) }

  public static let entry = LayerEntry(name: "CapsuleLength", summary: "Lengths of capsules") {
    _ in CapsuleLength()
  }
}
