internal import VizKernels

/// A sigmoid made of straight lines.
///
///     output = min(max(alpha · input + beta, 0), 1)
///
/// PyTorch's has alpha 1/6 and beta 1/2; ONNX leaves them open.
public struct Hardsigmoid: PointwiseLayer {
  public let alpha: Float
  public let beta: Float

  public init(alpha: Float = 1 / 6, beta: Float = 0.5) {
    self.alpha = alpha
    self.beta = beta
  }

  var function: Pointwise { .hardsigmoid(alpha: alpha, beta: beta) }

  public var arguments: LayerArguments {
    ["inplace": false, "alpha": .float(alpha), "beta": .float(beta)]
  }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [
      ONNXNode(
        "HardSigmoid",
        attributes: ["alpha": .float(alpha), "beta": .float(beta)])
    ]
  }

  public static let entry = LayerEntry(
    name: "Hardsigmoid", summary: "A sigmoid made of straight lines",
    arguments: [
      .init("inplace", false), .init("alpha", .float(Float(1) / 6)), .init("beta", 0.5),
    ],
    onnx: [
      ONNXForm("HardSigmoid") { (call) throws(LayerError) in
        Hardsigmoid(
          alpha: try call.attributes.float("alpha", default: 0.2),
          beta: try call.attributes.float("beta", default: 0.5))
      }
    ]
  ) { (arguments) throws(LayerError) in
    Hardsigmoid(alpha: try arguments.float("alpha"), beta: try arguments.float("beta"))
  }
}
