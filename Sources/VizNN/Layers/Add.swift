internal import VizKernels

/// Sums of tensors.
///
///     output = a + b
public struct Add: PairLayer, LimitedLayer {
  var limits = Limits.none

  public init() {}

  var operation: PairOperation { .add }
  static let onnxName = "Add"

  public func forward(
    _ inputs: [Tensor], _ parameters: LayerParameters, _ context: ForwardContext
  ) -> [Tensor] {
    guard inputs.count == 2, inputs[0].shape == inputs[1].shape else {
      let sum = folded(inputs, context)
      guard limits != .none else { return [sum] }
      return Hardtanh(lower: limits.lower, upper: limits.upper).forward([sum], [:], context)
    }
    let output = context.tensor(inputs[0].shape)
    unsafe limitedSum(
      inputs[0].start, inputs[1].start, lower: limits.lower, upper: limits.upper,
      into: output.mutableStart, count: output.count, execution: context.execution)
    return [output]
  }

  public static let entry = LayerEntry(
    name: "Add", summary: "Sums of tensors",
    onnx: [
      ONNXForm("Add", inputs: [.values]) { _ in Add() },
      ONNXForm("Sum", inputs: [.values]) { _ in Add() },
    ]
  ) { _ in
    Add()
  }
}
