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
