internal import VizKernels

/// Quotients of tensors, number by number.
///
///     output = a / b
public struct Div: PairLayer {
  public init() {}

  var operation: PairOperation { .divide }
  static let onnxName = "Div"

  public static let entry = LayerEntry(
    name: "Div", summary: "Quotients of tensors, number by number",
    onnx: [ONNXForm("Div", inputs: [.values]) { _ in Div() }]
  ) { _ in
    Div()
  }
}
