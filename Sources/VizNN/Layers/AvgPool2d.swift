internal import VizKernels

/// The mean of every window.
///
///     output[n, c, y, x] = Σ input[n, c, y·s + ky − p, x·s + kx − p] / count
///
/// `count` is the window's size, cut off where it leaves the padding (as it can with `ceilMode`); without
/// `countIncludesPadding` the samples inside the image; or `divisor`.
///
/// - Shapes: `input`: `[N, C, H, W]`; output: `[N, C, H′, W′]`, H′ as `SlidingWindow` says
public struct AvgPool2d: UnaryLayer {
  public let window: SlidingWindow
  public let countIncludesPadding: Bool
  public let divisor: Int?

  public init(window: SlidingWindow, countIncludesPadding: Bool = true, divisor: Int? = nil) {
    precondition(divisor != 0, "a divisor of 0")
    self.window = window
    self.countIncludesPadding = countIncludesPadding
    self.divisor = divisor
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    try checkImages(input)
    let grid = try window.grid(for: input)
    return [input[0], input[1], grid.outputHeight, grid.outputWidth]
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    guard let grid = try? window.grid(for: input.shape) else {
      preconditionFailure("\(text) got \(input.shape)")
    }
    let output = context.tensor([
      input.shape[0], input.shape[1], grid.outputHeight, grid.outputWidth,
    ])
    let pooling = TensorPooling(grid: grid, kind: .mean(divisor(for: input.shape)))
    unsafe pooling.run(
      planes: input.shape[0] * input.shape[1], input: input.start, output: output.mutableStart,
      execution: context.execution)
    return output
  }

  private func divisor(for input: Shape) -> TensorPooling.Divisor {
    if let divisor { return .constant(divisor) }
    // With dilation, taps are counted: PyTorch has none here, and ONNX counts so.
    guard countIncludesPadding, window.dilation == 1 else {
      return countIncludesPadding
        ? .constant(window.kernelSize.vertical * window.kernelSize.horizontal) : .image
    }
    let after = window.paddings(for: input).after
    return .padded(bottom: after.vertical, right: after.horizontal)
  }

  public func reach(inputs: [Shape]) -> Reach { window.reach(for: inputs[0]) }
}

extension AvgPool2d {
  public var arguments: LayerArguments {
    [
      "kernel_size": window.kernelSize.value, "stride": window.stride.value,
      "padding": window.padding.value, "ceil_mode": .bool(window.ceilMode),
      "count_include_pad": .bool(countIncludesPadding),
      "divisor_override": divisor.map(LayerValue.int) ?? .none, "dilation": window.dilation.value,
    ]
  }

  public func onnxNodes(_ inputs: [Shape]) throws(LayerError) -> [ONNXNode] {
    if let divisor { return try sumNodes(inputs[0], divisor: divisor) }
    var attributes = window.onnxAttributes(for: inputs[0])
    attributes["ceil_mode"] = .int(window.ceilMode ? 1 : 0)
    attributes["count_include_pad"] = .int(countIncludesPadding ? 1 : 0)
    return [ONNXNode("AveragePool", attributes: attributes)]
  }

  /// Means over zeros that stand where the padding is, times what a mean was divided by too much.
  private func sumNodes(_ input: Shape, divisor: Int) throws(LayerError) -> [ONNXNode] {
    let grid = try window.grid(for: input)
    let before = window.paddings(for: input).before
    var after = window.paddings(for: input).after
    if window.ceilMode {  // the last windows may reach beyond the padding
      let (height, width) = window.reach(of: grid)
      after = Pair(height - input[2] - before.vertical, width - input[3] - before.horizontal)
    }
    let pads = [
      0, 0, before.vertical, before.horizontal, 0, 0, after.vertical, after.horizontal,
    ]
    let taps = window.kernelSize.vertical * window.kernelSize.horizontal
    return [
      ONNXNode("Pad", inputs: [.input(0), .ints(pads), .floats(.number(0))]),
      ONNXNode(
        "AveragePool", inputs: [.result(0)],
        attributes: [
          "kernel_shape": window.kernelSize.value, "strides": window.stride.value,
          "dilations": window.dilation.value,
        ]),
      ONNXNode(
        "Mul", inputs: [.result(1), .floats(.number(Float(taps) / Float(divisor)))]),
    ]
  }

  public static let entry = LayerEntry(
    name: "AvgPool2d", summary: "The mean of every window",
    arguments: [
      .init("kernel_size"), .init("stride", .some(.none)), .init("padding", [0, 0]),
      .init("ceil_mode", false), .init("count_include_pad", true),
      .init("divisor_override", .some(.none)), .init("dilation", [1, 1]),
    ],
    onnx: [
      ONNXForm("AveragePool") { (call) throws(LayerError) in
        AvgPool2d(
          window: try SlidingWindow(onnx: call),
          countIncludesPadding: try call.attributes.bool("count_include_pad", default: false))
      }
    ]
  ) { (arguments) throws(LayerError) in
    AvgPool2d(
      window: try SlidingWindow(pooling: arguments),
      countIncludesPadding: try arguments.bool("count_include_pad"),
      divisor: arguments.has("divisor_override")
        ? try arguments.int("divisor_override", in: 1...LayerArguments.largest) : nil)
  }
}

extension AvgPool2d {
  public var kept: KeptValues { [] }

  /// Every sample of a window gets its part of the gradient.
  public func backward(_ step: BackwardStep) -> LayerGradients {
    guard let grid = try? window.grid(for: step.inputShape) else {
      preconditionFailure("\(text) got \(step.inputShape)")
    }
    let gradient = step.context.tensor(step.inputShape)
    let pooling = TensorPooling(grid: grid, kind: .mean(divisor(for: step.inputShape)))
    unsafe pooling.runGradient(
      planes: step.inputShape[0] * step.inputShape[1], input: step.gradient.start,
      gradient: step.gradient.start, output: gradient.mutableStart, execution: step.execution)
    return LayerGradients(gradient)
  }
}
