internal import VizKernels

/// Batch normalisation with the statistics that training has left behind.
///
///     output[n, c, …] = (input − running_mean[c]) / √(running_var[c] + eps) · weight[c] + bias[c]
///
/// - Shapes: `input` and output: `[N, C, H, W]`; parameters: `[C]`
/// - Checkpoint keys: `weight`, `bias`, `running_mean`, `running_var`.
/// - Source: Ioffe & Szegedy 2015, arXiv:1502.03167.
public struct BatchNorm2d: UnaryLayer, BatchNormalizing {
  let normalization: BatchNormalization
  var limits = Limits.none

  /// Without a momentum the running statistics are the means of all batches.
  public init(
    features: Int, epsilon: Float = 1e-5, momentum: Float? = 0.1, isAffine: Bool = true
  ) {
    normalization = BatchNormalization(
      features: features, epsilon: epsilon, momentum: momentum, isAffine: isAffine)
  }

  private init(_ normalization: BatchNormalization) {
    self.normalization = normalization
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    try checkImages(input, channels: normalization.features)
    return input
  }

  public func onnxNodes(_ inputs: [Shape]) throws(LayerError) -> [ONNXNode] {
    try normalization.onnxNodes()
  }

  public static let entry = LayerEntry(
    name: "BatchNorm2d", summary: "Normalisation by the statistics of the training images",
    arguments: BatchNormalization.arguments,
    onnx: [
      ONNXForm("BatchNormalization", inputs: BatchNormalization.onnxInputs) {
        (call) throws(LayerError) in
        let normalization = try BatchNormalization(onnx: call)
        if let shape = call.shapes.first, let shape, shape.rank != 4 {
          return BatchNorm1d(normalization)
        }
        return BatchNorm2d(normalization)
      }
    ]
  ) { (arguments) throws(LayerError) in
    BatchNorm2d(try BatchNormalization(arguments))
  }
}
