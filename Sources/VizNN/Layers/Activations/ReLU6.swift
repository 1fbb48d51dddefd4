/// Rectified linear unit that stops at 6.
///
///     output = min(max(0, input), 6)
public struct ReLU6: PointwiseLayer, LimitingLayer {
  public init() {}

  var limits: Limits { Limits(lower: 0, upper: 6) }

  public var arguments: LayerArguments { ["inplace": false] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [ONNXNode("Clip", inputs: [.input(0), .floats(.number(0)), .floats(.number(6))])]
  }

  public static let entry = LayerEntry(
    name: "ReLU6", summary: "Rectified linear unit that stops at 6",
    arguments: [.init("inplace", false)]
  ) { _ in
    ReLU6()
  }
}
