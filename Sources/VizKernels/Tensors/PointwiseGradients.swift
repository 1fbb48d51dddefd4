#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

extension Pointwise {
  /// The gradient by what went in.
  ///
  ///     out[i] = gradient[i] · f′(source[i])
  ///
  /// Where f has a corner the slope is PyTorch's: that of 0 for ReLU and its like.
  package func applyGradient(
    _ gradient: UnsafePointer<Float>, _ source: UnsafePointer<Float>,
    into out: UnsafeMutablePointer<Float>, count: Int, execution: Execution
  ) {
    nonisolated(unsafe) let (gradient, source, out) = (gradient, source, out)
    let size = 1 << 15
    ThreadPool.run(count: (count + size - 1) / size, jobs: execution.jobs) { i in
      apply(gradient + i * size, source + i * size, out + i * size, min(size, count - i * size))
    }
  }

  private func apply(
    _ gradient: UnsafePointer<Float>, _ source: UnsafePointer<Float>,
    _ out: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    @inline(__always) func slope(_ f: (Float) -> Float) {
      for i in 0..<count { out[i] = gradient[i] * f(source[i]) }
    }
    switch self {
    case .clamp(let lower, let upper):
      for i in 0..<count { out[i] = source[i] <= lower || source[i] >= upper ? 0 : gradient[i] }
    case .leaky(let slope):
      for i in 0..<count { out[i] = source[i] > 0 ? gradient[i] : gradient[i] * slope }
    case .elu(let alpha): slope { $0 > 0 ? 1 : alpha * expf($0) }
    case .selu:
      let (scale, alpha) = (Float(1.0507009873554804934), Float(1.6732632423543772848))
      slope { scale * ($0 > 0 ? 1 : alpha * expf($0)) }
    case .celu(let alpha): slope { $0 > 0 ? 1 : expf($0 / alpha) }
    case .gelu:
      let density = Float(0.398942280401432678)  // 1 / √2π
      slope {
        0.5 * (1 + erff($0 * Float(0.5).squareRoot())) + $0 * density * expf(-0.5 * $0 * $0)
      }
    case .geluTanh: slope(Self.geluTanhSlope)
    case .silu:
      slope {
        let gate = 1 / (1 + expf(-$0))
        return gate * (1 + $0 * (1 - gate))
      }
    case .mish:
      slope {
        let gate = tanhf(max($0, 0) + log1pf(expf(-Swift.abs($0))))
        return gate + $0 * (1 - gate * gate) / (1 + expf(-$0))
      }
    case .hardswish: slope { $0 <= -3 ? 0 : $0 < 3 ? $0 / 3 + 0.5 : 1 }
    case .hardsigmoid(let alpha, let beta):
      for i in 0..<count {
        let y = alpha * source[i] + beta
        out[i] = y > 0 && y < 1 ? gradient[i] * alpha : 0
      }
    case .sigmoid:
      slope {
        let y = 1 / (1 + expf(-$0))
        return y * (1 - y)
      }
    case .tanh:
      slope {
        let y = tanhf($0)
        return 1 - y * y
      }
    case .softplus(let beta, let threshold):
      slope { $0 * beta > threshold ? 1 : 1 / (1 + expf(-$0 * beta)) }
    case .softsign:
      slope {
        let below = 1 + Swift.abs($0)
        return 1 / (below * below)
      }
    case .abs, .sign, .floor, .ceil, .round: applyStep(gradient, source, out, count)
    case .negate: for i in 0..<count { out[i] = -gradient[i] }
    case .exp: slope { expf($0) }
    case .log: slope { 1 / $0 }
    case .sqrt: slope { 0.5 / $0.squareRoot() }
    case .reciprocal: slope { -1 / ($0 * $0) }
    case .erf: slope { 1.128379167095512574 * expf(-$0 * $0) }  // 2 / √π
    case .sin: slope { cosf($0) }
    case .cos: slope { -sinf($0) }
    }
  }

  /// Functions that are flat, or straight, between their steps.
  private func applyStep(
    _ gradient: UnsafePointer<Float>, _ source: UnsafePointer<Float>,
    _ out: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    guard case .abs = self else {
      for i in 0..<count { out[i] = 0 }
      return
    }
    for i in 0..<count {
      out[i] = source[i] > 0 ? gradient[i] : source[i] < 0 ? -gradient[i] : 0
    }
  }

  private static func geluTanhSlope(_ x: Float) -> Float {
    let root = Float(0.7978845608)  // √(2/π)
    let inner = tanhf(root * (x + 0.044715 * x * x * x))
    return 0.5 * (1 + inner)
      + 0.5 * x * (1 - inner * inner) * root * (1 + 3 * 0.044715 * x * x)
  }
}

/// The gradient of numbers brought between bounds, from what came out: where a bound was reached nothing
/// comes through.
///
///     out[i] = result[i] ≤ lower or result[i] ≥ upper ? 0 : gradient[i]
package func limitGradient(
  _ gradient: UnsafePointer<Float>, result: UnsafePointer<Float>, lower: Float, upper: Float,
  into out: UnsafeMutablePointer<Float>, count: Int, execution: Execution
) {
  nonisolated(unsafe) let (gradient, result, out) = (gradient, result, out)
  let row = execution.kernels.tensors.limitGradientRow
  let size = 1 << 15
  ThreadPool.run(count: (count + size - 1) / size, jobs: execution.jobs) { task in
    let i = task * size
    row(gradient + i, result + i, lower, upper, min(size, count - i), out + i)
  }
}
