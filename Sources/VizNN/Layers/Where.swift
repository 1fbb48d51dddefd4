internal import VizKernels

/// Numbers of one tensor or of another, as a third says.
///
///     output = condition ≠ 0 ? a : b
///
/// - Shapes: lengths counted from the last dimension are equal, or some of them are 1
public struct Where: Layer {
  public init() {}

  public func outputShapes(_ inputs: [Shape]) throws(LayerError) -> [Shape] {
    guard inputs.count == 3 else { throw .inputCount(expected: "3", found: inputs.count) }
    return [try inputs.broadcast()]
  }

  public func forward(
    _ inputs: [Tensor], _ parameters: LayerParameters, _ context: ForwardContext
  ) -> [Tensor] {
    let operands = inputs.expanded(context)
    let output = context.tensor(operands[0].shape)
    unsafe choose(
      operands[0].start, operands[1].start, operands[2].start, into: output.mutableStart,
      count: output.count, execution: context.execution)
    return [output]
  }

  public var arguments: LayerArguments { [:] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [
      .cast(.input(0), to: .truth),
      ONNXNode("Where", inputs: [.result(0), .input(1), .input(2)]),
    ]
  }

  public static let entry = LayerEntry(
    name: "Where", summary: "Numbers of one tensor or of another, as a third says",
    onnx: [ONNXForm("Where", inputs: [.value, .value, .value]) { _ in Where() }]
  ) { _ in
    Where()
  }
}

extension Where {
  public var kept: KeptValues { .inputs }

  /// The gradient goes to the tensor that was taken.
  public func backward(_ step: BackwardStep) -> LayerGradients {
    let context = step.context
    func part(_ i: Int, _ operands: [Tensor]) -> Tensor? {
      guard step.needsInputs[i] else { return nil }
      return forward(operands, [:], context)[0].summed(to: step.inputShapes[i], context)
    }
    let (condition, zero) = (step.inputs[0], Tensor.number(0))
    return LayerGradients(inputs: [
      nil, part(1, [condition, step.gradient, zero]), part(2, [condition, zero, step.gradient]),
    ])
  }
}
