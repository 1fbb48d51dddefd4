internal import VizKernels

/// Hyperbolic tangent.
///
///     output = tanh(input)
public struct Tanh: PointwiseLayer {
  public init() {}

  var function: Pointwise { .tanh }

  public var arguments: LayerArguments { [:] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [ONNXNode("Tanh")]
  }

  public static let entry = LayerEntry(
    name: "Tanh", summary: "Hyperbolic tangent",
    onnx: [ONNXForm("Tanh") { _ in Tanh() }]
  ) { _ in
    Tanh()
  }
}
