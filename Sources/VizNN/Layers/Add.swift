internal import VizKernels

/// Sums of tensors.
///
///     output = a + b
public struct Add: PairLayer {
  public init() {}

  var operation: PairOperation { .add }
  static let onnxName = "Add"

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
