internal import VizKernels

/// Dimensions in another order, PyTorch's `permute`.
///
///     dimension i of the output is dimension order[i] of the input
public struct Transpose: UnaryLayer {
  /// Empty for the reverse order.
  public let order: [Int]

  public init(_ order: [Int] = []) {
    self.order = order
  }

  private func order(for input: Shape) -> [Int] {
    order.isEmpty ? (0..<input.rank).reversed() : order.map { input.index($0) }
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    let order = order(for: input)
    guard order.sorted() == Array(0..<input.rank) else {
      throw .inputShape(expected: "\(order.count) dimensions to put in order", found: input)
    }
    return Shape(order.map { input[$0] })
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    input.permuted(order(for: input.shape), context)
  }

  public func reach(inputs: [Shape]) -> Reach { .everything }

  public var arguments: LayerArguments { ["dims": .ints(order)] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [ONNXNode("Transpose", attributes: ["perm": .ints(order(for: inputs[0]))])]
  }

  public static let entry = LayerEntry(
    name: "Transpose", summary: "Dimensions in another order", arguments: [.init("dims", [])],
    onnx: [
      ONNXForm("Transpose") { (call) throws(LayerError) in
        Transpose(
          call.attributes.has("perm") ? try call.attributes.ints("perm", in: 0...7) : [])
      }
    ]
  ) { (arguments) throws(LayerError) in
    Transpose(try arguments.ints("dims", in: -8...7))
  }
}

extension Tensor {
  /// The dimensions in another order.
  func permuted(_ order: [Int], _ context: ForwardContext) -> Tensor {
    let output = context.tensor(Shape(order.map { shape[$0] }))
    let strides = shape.strides
    let copy = StridedCopy(
      lengths: output.shape.dimensions, sourceStrides: order.map { strides[$0] },
      targetStrides: output.shape.strides)
    unsafe copy.run(
      source: start, target: output.mutableStart, execution: context.execution)
    return output
  }
}

extension Transpose {
  public var kept: KeptValues { [] }

  public func backward(_ step: BackwardStep) -> LayerGradients {
    let order = order(for: step.inputShape)
    let back = order.indices.sorted { order[$0] < order[$1] }
    return LayerGradients(step.gradient.permuted(back, step.context))
  }
}
