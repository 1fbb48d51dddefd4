#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// How wrong a network's outputs are, for samples of which the class is known.
///
/// All are means over the batch, as PyTorch has them, and are summed up in Float64.
public enum Loss: Equatable, Sendable {
  /// Of logits `z`: `−log softmax(z)[label]`, or with smoothing ε
  /// `−(1 − ε) · log p[label] − ε / C · Σ log p[c]`.
  case crossEntropy(smoothing: Double = 0)
  /// Of logarithms of probabilities: `−l[label]`.
  case negativeLogLikelihood
  /// Of any outputs: `Σ (y[c] − t[c])² / C`, where t is 1 for the label's class and 0 elsewhere.
  case meanSquaredError
  /// Of the lengths of capsules: `max(0, m⁺ − y[label])² + λ · Σ max(0, y[c] − m⁻)²` over the other classes.
  ///
  /// - Source: Sabour et al. 2017, eq. 4, arXiv:1710.09829.
  case margin(present: Double = 0.9, absent: Double = 0.1, weight: Double = 0.5)

  /// What a batch gives.
  public struct Value: Sendable {
    /// The mean over the batch.
    public let mean: Double
    /// One for each sample.
    public let samples: [Double]
    /// The gradient of the mean by the outputs.
    public let gradient: Tensor
    /// How many samples have the largest output at their label's class.
    public let correct: Int
  }

  /// Judges outputs `[N, C]` by a label of 0..<C for each sample.
  public func callAsFunction(_ output: Tensor, labels: [Int]) -> Value {
    precondition(
      output.shape.rank == 2 && output.shape[0] == labels.count,
      "\(labels.count) labels for outputs of \(output.shape)")
    let classes = output.shape[1]
    precondition(
      labels.allSatisfy { 0..<classes ~= $0 }, "labels \(labels) for \(classes) classes")
    let values = output.values
    var gradient = [Float](repeating: 0, count: values.count)
    var samples: [Double] = []
    var correct = 0
    for (n, label) in labels.enumerated() {
      let row = values[n * classes..<(n + 1) * classes].map(Double.init)
      let (loss, slopes) = value(row, label)
      samples.append(loss)
      for c in 0..<classes {
        gradient[n * classes + c] = Float(slopes[c] / Double(labels.count))
      }
      if row.largest == label { correct += 1 }
    }
    return Value(
      mean: samples.reduce(0, +) / Double(max(labels.count, 1)), samples: samples,
      gradient: Tensor(shape: output.shape, values: gradient), correct: correct)
  }

  /// The loss of one sample and its slopes.
  private func value(_ row: [Double], _ label: Int) -> (loss: Double, slopes: [Double]) {
    switch self {
    case .crossEntropy(let smoothing): return Self.crossEntropy(row, label, smoothing)
    case .negativeLogLikelihood:
      return (-row[label], row.indices.map { $0 == label ? -1 : 0 })
    case .meanSquaredError:
      let distances = row.enumerated().map { $1 - ($0 == label ? 1 : 0) }
      let count = Double(row.count)
      return (
        distances.reduce(0) { $0 + $1 * $1 } / count, distances.map { 2 * $0 / count }
      )
    case .margin(let present, let absent, let weight):
      var (loss, slopes) = (0.0, [Double](repeating: 0, count: row.count))
      for (c, length) in row.enumerated() {
        let isLabel = c == label
        let missing = max(0, isLabel ? present - length : length - absent)
        loss += (isLabel ? 1 : weight) * missing * missing
        slopes[c] = (isLabel ? -2 : 2 * weight) * missing
      }
      return (loss, slopes)
    }
  }

  private static func crossEntropy(
    _ row: [Double], _ label: Int, _ smoothing: Double
  ) -> (loss: Double, slopes: [Double]) {
    let top = row.max() ?? 0
    let sum = row.reduce(0) { $0 + exp($1 - top) }
    let shift = top + log(sum)
    let even = smoothing / Double(row.count)
    var loss = (1 - smoothing) * (shift - row[label])
    if smoothing > 0 { loss += even * row.reduce(0) { $0 + shift - $1 } }
    let slopes = row.enumerated().map { c, value in
      exp(value - shift) - even - (c == label ? 1 - smoothing : 0)
    }
    return (loss, slopes)
  }
}

extension Loss {
  /// The mean squared distance of two tensors, as reconstructions are judged, and its gradient by the first.
  ///
  ///     Σ (a[i] − b[i])² / count
  public static func meanSquaredError(_ a: Tensor, _ b: Tensor) -> (mean: Double, gradient: Tensor)
  {
    precondition(a.shape == b.shape, "a tensor of \(a.shape) and one of \(b.shape)")
    let distances = zip(a.values, b.values).map { Double($0) - Double($1) }
    let count = Double(max(distances.count, 1))
    return (
      distances.reduce(0) { $0 + $1 * $1 } / count,
      Tensor(shape: a.shape, values: distances.map { Float(2 * $0 / count) })
    )
  }
}
