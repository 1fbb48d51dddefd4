internal import VizKernels

/// A smooth function that is self-gated.
///
///     output = input · tanh(log(1 + exp(input)))
///
/// - Source: Misra 2019, arXiv:1908.08681.
public struct Mish: PointwiseLayer {
  public init() {}

  var function: Pointwise { .mish }

  public var arguments: LayerArguments { ["inplace": false] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [ONNXNode("Mish")]
  }

  public static let entry = LayerEntry(
    name: "Mish", summary: "A smooth function that is self-gated",
    arguments: [.init("inplace", false)],
    onnx: [ONNXForm("Mish") { _ in Mish() }]
  ) { _ in
    Mish()
  }
}
