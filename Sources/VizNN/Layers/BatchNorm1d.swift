internal import VizKernels

/// Batch normalisation of vectors and of series, with the statistics that training has left behind.
///
/// The formula and the parameters are those of `BatchNorm2d`.
///
/// - Shapes: `input` and output: `[N, C]` or `[N, C, L]`
public struct BatchNorm1d: UnaryLayer, BatchNormalizing {
  let normalization: BatchNormalization
  var limits = Limits.none

  public init(features: Int, epsilon: Float = 1e-5, isAffine: Bool = true) {
    normalization = BatchNormalization(
      features: features, epsilon: epsilon, isAffine: isAffine)
  }

  init(_ normalization: BatchNormalization) {
    self.normalization = normalization
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    guard 2...3 ~= input.rank, input[1] == normalization.features else {
      let features = normalization.features
      throw .inputShape(expected: "[N, \(features)] or [N, \(features), L]", found: input)
    }
    return input
  }

  public func onnxNodes(_ inputs: [Shape]) throws(LayerError) -> [ONNXNode] {
    try normalization.onnxNodes()
  }

  public static let entry = LayerEntry(
    name: "BatchNorm1d", summary: "Normalisation of vectors by the statistics of training",
    arguments: BatchNormalization.arguments
  ) { (arguments) throws(LayerError) in
    BatchNorm1d(try BatchNormalization(arguments))
  }
}
