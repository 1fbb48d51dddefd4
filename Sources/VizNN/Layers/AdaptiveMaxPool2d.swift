internal import VizKernels

/// The maximum of each part of an image that is cut into a number of parts, whatever its size.
///
///     part i of n reads ⌊i·H / n⌋ ≤ y < ⌈(i + 1)·H / n⌉
///
/// One part is the whole image: global pooling.
///
/// - Shapes: `input`: `[N, C, H, W]`; output: `[N, C, H′, W′]`, the parts; nil leaves a length as it is
public struct AdaptiveMaxPool2d: UnaryLayer {
  let parts: PooledParts

  /// Parts in each direction; nil for as many as there are samples.
  public init(height: Int?, width: Int?) {
    parts = PooledParts(height: height, width: width)
  }

  private init(_ parts: PooledParts) {
    self.parts = parts
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    try parts.outputShape(input)
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    parts.forward(input, isMaximum: true, context)
  }

  public func reach(inputs: [Shape]) -> Reach { .everything }

  public var arguments: LayerArguments { ["output_size": parts.value] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    parts.onnxNodes(inputs[0], isMaximum: true)
  }

  public static let entry = LayerEntry(
    name: "AdaptiveMaxPool2d", summary: "The maximum of a number of parts",
    arguments: [.init("output_size")],
    onnx: [ONNXForm("GlobalMaxPool") { _ in AdaptiveMaxPool2d(height: 1, width: 1) }]
  ) { (arguments) throws(LayerError) in
    AdaptiveMaxPool2d(try PooledParts(arguments))
  }
}

extension AdaptiveMaxPool2d {
  public func backward(_ step: BackwardStep) -> LayerGradients {
    parts.backward(step, isMaximum: true)
  }
}
