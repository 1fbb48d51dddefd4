/// Rectified linear unit: negative numbers become 0.
///
///     output = max(0, input)
///
/// NaN stays NaN.
public struct ReLU: UnaryLayer {
  public init() {}

  public func outputShape(_ input: Shape) -> Shape { input }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    context.map(input) { $0 < 0 ? 0 : $0 }
  }

  public var arguments: LayerArguments { ["inplace": false] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] { [ONNXNode("Relu")] }

  public static let entry = LayerEntry(
    name: "ReLU", summary: "Negative numbers become 0", arguments: [.init("inplace", false)],
    onnx: [ONNXForm("Relu") { _ in ReLU() }]
  ) { _ in ReLU() }
}
