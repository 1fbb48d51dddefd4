/// What a network's outputs are judged by: the first by the samples' classes and, where there is a second one that draws
/// the input again, that by its distance from it.
///
///     loss[n] = scores(output[n], label[n]) + λ · Σᵢ (reconstruction[n, i] − input[n, i])²
///
/// - Source: Sabour et al. 2017, sections 3 and 4.1, arXiv:1710.09829, where λ is 0.0005.
public struct Objective: Equatable, Sendable {
  public let scores: Loss
  /// λ: what the distance of a reconstruction counts.
  public let reconstruction: Double

  public init(_ scores: Loss, reconstruction: Double = 0.000_5) {
    self.scores = scores
    self.reconstruction = reconstruction
  }

  /// What a batch gives.
  public struct Value: Sendable {
    /// The mean over the batch.
    public let mean: Double
    /// One for each sample.
    public let samples: [Double]
    /// The gradients of the mean by the outputs, in their order.
    public let gradients: [Tensor]
    /// How many samples have the largest score at their label's class.
    public let correct: Int
  }

  /// Judges one output `[N, C]`, or that and a second one of as many numbers as the inputs have.
  public func callAsFunction(
    _ outputs: [Tensor], inputs: Tensor, labels: [Int]
  ) -> Value {
    precondition(1...2 ~= outputs.count, "\(outputs.count) outputs to judge")
    let scored = scores(outputs[0], labels: labels)
    guard outputs.count == 2 else {
      return Value(
        mean: scored.mean, samples: scored.samples, gradients: [scored.gradient],
        correct: scored.correct)
    }
    let (samples, gradient) = distances(outputs[1], from: inputs)
    let sums = zip(scored.samples, samples).map { $0 + $1 }
    return Value(
      mean: sums.reduce(0, +) / Double(max(sums.count, 1)), samples: sums,
      gradients: [scored.gradient, gradient], correct: scored.correct)
  }

  /// The weighed distance of every sample's reconstruction, and the gradient of their mean.
  private func distances(
    _ drawn: Tensor, from inputs: Tensor
  ) -> (samples: [Double], gradient: Tensor) {
    let batch = inputs.shape[0]
    precondition(
      drawn.count == inputs.count && drawn.shape[0] == batch,
      "a reconstruction of \(drawn.shape) for inputs of \(inputs.shape)")
    let (values, pixels) = (drawn.values, inputs.values)
    let size = values.count / max(batch, 1)
    let factor = Float(2 * reconstruction / Double(max(batch, 1)))
    let gradient = values.indices.map { factor * (values[$0] - pixels[$0]) }
    let samples = (0..<batch).map { n in
      (n * size..<(n + 1) * size).reduce(0.0) { sum, i in
        let distance = Double(values[i]) - Double(pixels[i])
        return sum + distance * distance
      } * reconstruction
    }
    return (samples, Tensor(shape: drawn.shape, values: gradient))
  }
}

extension Architecture {
  /// What the layer that makes the scores calls for: of logarithms of probabilities the likelihood alone, of
  /// lengths of capsules the margin loss.
  public var usualLoss: Loss {
    switch nodes.first(where: { $0.name == outputs[0].value })?.layer {
    case is LogSoftmax: .negativeLogLikelihood
    case is CapsuleLength: .margin()
    default: .crossEntropy()
    }
  }

  /// Whether the scores are probabilities already.
  public var givesProbabilities: Bool {
    nodes.first { $0.name == outputs[0].value }?.layer is Softmax
  }

  /// What the network's outputs are judged by; `loss` stands in for what they call for.
  public func objective(_ loss: Loss? = nil) -> Objective { Objective(loss ?? usualLoss) }

  /// Whether the second of two outputs draws the input again.
  public var drawsInput: Bool { inputs.count == 1 && outputs.count == 2 }

  /// Outputs by name in their order.
  public func ordered(_ outputs: [String: Tensor]) -> [Tensor] {
    self.outputs.compactMap { outputs[$0.name] }
  }
}
