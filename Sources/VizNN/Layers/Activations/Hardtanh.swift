/// Numbers brought between two bounds.
///
///     output = min(max(lower, input), upper)
///
/// NaN stays NaN.
public struct Hardtanh: PointwiseLayer, LimitingLayer {
  public let lower: Float
  public let upper: Float

  public init(lower: Float = -1.0, upper: Float = 1.0) {
    self.lower = lower
    self.upper = upper
  }

  var limits: Limits { Limits(lower: lower, upper: upper) }

  public var arguments: LayerArguments {
    ["min_val": .float(lower), "max_val": .float(upper), "inplace": false]
  }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [
      ONNXNode(
        "Clip", inputs: [.input(0), .floats(.number(lower)), .floats(.number(upper))])
    ]
  }

  public static let entry = LayerEntry(
    name: "Hardtanh", summary: "Numbers brought between two bounds",
    arguments: [.init("min_val", -1.0), .init("max_val", 1.0), .init("inplace", false)],
    onnx: [
      ONNXForm("Clip", inputs: [.value, .argument("min"), .argument("max")]) {
        (call) throws(LayerError) in
        let lower = try call.attributes.float("min", default: -.infinity)
        let upper = try call.attributes.float("max", default: .infinity)
        return (lower, upper) == (0, 6) ? ReLU6() : Hardtanh(lower: lower, upper: upper)
      }
    ]
  ) { (arguments) throws(LayerError) in
    Hardtanh(lower: try arguments.float("min_val"), upper: try arguments.float("max_val"))
  }
}
