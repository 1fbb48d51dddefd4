#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

extension ReferenceArray {
  /// Batch normalisation by statistics that are given; the channel is the second index.
  ///
  ///     (input − mean[c]) / √(variance[c] + ε) · weight[c] + bias[c]
  package func batchNormalized(
    mean: [Double], variance: [Double], weight: [Double]?, bias: [Double]?, epsilon: Double
  ) -> ReferenceArray {
    ReferenceArray(shape: shape) { index in
      let c = index[1]
      return (self[index] - mean[c]) / (variance[c] + epsilon).squareRoot() * (weight?[c] ?? 1)
        + (bias?[c] ?? 0)
    }
  }

  /// Every plane of `[N, C, …]` by its own mean and variance.
  package func instanceNormalized(
    weight: [Double]?, bias: [Double]?, epsilon: Double
  ) -> ReferenceArray {
    groupNormalized(groups: shape[1], weight: weight, bias: bias, epsilon: epsilon)
  }

  /// Groups of neighbouring channels of `[N, C, …]`, each by its own mean and variance.
  ///
  ///     (input − mean[n, g]) / √(variance[n, g] + ε) · weight[c] + bias[c]
  package func groupNormalized(
    groups: Int, weight: [Double]?, bias: [Double]?, epsilon: Double
  ) -> ReferenceArray {
    let channels = shape[1] / groups
    let size = values.count / (shape[0] * groups)
    let statistics = (0..<shape[0] * groups).map { group in
      let members = values[group * size..<(group + 1) * size]
      let mean = members.reduce(0, +) / Double(size)
      return (
        mean: mean, variance: members.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(size)
      )
    }
    return ReferenceArray(shape: shape) { index in
      let c = index[1]
      let (mean, variance) = statistics[index[0] * groups + c / channels]
      return (self[index] - mean) / (variance + epsilon).squareRoot() * (weight?[c] ?? 1)
        + (bias?[c] ?? 0)
    }
  }

  /// The last dimensions together, by the mean and variance of their own numbers.
  ///
  ///     (input − mean) / √(variance + ε) · weight + bias
  package func layerNormalized(
    dimensions: Int, weight: [Double]?, bias: [Double]?, epsilon: Double
  ) -> ReferenceArray {
    let size = shape.suffix(dimensions).reduce(1, *)
    let numbers = values.indices.map { i in
      let row = values[i / size * size..<i / size * size + size]
      let mean = row.reduce(0, +) / Double(size)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(size)
      return (values[i] - mean) / (variance + epsilon).squareRoot() * (weight?[i % size] ?? 1)
        + (bias?[i % size] ?? 0)
    }
    return ReferenceArray(shape: shape, values: numbers)
  }

  /// Local response normalisation over `size` channels, of which ⌊size / 2⌋ lie before, or `before`.
  ///
  ///     input / (k + α / size · Σ input[c′]²)^β
  package func responseNormalized(
    size: Int, alpha: Double, beta: Double, k: Double, before: Int? = nil
  ) -> ReferenceArray {
    ReferenceArray(shape: shape) { index in
      var squares = 0.0
      for step in 0..<size {
        let c = index[1] - (before ?? size / 2) + step
        guard 0..<shape[1] ~= c else { continue }
        squares += self[index.with(c, at: 1)] * self[index.with(c, at: 1)]
      }
      return self[index] / pow(k + alpha / Double(size) * squares, beta)
    }
  }

  /// Probabilities along some dimensions together, or their logarithms.
  ///
  ///     exp(input − max) / Σ exp(input − max)
  package func softmax(along dimensions: Set<Int>, isLogarithm: Bool) -> ReferenceArray {
    ReferenceArray(shape: shape) { index in
      let row = group(of: index, along: dimensions)
      let largest = row.contains { $0.isNaN } ? .nan : row.max() ?? 0
      let sum = row.reduce(0) { $0 + exp($1 - largest) }
      return isLogarithm
        ? self[index] - largest - log(sum) : exp(self[index] - largest) / sum
    }
  }

  /// The numbers whose indices differ from `index` in some dimensions only.
  func group(of index: [Int], along dimensions: Set<Int>) -> [Double] {
    let lengths = shape.indices.map { dimensions.contains($0) ? shape[$0] : 1 }
    return Self.indices(of: lengths).map { step in
      self[shape.indices.map { dimensions.contains($0) ? step[$0] : index[$0] }]
    }
  }
}
