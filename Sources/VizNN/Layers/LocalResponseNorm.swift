internal import VizKernels

/// Numbers divided by what their neighbours in other channels add up to.
///
///     output[c] = input[c] / (k + alpha / size · Σ input[c′]²)^beta,   c − size/2 ≤ c′ ≤ c + (size − 1)/2
///
/// ONNX moves a window of even size by one channel: `c − (size − 1)/2 ≤ c′ ≤ c + size/2`, which `isShifted` says.
///
/// - Shapes: `input` and output: `[N, C, …]`
/// - Source: Krizhevsky et al. 2012, section 3.3; alpha is divided by the size as in PyTorch and Caffe.
public struct LocalResponseNorm: UnaryLayer {
  public let size: Int
  public let alpha: Float
  public let beta: Float
  public let k: Float
  /// Whether a window of even size reaches one channel further on instead of back.
  public let isShifted: Bool

  public init(
    size: Int, alpha: Float = 1e-4, beta: Float = 0.75, k: Float = 1, isShifted: Bool = false
  ) {
    precondition(size > 0, "a window of \(size) channels")
    self.size = size
    self.alpha = alpha
    self.beta = beta
    self.k = k
    self.isShifted = isShifted && size % 2 == 0
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    guard input.rank >= 3 else { throw .inputShape(expected: "[N, C, …]", found: input) }
    return input
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    if isShifted {  // the other way round it is the window of PyTorch
      let mirrored = LocalResponseNorm(size: size, alpha: alpha, beta: beta, k: k)
      return mirrored.forward(input.withChannelsReversed(context), [:], context)
        .withChannelsReversed(context)
    }
    let output = context.tensor(input.shape)
    let response = LocalResponse(
      batch: input.shape[0], channels: input.shape[1],
      plane: input.shape.count(of: 2..<input.shape.rank), size: size, alpha: alpha, beta: beta,
      k: k)
    unsafe response.run(
      input: input.start, output: output.mutableStart, execution: context.execution)
    return output
  }

  public var arguments: LayerArguments {
    [
      "size": .int(size), "alpha": .float(alpha),
      "beta": .float(beta), "k": .float(k), "shifted": .bool(isShifted),
    ]
  }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    // onnxruntime has odd windows only.
    if size % 2 == 0 { return nodesOfEvenSize }
    return [
      ONNXNode(
        "LRN",
        attributes: [
          "size": .int(size), "alpha": .float(alpha), "beta": .float(beta),
          "bias": .float(k),
        ])
    ]
  }

  /// Means over channels, as rows of a picture whose columns are the pixels.
  private var nodesOfEvenSize: [ONNXNode] {
    let before = isShifted ? (size - 1) / 2 : size / 2
    return [
      ONNXNode("Mul", inputs: [.input(0), .input(0)]),
      ONNXNode("Shape"),
      ONNXNode("Reshape", inputs: [.result(0), .ints([0, 0, -1])]),
      ONNXNode("Unsqueeze", inputs: [.result(2), .ints([1])]),
      ONNXNode(
        "AveragePool", inputs: [.result(3)],
        attributes: [
          "kernel_shape": .ints([size, 1]), "pads": .ints([before, 0, size - 1 - before, 0]),
          "count_include_pad": 1,
        ]),
      ONNXNode("Reshape", inputs: [.result(4), .result(1)]),
      ONNXNode("Mul", inputs: [.result(5), .floats(.number(alpha))]),
      ONNXNode("Add", inputs: [.result(6), .floats(.number(k))]),
      ONNXNode("Pow", inputs: [.result(7), .floats(.number(beta))]),
      ONNXNode("Div", inputs: [.input(0), .result(8)]),
    ]
  }

  public static let entry = LayerEntry(
    name: "LocalResponseNorm", summary: "Numbers divided by their neighbours in other channels",
    arguments: [
      .init("size"), .init("alpha", 1e-4), .init("beta", 0.75), .init("k", 1.0),
      .init("shifted", false),
    ],
    onnx: [
      ONNXForm("LRN") { (call) throws(LayerError) in
        let attributes = call.attributes
        return LocalResponseNorm(
          size: try attributes.int("size", in: 1...LayerArguments.largest),
          alpha: try attributes.float("alpha", default: 1e-4),
          beta: try attributes.float("beta", default: 0.75),
          k: try attributes.float("bias", default: 1), isShifted: true)
      }
    ]
  ) { (arguments) throws(LayerError) in
    LocalResponseNorm(
      size: try arguments.int("size", in: 1...LayerArguments.largest),
      alpha: try arguments.float("alpha"), beta: try arguments.float("beta"),
      k: try arguments.float("k"), isShifted: try arguments.bool("shifted"))
  }
}

extension Tensor {
  fileprivate func withChannelsReversed(_ context: ForwardContext) -> Tensor {
    let channels = shape[1]
    let order = AxisResampling(length: channels, taking: (0..<channels).reversed())
    return resampled(order, dimension: 1, context)
  }
}

extension LocalResponseNorm {
  public func backward(_ step: BackwardStep) -> LayerGradients {
    let context = step.context
    guard isShifted else { return LayerGradients(gradient(step.input, step.gradient, step)) }
    let mirrored = gradient(
      step.input.withChannelsReversed(context), step.gradient.withChannelsReversed(context), step)
    return LayerGradients(mirrored.withChannelsReversed(context))
  }

  /// By PyTorch's window.
  private func gradient(_ input: Tensor, _ outputs: Tensor, _ step: BackwardStep) -> Tensor {
    let shape = input.shape
    let gradient = step.context.tensor(shape)
    let response = LocalResponse(
      batch: shape[0], channels: shape[1], plane: shape.count(of: 2..<shape.rank), size: size,
      alpha: alpha, beta: beta, k: k)
    unsafe response.runGradient(
      input: input.start, gradient: outputs.start, output: gradient.mutableStart,
      execution: step.execution)
    return gradient
  }
}
