internal import VizKernels

/// The largest number of every window.
///
///     output[n, c, y, x] = max input[n, c, y·s + ky·d − p, x·s + kx·d − p]
///
/// Samples outside the image do not count; NaN is larger than every number. With `returnIndices` a second
/// output says where in its plane, `y·W + x`, each maximum is; of equal ones the first. ONNX counts from
/// the first number of the whole batch, `((n·C + c)·H + y)·W + x`: `hasFlatIndices`.
///
/// - Shapes: `input`: `[N, C, H, W]`; outputs: `[N, C, H′, W′]`, H′ as `SlidingWindow` says
public struct MaxPool2d: Layer {
  public let window: SlidingWindow
  public let returnIndices: Bool
  public let hasFlatIndices: Bool

  public init(
    window: SlidingWindow, returnIndices: Bool = false, hasFlatIndices: Bool = false
  ) {
    self.window = window
    self.returnIndices = returnIndices
    self.hasFlatIndices = hasFlatIndices
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
    // Float holds whole numbers exactly up to 2²⁴.
    let counted = hasFlatIndices ? inputs[0].count : inputs[0].count(of: 2..<4)
    guard !returnIndices || counted <= 1 << 24 else {
      throw .tooLarge(dimensions: inputs[0].dimensions, limit: 1 << 24)
    }
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
      if hasFlatIndices { return [outputs[0], flat(outputs[1], of: input.shape, context)] }
    } else {
      unsafe pooling.run(
        planes: planes, input: input.start, output: outputs[0].mutableStart,
        execution: context.execution)
    }
    return outputs
  }

  /// Indices within planes, counted from the first plane on.
  private func flat(_ indices: Tensor, of input: Shape, _ context: ForwardContext) -> Tensor {
    let size = input[2] * input[3]
    let starts = Tensor(
      shape: [input[0], input[1], 1, 1],
      values: (0..<input[0] * input[1]).map { Float($0 * size) })
    return Add().forward([indices, starts], [:], context)[0]
  }

  public func reach(inputs: [Shape]) -> Reach { window.reach(for: inputs[0]) }
}

extension MaxPool2d {
  public var arguments: LayerArguments {
    [
      "kernel_size": window.kernelSize.value, "stride": window.stride.value,
      "padding": window.padding.value, "dilation": window.dilation.value,
      "return_indices": .bool(returnIndices), "ceil_mode": .bool(window.ceilMode),
      "flat_indices": .bool(hasFlatIndices),
    ]
  }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    var attributes = window.onnxAttributes(for: inputs[0])
    attributes["ceil_mode"] = .int(window.ceilMode ? 1 : 0)
    guard returnIndices else { return [ONNXNode("MaxPool", attributes: attributes)] }
    let pool = ONNXNode("MaxPool", attributes: attributes, makes: [0, nil])
    let flat = ONNXNode.Operand.furtherResult(0, output: 1)
    if hasFlatIndices { return [pool, .cast(flat, to: .float, makes: [1])] }
    return [
      pool, ONNXNode("Mod", inputs: [flat, .ints([inputs[0][2] * inputs[0][3]])]),
      .cast(.result(1), to: .float, makes: [1]),
    ]
  }

  public static let entry = LayerEntry(
    name: "MaxPool2d", summary: "The largest number of every window",
    arguments: [
      .init("kernel_size"), .init("stride", .some(.none)), .init("padding", [0, 0]),
      .init("dilation", [1, 1]), .init("return_indices", false), .init("ceil_mode", false),
      .init("flat_indices", false),
    ],
    onnx: [
      ONNXForm("MaxPool") { (call) throws(LayerError) in
        guard try call.attributes.int("storage_order", default: 0) == 0 || call.usedOutputCount == 1
        else {
          throw .unsupported(found: "indices column by column", expected: "row by row")
        }
        return MaxPool2d(
          window: try SlidingWindow(onnx: call), returnIndices: call.usedOutputCount > 1,
          hasFlatIndices: call.usedOutputCount > 1)
      }
    ]
  ) { (arguments) throws(LayerError) in
    MaxPool2d(
      window: try SlidingWindow(pooling: arguments),
      returnIndices: try arguments.bool("return_indices"),
      hasFlatIndices: try arguments.bool("flat_indices"))
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
