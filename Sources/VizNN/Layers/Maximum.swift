internal import VizKernels

/// The larger of numbers.
///
///     output = max(a, b)
public struct Maximum: PairLayer {
  public init() {}

  var operation: PairOperation { .maximum }
  static let onnxName = "Max"

  public static let entry = LayerEntry(
    name: "Maximum", summary: "The larger of numbers",
    onnx: [ONNXForm("Max", inputs: [.values]) { _ in Maximum() }]
  ) { _ in
    Maximum()
  }
}
