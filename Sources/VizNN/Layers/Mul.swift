internal import VizKernels

/// Products of tensors, number by number.
///
///     output = a · b
public struct Mul: PairLayer {
  public init() {}

  var operation: PairOperation { .multiply }
  static let onnxName = "Mul"

  public static let entry = LayerEntry(
    name: "Mul", summary: "Products of tensors, number by number",
    onnx: [ONNXForm("Mul", inputs: [.values]) { _ in Mul() }]
  ) { _ in
    Mul()
  }
}
