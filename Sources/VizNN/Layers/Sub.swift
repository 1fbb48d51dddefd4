internal import VizKernels

/// Differences of tensors.
///
///     output = a − b
public struct Sub: PairLayer {
  public init() {}

  var operation: PairOperation { .subtract }
  static let onnxName = "Sub"

  public static let entry = LayerEntry(
    name: "Sub", summary: "Differences of tensors",
    onnx: [ONNXForm("Sub", inputs: [.values]) { _ in Sub() }]
  ) { _ in
    Sub()
  }
}
