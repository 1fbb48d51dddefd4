internal import VizKernels

/// Swish made of straight lines and a parabola.
///
///     output = input · min(max(input + 3, 0), 6) / 6
///
/// - Source: Howard et al. 2019, arXiv:1905.02244.
public struct Hardswish: PointwiseLayer {
  public init() {}

  var function: Pointwise { .hardswish }

  public var arguments: LayerArguments { ["inplace": false] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [ONNXNode("HardSwish")]
  }

  public static let entry = LayerEntry(
    name: "Hardswish", summary: "Swish made of straight lines and a parabola",
    arguments: [.init("inplace", false)],
    onnx: [ONNXForm("HardSwish") { _ in Hardswish() }]
  ) { _ in
    Hardswish()
  }
}
