internal import VizKernels

/// One capsule of each sample as it is and the others as zeros, in a row: what a decoder draws the input from.
///
///     output[n, j·D + d] = input[n, j, d] where j is the sample's capsule, else 0
///
/// That is the capsule of the sample's label while the network learns, and otherwise the longest, of equally long ones
/// the first.
///
/// - Shapes: `input`: `[N, J, D]`; output: `[N, J·D]`
/// - Source: Sabour et al. 2017, section 4.1, arXiv:1710.09829.
public struct CapsuleMask: UnaryLayer {
  public init() {}

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    guard input.rank == 3 else { throw .inputShape(expected: "[N, J, D]", found: input) }
    return [input[0], input.count(of: 1..<3)]
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    Self.masked(
      input.reshaped(to: acceptedShape(input.shape)), input.shape, Self.longest(input), context)
  }

  public func forwardInTraining(
    _ inputs: [Tensor], _ parameters: LayerParameters, _ training: TrainingContext
  ) -> TrainingResult {
    let (input, labels) = (inputs[0], training.labels)
    guard !labels.isEmpty else {
      return TrainingResult(outputs: [forward(input, parameters, training.context)])
    }
    precondition(
      labels.count == input.shape[0] && labels.allSatisfy { 0..<input.shape[1] ~= $0 },
      "labels \(labels) for capsules of \(input.shape)")
    var result = TrainingResult(outputs: [
      Self.masked(
        input.reshaped(to: acceptedShape(input.shape)), input.shape, labels, training.context)
    ])
    result.extras = [Tensor(shape: [labels.count], values: labels.map(Float.init))]
    return result
  }

  public func backward(_ step: BackwardStep) -> LayerGradients {
    let chosen = step.extras.first?.values.map { Int($0) } ?? Self.longest(step.input)
    return LayerGradients(
      Self.masked(step.gradient, step.inputShape, chosen, step.context)
        .reshaped(to: step.inputShape))
  }

  /// The numbers of the chosen capsules, and zeros.
  private static func masked(
    _ rows: Tensor, _ capsules: Shape, _ chosen: [Int], _ context: ForwardContext
  ) -> Tensor {
    let output = context.zeros(rows.shape)
    let (count, length) = (capsules.count(of: 1..<3), capsules[2])
    for (n, capsule) in chosen.enumerated() {
      let place = n * count + capsule * length
      unsafe (output.mutableStart + place).update(from: rows.start + place, count: length)
    }
    return output
  }

  /// The longest capsule of each sample; NaN is not longer than anything.
  static func longest(_ capsules: Tensor) -> [Int] {
    let (values, length) = (capsules.values, capsules.shape[2])
    let count = capsules.shape[1]
    return (0..<capsules.shape[0]).map { n in
      let squares = (0..<count).map { j in
        let first = (n * count + j) * length
        return values[first..<first + length].reduce(0.0) { $0 + Double($1) * Double($1) }
      }
      return max(squares.largest, 0)
    }
  }

  public func reach(inputs: [Shape]) -> Reach { .everything }

  public var arguments: LayerArguments { [:] }

  public func onnxNodes(_ inputs: [Shape]) throws(LayerError) -> [ONNXNode] {
    throw .unsupportedCapsules
  }

  public static let entry = LayerEntry(
    name: "CapsuleMask", summary: "One capsule, and zeros for the others"
  ) { _ in
    CapsuleMask()
  }
}
