internal import VizKernels

/// Exponential linear unit that keeps mean 0 and variance 1.
///
///     output = 1.0507 · input                          where input > 0
///              1.0507 · 1.6733 · (exp(input) − 1)       elsewhere
///
/// - Source: Klambauer et al. 2017, arXiv:1706.02515.
public struct SELU: PointwiseLayer {
  public init() {}

  var function: Pointwise { .selu }

  public var arguments: LayerArguments { ["inplace": false] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [ONNXNode("Selu")]
  }

  public static let entry = LayerEntry(
    name: "SELU", summary: "Exponential linear unit that keeps mean 0 and variance 1",
    arguments: [.init("inplace", false)],
    onnx: [
      ONNXForm("Selu") { (call) throws(LayerError) in
        let alpha = try call.attributes.float("alpha", default: 1.6732632)
        let gamma = try call.attributes.float("gamma", default: 1.0507010)
        guard abs(alpha - 1.6732632) < 1e-5, abs(gamma - 1.0507010) < 1e-5 else {
          throw .unsupported(
            found: "alpha \(alpha) and gamma \(gamma)", expected: "SELU's own, 1.67326 and 1.0507")
        }
        return SELU()
      }
    ]
  ) { _ in
    SELU()
  }
}
