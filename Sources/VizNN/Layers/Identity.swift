/// What comes in goes out.
public struct Identity: UnaryLayer {
  public init() {}

  public func outputShape(_ input: Shape) -> Shape { input }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    input
  }

  public var arguments: LayerArguments { [:] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] { [ONNXNode("Identity")] }

  public static let entry = LayerEntry(
    name: "Identity", summary: "What comes in goes out",
    onnx: [
      ONNXForm("Identity") { _ in Identity() },
      ONNXForm("Cast") { (call) throws(LayerError) in
        // To float, half, double and bfloat16; whole numbers would lose what is behind the point.
        guard [1, 10, 11, 16].contains(try call.attributes.int("to")) else {
          throw .unsupported(found: "numbers that become whole", expected: "floats")
        }
        return Identity()
      },
    ]
  ) { _ in Identity() }
}

extension Identity {
  public var kept: KeptValues { [] }

  public func backward(_ step: BackwardStep) -> LayerGradients { LayerGradients(step.gradient) }
}
