internal import VizKernels

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A smooth rectified linear unit.
///
///     output = log(1 + exp(beta · input)) / beta   where beta · input ≤ threshold
///              input                               elsewhere
public struct Softplus: PointwiseLayer {
  public let beta: Float
  public let threshold: Float

  public init(beta: Float = 1.0, threshold: Float = 20.0) {
    self.beta = beta
    self.threshold = threshold
  }

  var function: Pointwise { .softplus(beta: beta, threshold: threshold) }

  public var arguments: LayerArguments {
    ["beta": .float(beta), "threshold": .float(threshold)]
  }

  /// Beyond a threshold of 20 the logarithm is the straight line to the last bit.
  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    if threshold < 20 { return nodesWithThreshold }
    return beta == 1
      ? [ONNXNode("Softplus")]
      : [
        ONNXNode("Mul", inputs: [.input(0), .floats(.number(beta))]),
        ONNXNode("Softplus", inputs: [.result(0)]),
        ONNXNode("Div", inputs: [.result(1), .floats(.number(beta))]),
      ]
  }

  /// The curve up to the threshold, the straight line from it on, and the step between the two.
  private var nodesWithThreshold: [ONNXNode] {
    let step = threshold - Float(log1p(exp(Double(threshold))))
    return [
      ONNXNode("Mul", inputs: [.input(0), .floats(.number(beta))]),
      ONNXNode("Min", inputs: [.result(0), .floats(.number(threshold))]),
      ONNXNode("Softplus", inputs: [.result(1)]),
      ONNXNode("Sub", inputs: [.result(0), .floats(.number(threshold))]),
      ONNXNode("Relu", inputs: [.result(3)]),
      ONNXNode("Add", inputs: [.result(2), .result(4)]),
      ONNXNode("Sign", inputs: [.result(4)]),
      ONNXNode("Mul", inputs: [.result(6), .floats(.number(step))]),
      ONNXNode("Add", inputs: [.result(5), .result(7)]),
      ONNXNode("Div", inputs: [.result(8), .floats(.number(beta))]),
    ]
  }

  public static let entry = LayerEntry(
    name: "Softplus", summary: "A smooth rectified linear unit",
    arguments: [.init("beta", 1.0), .init("threshold", 20.0)],
    onnx: [ONNXForm("Softplus") { _ in Softplus() }]
  ) { (arguments) throws(LayerError) in
    Softplus(beta: try arguments.float("beta"), threshold: try arguments.float("threshold"))
  }
}
