internal import VizKernels

/// A tensor repeated along dimensions that it lacks, or has with the length 1.
///
/// - Shapes: output: `shape`, with the input's own length where that is 1; lengths are counted from the
///   last dimension
public struct Expand: UnaryLayer {
  public let shape: Shape

  public init(_ shape: Shape) {
    self.shape = shape
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    try [input, shape].broadcast()
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    let output = context.tensor(acceptedShape(input.shape))
    let missing = output.shape.rank - input.shape.rank
    let strides = (0..<output.shape.rank).map { i in
      i < missing || input.shape[i - missing] == 1 ? 0 : input.shape.strides[i - missing]
    }
    let copy = StridedCopy(
      lengths: output.shape.dimensions, sourceStrides: strides,
      targetStrides: output.shape.strides)
    unsafe copy.run(
      source: input.start, target: output.mutableStart, execution: context.execution)
    return output
  }

  public func reach(inputs: [Shape]) -> Reach { .everything }

  public var arguments: LayerArguments { ["shape": .ints(shape.dimensions)] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [ONNXNode("Expand", inputs: [.input(0), .ints(shape.dimensions)])]
  }

  public static let entry = LayerEntry(
    name: "Expand", summary: "A tensor repeated along dimensions", arguments: [.init("shape")],
    onnx: [
      ONNXForm("Expand", inputs: [.value, .argument("shape")]) { (call) throws(LayerError) in
        try expand(call.attributes)
      }
    ]
  ) { (arguments) throws(LayerError) in
    try expand(arguments)
  }

  private static func expand(_ arguments: LayerArguments) throws(LayerError) -> Expand {
    let lengths = try arguments.ints("shape", in: 0...LayerArguments.largest)
    guard lengths.count <= 8 else { throw arguments.wrong("shape", "eight lengths at most") }
    return Expand(Shape(lengths))
  }
}

extension Expand {
  public var kept: KeptValues { [] }

  public func backward(_ step: BackwardStep) -> LayerGradients {
    LayerGradients(step.gradient.summed(to: step.inputShape, step.context))
  }
}
