// Capsules as their paper defines them (Sabour et al. 2017, arXiv:1710.09829).

extension ReferenceArray {
  /// Vectors along the last dimension, of length n² / (1 + n²) instead of n.
  package func squashed() -> ReferenceArray {
    let length = shape[shape.count - 1]
    return ReferenceArray(shape: shape) { index in
      let vector = (0..<length).map { self[index.with($0, at: shape.count - 1)] }
      let squares = vector.reduce(0) { $0 + $1 * $1 }
      guard squares > 0 else { return 0 }
      return squares / (1 + squares) * self[index] / squares.squareRoot()
    }
  }

  /// Channels `[N, C·D, H, W]` as capsules `[N, C·H·W, D]`, not squashed.
  package func capsules(length: Int) -> ReferenceArray {
    let pixels = shape[2] * shape[3]
    return ReferenceArray(shape: [shape[0], shape[1] / length * pixels, length]) { index in
      let (kind, pixel) = (index[1] / pixels, index[1] % pixels)
      return self[[index[0], kind * length + index[2], pixel / shape[3], pixel % shape[3]]]
    }
  }

  /// Routing by agreement: `[N, I, K]` with weights `[I, K, J, D]` becomes `[N, J, D]`.
  package func routed(weight: ReferenceArray, iterations: Int) -> ReferenceArray {
    let (batch, inputs, outputs, length) = (
      shape[0], shape[1], weight.shape[2], weight.shape[3]
    )
    let votes = ReferenceArray(shape: [batch, inputs, outputs, length]) { index in
      (0..<shape[2]).reduce(0) {
        $0 + weight[[index[1], $1, index[2], index[3]]] * self[[index[0], index[1], $1]]
      }
    }
    var logits = ReferenceArray(shape: [batch, inputs, outputs]) { _ in 0 }
    var result = ReferenceArray(shape: [batch, outputs, length]) { _ in 0 }
    for _ in 0..<iterations {
      let weights = logits.softmax(along: [2], isLogarithm: false)
      result = ReferenceArray(shape: [batch, outputs, length]) { index in
        (0..<inputs).reduce(0) {
          $0 + weights[[index[0], $1, index[1]]] * votes[[index[0], $1, index[1], index[2]]]
        }
      }.squashed()
      let (before, found) = (logits, result)
      logits = ReferenceArray(shape: logits.shape) { index in
        (0..<length).reduce(before[index]) {
          $0 + votes[index + [$1]] * found[[index[0], index[2], $1]]
        }
      }
    }
    return result
  }

  /// The longest capsule of each sample, the first of equal ones, and zeros: `[N, J, D]` as `[N, J·D]`.
  package func longestCapsules() -> ReferenceArray {
    let (count, length) = (shape[1], shape[2])
    let squares = reduced(.squares, along: [2], keepsDimensions: false)
    return ReferenceArray(shape: [shape[0], count * length]) { index in
      let lengths = (0..<count).map { squares[[index[0], $0]] }
      let longest = lengths.indices.max { (lengths[$0], -$0) < (lengths[$1], -$1) }
      let capsule = index[1] / length
      return capsule == longest ? self[[index[0], capsule, index[1] % length]] : 0
    }
  }
}
