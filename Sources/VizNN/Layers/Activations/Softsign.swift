internal import VizKernels

/// A slow sigmoid.
///
///     output = input / (1 + |input|)
public struct Softsign: PointwiseLayer {
  public init() {}

  var function: Pointwise { .softsign }

  public var arguments: LayerArguments { [:] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [ONNXNode("Softsign")]
  }

  public static let entry = LayerEntry(
    name: "Softsign", summary: "A slow sigmoid",
    onnx: [ONNXForm("Softsign") { _ in Softsign() }]
  ) { _ in
    Softsign()
  }
}
