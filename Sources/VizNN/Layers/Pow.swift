internal import VizKernels

/// Powers of numbers.
///
///     output = a ^ b
public struct Pow: PairLayer {
  public init() {}

  var operation: PairOperation { .power }
  static let onnxName = "Pow"

  public static let entry = LayerEntry(
    name: "Pow", summary: "Powers of numbers",
    onnx: [ONNXForm("Pow", inputs: [.values]) { _ in Pow() }]
  ) { _ in
    Pow()
  }
}
