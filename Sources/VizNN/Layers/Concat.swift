internal import VizKernels

/// Tensors put together along a dimension.
///
/// - Shapes: inputs: equal but for the dimension; output: the sum of the lengths there
public struct Concat: Layer {
  public let dimension: Int

  public init(dimension: Int = 1) {
    self.dimension = dimension
  }

  public func outputShapes(_ inputs: [Shape]) throws(LayerError) -> [Shape] {
    guard let first = inputs.first else { throw .inputCount(expected: "1 or more", found: 0) }
    let i = try first.dimension(dimension)
    guard
      inputs.allSatisfy({
        $0.rank == first.rank && $0.replacing(i, with: 0) == first.replacing(i, with: 0)
      })
    else {
      throw .inputShapes(expected: "shapes that differ in dimension \(i) only", found: inputs)
    }
    return [first.replacing(i, with: inputs.reduce(0) { $0 + $1[i] })]
  }

  public func forward(
    _ inputs: [Tensor], _ parameters: LayerParameters, _ context: ForwardContext
  ) -> [Tensor] {
    let i = inputs[0].shape.index(dimension)
    let output = context.tensor(
      inputs[0].shape.replacing(i, with: inputs.reduce(0) { $0 + $1.shape[i] }))
    let outer = output.shape.count(of: 0..<i)
    let row = output.shape.count(of: i..<output.shape.rank)
    var offset = 0
    for input in inputs {
      let part = input.shape.count(of: i..<input.shape.rank)
      let copy = StridedCopy(
        lengths: [outer, part], sourceStrides: [part, 1], targetStrides: [row, 1])
      unsafe copy.run(
        source: input.start, target: output.mutableStart + offset, execution: context.execution)
      offset += part
    }
    return [output]
  }

  public var arguments: LayerArguments { ["dim": .int(dimension)] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [
      ONNXNode(
        "Concat", inputs: inputs.indices.map { .input($0) },
        attributes: ["axis": .int(dimension)])
    ]
  }

  public static let entry = LayerEntry(
    name: "Concat", summary: "Tensors put together along a dimension",
    arguments: [.init("dim", 1)],
    onnx: [
      ONNXForm("Concat", inputs: [.values]) { (call) throws(LayerError) in
        Concat(dimension: try call.attributes.int("axis", default: 1, in: -8...7))
      }
    ]
  ) { (arguments) throws(LayerError) in
    Concat(dimension: try arguments.int("dim", in: -8...7))
  }
}

extension Concat {
  public var kept: KeptValues { [] }

  /// Each input gets its part of the gradient.
  public func backward(_ step: BackwardStep) -> LayerGradients {
    let i = step.inputShape.index(dimension)
    var first = 0
    var gradients: [Tensor?] = []
    for (shape, isNeeded) in zip(step.inputShapes, step.needsInputs) {
      gradients.append(
        isNeeded
          ? step.gradient.sliced([i: (start: first, step: 1, count: shape[i])], step.context) : nil)
      first += shape[i]
    }
    return LayerGradients(inputs: gradients)
  }
}
