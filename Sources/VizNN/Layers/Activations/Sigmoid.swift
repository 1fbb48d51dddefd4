internal import VizKernels

/// Logistic function.
///
///     output = 1 / (1 + exp(−input))
public struct Sigmoid: PointwiseLayer {
  public init() {}

  var function: Pointwise { .sigmoid }

  public var arguments: LayerArguments { [:] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [ONNXNode("Sigmoid")]
  }

  public static let entry = LayerEntry(
    name: "Sigmoid", summary: "Logistic function",
    onnx: [ONNXForm("Sigmoid") { _ in Sigmoid() }]
  ) { _ in
    Sigmoid()
  }
}
