internal import VizKernels

/// Exponential linear unit.
///
///     output = input                   where input > 0
///              alpha · (exp(input) − 1) elsewhere
///
/// - Source: Clevert et al. 2015, arXiv:1511.07289.
public struct ELU: PointwiseLayer {
  public let alpha: Float

  public init(alpha: Float = 1.0) {
    self.alpha = alpha
  }

  var function: Pointwise { .elu(alpha: alpha) }

  public var arguments: LayerArguments { ["alpha": .float(alpha), "inplace": false] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [ONNXNode("Elu", attributes: ["alpha": .float(alpha)])]
  }

  public static let entry = LayerEntry(
    name: "ELU", summary: "Exponential linear unit",
    arguments: [.init("alpha", 1.0), .init("inplace", false)],
    onnx: [
      ONNXForm("Elu") { (call) throws(LayerError) in
        ELU(alpha: try call.attributes.float("alpha", default: 1))
      }
    ]
  ) { (arguments) throws(LayerError) in
    ELU(alpha: try arguments.float("alpha"))
  }
}
