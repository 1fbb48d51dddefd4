#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

extension PairOperation {
  /// The gradients by both numbers of every pair.
  ///
  ///     outA[i] = gradient[i] · ∂f/∂a(a[i], b[i])        outB[i] = gradient[i] · ∂f/∂b(a[i], b[i])
  ///
  /// Equal numbers share the gradient of a maximum or minimum, as in PyTorch.
  package func applyGradient(
    _ gradient: UnsafePointer<Float>, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    intoA outA: UnsafeMutablePointer<Float>, intoB outB: UnsafeMutablePointer<Float>, count: Int,
    execution: Execution
  ) {
    nonisolated(unsafe) let (gradient, a, b, outA, outB) = (gradient, a, b, outA, outB)
    ThreadPool.runPieces(of: count, size: 1 << 15, jobs: execution.jobs) { piece in
      let i = piece.lowerBound
      apply(gradient + i, a + i, b + i, outA + i, outB + i, piece.count)
    }
  }

  private func apply(
    _ gradient: UnsafePointer<Float>, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    _ outA: UnsafeMutablePointer<Float>, _ outB: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    @inline(__always) func slopes(_ f: (Float, Float) -> (Float, Float)) {
      for i in 0..<count {
        let (slopeA, slopeB) = f(a[i], b[i])
        outA[i] = gradient[i] * slopeA
        outB[i] = gradient[i] * slopeB
      }
    }
    switch self {
    case .add: slopes { _, _ in (1, 1) }
    case .subtract: slopes { _, _ in (1, -1) }
    case .multiply: slopes { ($1, $0) }
    case .divide: slopes { (1 / $1, -$0 / $1 / $1) }
    case .power:
      slopes { a, b in
        (b == 0 ? 0 : b * powf(a, b - 1), a == 0 && b >= 0 ? 0 : powf(a, b) * logf(a))
      }
    case .maximum: slopes { $0 > $1 ? (1, 0) : $0 < $1 ? (0, 1) : (0.5, 0.5) }
    case .minimum: slopes { $0 < $1 ? (1, 0) : $0 > $1 ? (0, 1) : (0.5, 0.5) }
    }
  }
}
