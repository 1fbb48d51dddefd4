internal import VizKernels

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

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    beta == 1
      ? [ONNXNode("Softplus")]
      : [
        ONNXNode("Mul", inputs: [.input(0), .floats(.number(beta))]),
        ONNXNode("Softplus", inputs: [.result(0)]),
        ONNXNode("Div", inputs: [.result(1), .floats(.number(beta))]),
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
