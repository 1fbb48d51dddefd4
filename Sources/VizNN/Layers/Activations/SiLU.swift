internal import VizKernels

/// Sigmoid linear unit, also called swish.
///
///     output = input / (1 + exp(−input))
public struct SiLU: PointwiseLayer {
  public init() {}

  var function: Pointwise { .silu }

  public var arguments: LayerArguments { ["inplace": false] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [ONNXNode("Sigmoid"), ONNXNode("Mul", inputs: [.input(0), .result(0)])]
  }

  public static let entry = LayerEntry(
    name: "SiLU", summary: "Sigmoid linear unit, also called swish",
    arguments: [.init("inplace", false)],
    onnx: [
      ONNXForm("Swish") { (call) throws(LayerError) in
        guard try call.attributes.float("alpha", default: 1) == 1 else {
          throw .unsupported(found: "an alpha other than 1", expected: "1")
        }
        return SiLU()
      }
    ]
  ) { _ in
    SiLU()
  }
}
