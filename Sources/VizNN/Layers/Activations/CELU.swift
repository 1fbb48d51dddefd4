internal import VizKernels

/// Exponential linear unit with a continuous slope.
///
///     output = input                           where input > 0
///              alpha · (exp(input / alpha) − 1) elsewhere
public struct CELU: PointwiseLayer {
  public let alpha: Float

  public init(alpha: Float = 1.0) {
    self.alpha = alpha
  }

  var function: Pointwise { .celu(alpha: alpha) }

  public var arguments: LayerArguments { ["alpha": .float(alpha), "inplace": false] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [ONNXNode("Celu", attributes: ["alpha": .float(alpha)])]
  }

  public static let entry = LayerEntry(
    name: "CELU", summary: "Exponential linear unit with a continuous slope",
    arguments: [.init("alpha", 1.0), .init("inplace", false)],
    onnx: [
      ONNXForm("Celu") { (call) throws(LayerError) in
        CELU(alpha: try call.attributes.float("alpha", default: 1))
      }
    ]
  ) { (arguments) throws(LayerError) in
    CELU(alpha: try arguments.float("alpha"))
  }
}
