internal import VizKernels

/// The smaller of numbers.
///
///     output = min(a, b)
public struct Minimum: PairLayer {
  public init() {}

  var operation: PairOperation { .minimum }
  static let onnxName = "Min"

  public static let entry = LayerEntry(
    name: "Minimum", summary: "The smaller of numbers",
    onnx: [ONNXForm("Min", inputs: [.values]) { _ in Minimum() }]
  ) { _ in
    Minimum()
  }
}
