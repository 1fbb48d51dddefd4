/// Rectified linear unit: negative numbers become 0.
///
///     output = max(0, input)
///
/// NaN stays NaN.
public struct ReLU: PointwiseLayer, LimitingLayer {
  public init() {}

  var limits: Limits { Limits(lower: 0, upper: .infinity) }

  public var arguments: LayerArguments { ["inplace": false] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [ONNXNode("Relu")]
  }

  public static let entry = LayerEntry(
    name: "ReLU", summary: "Rectified linear unit: negative numbers become 0",
    arguments: [.init("inplace", false)],
    onnx: [ONNXForm("Relu") { _ in ReLU() }]
  ) { _ in
    ReLU()
  }
}
