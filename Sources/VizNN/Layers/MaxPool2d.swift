internal import VizKernels

/// The largest number of every window.
///
///     output[n, c, y, x] = max input[n, c, y·s + ky·d − p, x·s + kx·d − p]
///
/// Samples outside the image do not count; NaN is larger than every number. With `returnIndices` a second
/// output says where in its image, `y·W + x`, each maximum is; of equal ones the first.
///
/// - Shapes: `input`: `[N, C, H, W]`; outputs: `[N, C, H′, W′]`, H′ as `SlidingWindow` says
public struct MaxPool2d: Layer {
  public let window: SlidingWindow
  public let returnIndices: Bool

  public init(window: SlidingWindow, returnIndices: Bool = false) {
    self.window = window
    self.returnIndices = returnIndices
  }

  public init(kernelSize: Pair, stride: Pair? = nil, padding: Padding = .none) {
    self.init(
      window: SlidingWindow(
        kernelSize: kernelSize, stride: stride ?? kernelSize, padding: padding))
  }

  public var outputCount: Int { returnIndices ? 2 : 1 }

  public func outputShapes(_ inputs: [Shape]) throws(LayerError) -> [Shape] {
    guard inputs.count == 1 else { throw .inputCount(expected: "1", found: inputs.count) }
    try checkImages(inputs[0])
    let grid = try window.grid(for: inputs[0])
    let shape: Shape = [inputs[0][0], inputs[0][1], grid.outputHeight, grid.outputWidth]
    return [Shape](repeating: shape, count: outputCount)
  }

  public func forward(
    _ inputs: [Tensor], _ parameters: LayerParameters, _ context: ForwardContext
  ) -> [Tensor] {
    let input = inputs[0]
    guard let grid = try? window.grid(for: input.shape) else {
      preconditionFailure("\(text) got \(input.shape)")
    }
    let planes = input.shape[0] * input.shape[1]
    let shape: Shape = [input.shape[0], input.shape[1], grid.outputHeight, grid.outputWidth]
    let outputs = (0..<outputCount).map { _ in context.tensor(shape) }
    let pooling = TensorPooling(grid: grid, kind: .maximum)
    if returnIndices {
      unsafe pooling.runWithIndices(
        planes: planes, input: input.start, output: outputs[0].mutableStart,
        indices: outputs[1].mutableStart, execution: context.execution)
    } else {
      unsafe pooling.run(
        planes: planes, input: input.start, output: outputs[0].mutableStart,
        execution: context.execution)
    }
    return outputs
  }

  public func reach(inputs: [Shape]) -> Reach { window.reach(for: inputs[0]) }
}

extension MaxPool2d {
  public var arguments: LayerArguments {
    [
      "kernel_size": window.kernelSize.value, "stride": window.stride.value,
      "padding": window.padding.value, "dilation": window.dilation.value,
      "return_indices": .bool(returnIndices), "ceil_mode": .bool(window.ceilMode),
    ]
  }

  public func onnxNodes(_ inputs: [Shape]) throws(LayerError) -> [ONNXNode] {
    guard !returnIndices else {
      throw .unsupported(found: "return_indices", expected: "maxima only for export")
    }
    var attributes = window.onnxAttributes(for: inputs[0])
    attributes["ceil_mode"] = .int(window.ceilMode ? 1 : 0)
    return [ONNXNode("MaxPool", attributes: attributes)]
  }

  public static let entry = LayerEntry(
    name: "MaxPool2d", summary: "The largest number of every window",
    arguments: [
      .init("kernel_size"), .init("stride", .some(.none)), .init("padding", [0, 0]),
      .init("dilation", [1, 1]), .init("return_indices", false), .init("ceil_mode", false),
    ],
    onnx: [
      ONNXForm("MaxPool") { (call) throws(LayerError) in
        guard try call.attributes.int("storage_order", default: 0) == 0 || call.usedOutputCount == 1
        else {
          throw .unsupported(found: "indices column by column", expected: "row by row")
        }
        return MaxPool2d(
          window: try SlidingWindow(onnx: call), returnIndices: call.usedOutputCount > 1)
      }
    ]
  ) { (arguments) throws(LayerError) in
    MaxPool2d(
      window: try SlidingWindow(pooling: arguments),
      returnIndices: try arguments.bool("return_indices"))
  }
}

extension SlidingWindow {
  /// From PyTorch's arguments of a pooling layer, which moves by its own size if nothing else is said.
  init(pooling arguments: LayerArguments) throws(LayerError) {
    var window = try SlidingWindow(arguments)
    if !arguments.has("stride") { window.stride = window.kernelSize }
    self = window
  }
}

extension MaxPool2d {
  /// The largest sample of a window, of equal ones the first, gets its gradient.
  public func backward(_ step: BackwardStep) -> LayerGradients {
    guard let grid = try? window.grid(for: step.inputShape) else {
      preconditionFailure("\(text) got \(step.inputShape)")
    }
    let gradient = step.context.tensor(step.inputShape)
    let pooling = TensorPooling(grid: grid, kind: .maximum)
    unsafe pooling.runGradient(
      planes: step.inputShape[0] * step.inputShape[1], input: step.input.start,
      gradient: step.gradient.start, output: gradient.mutableStart, execution: step.execution)
    return LayerGradients(gradient)
  }
}
