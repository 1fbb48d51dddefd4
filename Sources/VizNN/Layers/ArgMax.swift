internal import VizKernels

/// Where the largest number along a dimension is, of equal ones the first.
///
///     output[…] = the i with the largest input[…, i, …]
///
/// NaN is larger than every number. ONNX also has the smallest, and the last of equal ones.
public struct ArgMax: UnaryLayer {
  public let dimension: Int
  public let keepsDimension: Bool
  public let isMinimum: Bool
  public let takesLast: Bool

  public init(
    dimension: Int, keepsDimension: Bool = false, isMinimum: Bool = false, takesLast: Bool = false
  ) {
    self.dimension = dimension
    self.keepsDimension = keepsDimension
    self.isMinimum = isMinimum
    self.takesLast = takesLast
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    let d = try input.dimension(dimension)
    guard input[d] > 0 else {
      throw .inputShape(expected: "numbers in dimension \(d)", found: input)
    }
    let lengths = input.dimensions
    return Shape(lengths[..<d] + (keepsDimension ? [1] : []) + lengths[(d + 1)...])
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    let d = input.shape.index(dimension)
    let output = context.tensor(acceptedShape(input.shape))
    unsafe PlaceOfExtreme(isMaximum: !isMinimum, takesLast: takesLast).run(
      outer: input.shape.count(of: 0..<d), length: input.shape[d],
      inner: input.shape.count(of: d + 1..<input.shape.rank), input: input.start,
      output: output.mutableStart, execution: context.execution)
    return output
  }

  public func reach(inputs: [Shape]) -> Reach {
    inputs[0].index(dimension) < 2 ? .point : .everything
  }

  public var arguments: LayerArguments {
    [
      "dim": .int(dimension), "keepdim": .bool(keepsDimension), "smallest": .bool(isMinimum),
      "last": .bool(takesLast),
    ]
  }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [
      ONNXNode(
        isMinimum ? "ArgMin" : "ArgMax",
        attributes: [
          "axis": .int(dimension), "keepdims": .int(keepsDimension ? 1 : 0),
          "select_last_index": .int(takesLast ? 1 : 0),
        ]),
      .cast(.result(0), to: .float),
    ]
  }

  public static let entry = LayerEntry(
    name: "ArgMax", summary: "Where the largest number along a dimension is",
    arguments: [
      .init("dim"), .init("keepdim", false), .init("smallest", false), .init("last", false),
    ],
    onnx: ["ArgMax", "ArgMin"].map { name in
      ONNXForm(name) { (call) throws(LayerError) in
        ArgMax(
          dimension: try call.attributes.int("axis", default: 0, in: -8...7),
          keepsDimension: try call.attributes.bool("keepdims", default: true),
          isMinimum: name == "ArgMin",
          takesLast: try call.attributes.bool("select_last_index", default: false))
      }
    }
  ) { (arguments) throws(LayerError) in
    ArgMax(
      dimension: try arguments.int("dim", in: -8...7),
      keepsDimension: try arguments.bool("keepdim"), isMinimum: try arguments.bool("smallest"),
      takesLast: try arguments.bool("last"))
  }
}

extension ArgMax {
  public var kept: KeptValues { [] }

  /// Steps: zero everywhere between them.
  public func backward(_ step: BackwardStep) -> LayerGradients {
    LayerGradients(inputs: step.inputShapes.map { _ in nil })
  }
}
