internal import VizKernels

/// Gaussian error linear unit: a number times the share of a normal distribution below it.
///
///     output = input · ½ · (1 + erf(input / √2))
///
/// With `tanh` by an approximation: `½ · input · (1 + tanh(√(2/π) · (input + 0.044715 · input³)))`.
///
/// - Source: Hendrycks & Gimpel 2016, arXiv:1606.08415.
public struct GELU: PointwiseLayer {
  public let isApproximate: Bool

  public init(isApproximate: Bool = false) {
    self.isApproximate = isApproximate
  }

  var function: Pointwise { isApproximate ? .geluTanh : .gelu }

  private var approximate: LayerValue { isApproximate ? "tanh" : "none" }

  public var arguments: LayerArguments { ["approximate": approximate] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [ONNXNode("Gelu", attributes: ["approximate": approximate])]
  }

  public static let entry = LayerEntry(
    name: "GELU", summary: "A number times the share of a normal distribution below it",
    arguments: [.init("approximate", "none")],
    onnx: [
      ONNXForm("Gelu") { (call) throws(LayerError) in
        let kind = try call.attributes.string(
          "approximate", default: "none", among: ["none", "tanh"])
        return GELU(isApproximate: kind == "tanh")
      }
    ]
  ) { (arguments) throws(LayerError) in
    let kind = try arguments.string("approximate", among: ["none", "tanh"])
    return GELU(isApproximate: kind == "tanh")
  }
}
