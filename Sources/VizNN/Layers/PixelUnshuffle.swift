internal import VizKernels

/// An image made smaller by a factor in both directions, its pixels becoming channels.
///
///     output[n, (c·r + ry)·r + rx, y, x] = input[n, c, y·r + ry, x·r + rx]
///
/// ONNX's SpaceToDepth counts the other way, `DCR`: `output[n, (ry·r + rx)·C + c, y, x]`.
///
/// - Shapes: `input`: `[N, C, H·r, W·r]`; output: `[N, C·r², H, W]`
/// - Source: Shi et al. 2016, arXiv:1609.05158.
public struct PixelUnshuffle: UnaryLayer {
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
    guard input[2] % factor == 0, input[3] % factor == 0 else {
      throw .inputShape(expected: "a height and a width that \(factor) divides", found: input)
    }
    let (channels, overflows) = input[1].multipliedReportingOverflow(by: factor * factor)
    guard !overflows else {
      throw .tooLarge(dimensions: [input[1], factor, factor], limit: LayerArguments.largest)
    }
    return [input[0], channels, input[2] / factor, input[3] / factor]
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    let shape = input.shape
    return input.reshaped(
      to: [shape[0], shape[1], shape[2] / factor, factor, shape[3] / factor, factor]
    )
    .permuted(isChannelFirst ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4], context)
    .reshaped(to: acceptedShape(shape))
  }

  public func reach(inputs: [Shape]) -> Reach {
    let window = Reach.Window(size: Double(factor), stride: Double(factor), padding: 0)
    return .window(vertical: window, horizontal: window)
  }

  public var arguments: LayerArguments {
    ["downscale_factor": .int(factor), "order": isChannelFirst ? "CRD" : "DCR"]
  }

  /// SpaceToDepth, whose channels are put in the other order.
  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    let node = ONNXNode("SpaceToDepth", attributes: ["blocksize": .int(factor)])
    guard isChannelFirst, factor > 1, inputs[0][1] > 1 else { return [node] }
    let (channels, squares) = (inputs[0][1], factor * factor)
    let order = (0..<channels).flatMap { c in (0..<squares).map { $0 * channels + c } }
    return [
      node,
      ONNXNode("Gather", inputs: [.result(0), .ints(order)], attributes: ["axis": 1]),
    ]
  }

  public static let entry = LayerEntry(
    name: "PixelUnshuffle", summary: "Pixels of a larger image as channels",
    arguments: [.init("downscale_factor"), .init("order", "CRD")],
    onnx: [
      ONNXForm("SpaceToDepth") { (call) throws(LayerError) in
        PixelUnshuffle(
          factor: try call.attributes.int("blocksize", in: 1...4096), isChannelFirst: false)
      }
    ]
  ) { (arguments) throws(LayerError) in
    PixelUnshuffle(
      factor: try arguments.int("downscale_factor", in: 1...4096),
      isChannelFirst: try arguments.string("order", among: ["DCR", "CRD"]) == "CRD")
  }
}

extension PixelUnshuffle {
  public var kept: KeptValues { [] }

  public func backward(_ step: BackwardStep) -> LayerGradients {
    let (input, output) = (step.inputShape, step.outputShapes[0])
    let split: Shape =
      isChannelFirst
      ? [input[0], input[1], factor, factor, output[2], output[3]]
      : [input[0], factor, factor, input[1], output[2], output[3]]
    return LayerGradients(
      step.gradient.reshaped(to: split)
        .permuted(isChannelFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2], step.context)
        .reshaped(to: input))
  }
}
