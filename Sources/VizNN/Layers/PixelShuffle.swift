internal import VizKernels

/// Channels spread over an image that becomes larger by a factor in both directions.
///
///     output[n, c, y·r + ry, x·r + rx] = input[n, (c·r + ry)·r + rx, y, x]
///
/// ONNX's order `DCR` counts the other way: `input[n, (ry·r + rx)·C + c, y, x]`.
///
/// - Shapes: `input`: `[N, C·r², H, W]`; output: `[N, C, H·r, W·r]`
/// - Source: Shi et al. 2016, arXiv:1609.05158.
public struct PixelShuffle: UnaryLayer {
  public let factor: Int
  /// Whether the channels of one pixel stand side by side.
  let isChannelFirst: Bool

  public init(factor: Int) {
    self.init(factor: factor, isChannelFirst: true)
  }

  private init(factor: Int, isChannelFirst: Bool) {
    precondition(factor > 0, "a factor of \(factor)")
    self.factor = factor
    self.isChannelFirst = isChannelFirst
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    try checkImages(input)
    guard input[1] % (factor * factor) == 0 else {
      throw .inputShape(
        expected: "a number of channels that \(factor * factor) divides", found: input)
    }
    return [input[0], input[1] / (factor * factor), input[2] * factor, input[3] * factor]
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    let shape = input.shape
    let channels = shape[1] / (factor * factor)
    let split: Shape =
      isChannelFirst
      ? [shape[0], channels, factor, factor, shape[2], shape[3]]
      : [shape[0], factor, factor, channels, shape[2], shape[3]]
    return input.reshaped(to: split)
      .permuted(isChannelFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2], context)
      .reshaped(to: acceptedShape(shape))
  }

  public func reach(inputs: [Shape]) -> Reach {
    let window = Reach.Window(size: 1, stride: 1 / Double(factor), padding: 0)
    return .window(vertical: window, horizontal: window)
  }

  public var arguments: LayerArguments {
    ["upscale_factor": .int(factor), "order": isChannelFirst ? "CRD" : "DCR"]
  }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [
      ONNXNode(
        "DepthToSpace",
        attributes: ["blocksize": .int(factor), "mode": isChannelFirst ? "CRD" : "DCR"])
    ]
  }

  public static let entry = LayerEntry(
    name: "PixelShuffle", summary: "Channels spread over a larger image",
    arguments: [.init("upscale_factor"), .init("order", "CRD")],
    onnx: [
      ONNXForm("DepthToSpace") { (call) throws(LayerError) in
        try shuffle(
          call.attributes, "blocksize",
          try call.attributes.string("mode", default: "DCR", among: ["DCR", "CRD"]))
      }
    ]
  ) { (arguments) throws(LayerError) in
    try shuffle(
      arguments, "upscale_factor", try arguments.string("order", among: ["DCR", "CRD"]))
  }

  private static func shuffle(
    _ arguments: LayerArguments, _ name: String, _ order: String
  ) throws(LayerError) -> PixelShuffle {
    PixelShuffle(
      factor: try arguments.int(name, in: 1...4096), isChannelFirst: order == "CRD")
  }
}

extension PixelShuffle {
  public var kept: KeptValues { [] }

  public func backward(_ step: BackwardStep) -> LayerGradients {
    let shape = step.inputShape
    let spread: Shape = [
      shape[0], shape[1] / (factor * factor), shape[2], factor, shape[3], factor,
    ]
    return LayerGradients(
      step.gradient.reshaped(to: spread)
        .permuted(isChannelFirst ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4], step.context)
        .reshaped(to: shape))
  }
}
