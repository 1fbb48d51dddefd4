internal import VizKernels

/// Numbers divided by what their neighbours in other channels add up to.
///
///     output[c] = input[c] / (k + alpha / size · Σ input[c′]²)^beta,   c − size/2 ≤ c′ ≤ c + (size − 1)/2
///
/// - Shapes: `input` and output: `[N, C, …]`
/// - Source: Krizhevsky et al. 2012, section 3.3; alpha is divided by the size as in PyTorch and Caffe.
public struct LocalResponseNorm: UnaryLayer {
  public let size: Int
  public let alpha: Float
  public let beta: Float
  public let k: Float

  public init(size: Int, alpha: Float = 1e-4, beta: Float = 0.75, k: Float = 1) {
    precondition(size > 0, "a window of \(size) channels")
    self.size = size
    self.alpha = alpha
    self.beta = beta
    self.k = k
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    guard input.rank >= 3 else { throw .inputShape(expected: "[N, C, …]", found: input) }
    return input
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
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
      "beta": .float(beta), "k": .float(k),
    ]
  }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    // ONNX moves an even window by one channel.
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
    [
      ONNXNode("Mul", inputs: [.input(0), .input(0)]),
      ONNXNode("Shape"),
      ONNXNode("Reshape", inputs: [.result(0), .ints([0, 0, -1])]),
      ONNXNode("Unsqueeze", inputs: [.result(2), .ints([1])]),
      ONNXNode(
        "AveragePool", inputs: [.result(3)],
        attributes: [
          "kernel_shape": .ints([size, 1]), "pads": .ints([size / 2, 0, (size - 1) / 2, 0]),
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
    arguments: [.init("size"), .init("alpha", 1e-4), .init("beta", 0.75), .init("k", 1.0)],
    onnx: [
      ONNXForm("LRN") { (call) throws(LayerError) in
        let attributes = call.attributes
        guard try attributes.int("size") % 2 == 1 else {  // ONNX moves an even window by one
          throw .unsupported(found: "an even size", expected: "an odd one")
        }
        return LocalResponseNorm(
          size: try attributes.int("size", in: 1...LayerArguments.largest),
          alpha: try attributes.float("alpha", default: 1e-4),
          beta: try attributes.float("beta", default: 0.75),
          k: try attributes.float("bias", default: 1))
      }
    ]
  ) { (arguments) throws(LayerError) in
    LocalResponseNorm(
      size: try arguments.int("size", in: 1...LayerArguments.largest),
      alpha: try arguments.float("alpha"), beta: try arguments.float("beta"),
      k: try arguments.float("k"))
  }
}

extension LocalResponseNorm {
  public func backward(_ step: BackwardStep) -> LayerGradients {
    let shape = step.inputShape
    let gradient = step.context.tensor(shape)
    let response = LocalResponse(
      batch: shape[0], channels: shape[1], plane: shape.count(of: 2..<shape.rank), size: size,
      alpha: alpha, beta: beta, k: k)
    unsafe response.runGradient(
      input: step.input.start, gradient: step.gradient.start, output: gradient.mutableStart,
      execution: step.execution)
    return LayerGradients(gradient)
  }
}
