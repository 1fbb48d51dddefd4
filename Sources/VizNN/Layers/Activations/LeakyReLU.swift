internal import VizKernels

/// Rectified linear unit with a small slope for negative numbers.
///
///     output = input         where input ≥ 0
///              slope · input elsewhere
public struct LeakyReLU: PointwiseLayer {
  public let slope: Float

  public init(slope: Float = 0.01) {
    self.slope = slope
  }

  var function: Pointwise { .leaky(slope: slope) }

  public var arguments: LayerArguments {
    ["negative_slope": .float(slope), "inplace": false]
  }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [ONNXNode("LeakyRelu", attributes: ["alpha": .float(slope)])]
  }

  public static let entry = LayerEntry(
    name: "LeakyReLU", summary: "Rectified linear unit with a small slope for negative numbers",
    arguments: [.init("negative_slope", 0.01), .init("inplace", false)],
    onnx: [
      ONNXForm("LeakyRelu") { (call) throws(LayerError) in
        LeakyReLU(slope: try call.attributes.float("alpha", default: 0.01))
      }
    ]
  ) { (arguments) throws(LayerError) in
    LeakyReLU(slope: try arguments.float("negative_slope"))
  }
}
