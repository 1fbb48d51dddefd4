#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A function of one number, as activations are.
package enum Pointwise: Sendable {
  /// NaN stays NaN.
  case clamp(lower: Float, upper: Float)
  case leaky(slope: Float)
  case elu(alpha: Float)
  case selu
  case celu(alpha: Float)
  case gelu
  case geluTanh
  case silu
  case mish
  case hardswish
  case hardsigmoid(alpha: Float, beta: Float)
  case sigmoid
  case tanh
  case softplus(beta: Float, threshold: Float)
  case softsign
  case abs, negate, exp, log, sqrt, reciprocal, erf, floor, ceil, round, sign, sin, cos

  /// out[i] = f(source[i]); `out` is other memory than `source`.
  package func apply(
    _ source: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, count: Int,
    execution: Execution
  ) {
    if case .clamp(let lower, let upper) = self {
      limitedSum(
        source, nil, lower: lower, upper: upper, into: out, count: count, execution: execution)
      return
    }
    nonisolated(unsafe) let (source, out) = (source, out)
    let exponentials = execution.kernels.tensors.exponentialRow
    let size = 1 << 12
    ThreadPool.run(count: (count + size - 1) / size, jobs: execution.jobs) { i in
      apply(source + i * size, out + i * size, min(size, count - i * size), exponentials)
    }
  }

  private func apply(
    _ source: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ count: Int,
    _ exponentials: TensorKernels.ExponentialRow
  ) {
    // Exponentials of factor · x first, all of them, and then what is made of them.
    @inline(__always) func map(exponential factor: Float, _ f: (Float, Float) -> Float) {
      var zero: Float = 0
      exponentials(source, &zero, 0, factor, count, out)
      for i in 0..<count { out[i] = f(source[i], out[i]) }
    }
    @inline(__always) func map(_ f: (Float) -> Float) {
      for i in 0..<count { out[i] = f(source[i]) }
    }
    switch self {
    case .clamp: break
    case .leaky(let slope): map { $0 < 0 ? $0 * slope : $0 }
    case .elu(let alpha): map { $0 > 0 ? $0 : alpha * expm1f($0) }
    case .selu:
      let (scale, alpha) = (Float(1.0507009873554804934), Float(1.6732632423543772848))
      map { scale * ($0 > 0 ? $0 : alpha * expm1f($0)) }
    case .celu(let alpha): map { $0 > 0 ? $0 : alpha * expm1f($0 / alpha) }
    case .gelu: map { 0.5 * $0 * (1 + erff($0 * Float(0.5).squareRoot())) }
    case .geluTanh:
      map { 0.5 * $0 * (1 + tanhf(0.7978845608 * ($0 + 0.044715 * $0 * $0 * $0))) }
    case .silu: map(exponential: -1) { $0 / (1 + $1) }
    case .mish: map { $0 * tanhf(Self.softplus($0)) }
    case .hardswish: map { $0 * min(max($0 + 3, 0), 6) / 6 }
    case .hardsigmoid(let alpha, let beta): map { min(max(alpha * $0 + beta, 0), 1) }
    case .sigmoid: map(exponential: -1) { 1 / (1 + $1) }
    case .tanh: map { tanhf($0) }
    case .softplus(let beta, let threshold):
      map { $0 * beta > threshold ? $0 : Self.softplus($0 * beta) / beta }
    case .softsign: map { $0 / (1 + Swift.abs($0)) }
    case .abs: map { Swift.abs($0) }
    case .negate: map { -$0 }
    case .exp: map(exponential: 1) { $1 }
    case .log: map { logf($0) }
    case .sqrt: map { $0.squareRoot() }
    case .reciprocal: map { 1 / $0 }
    case .erf: map { erff($0) }
    case .floor: map { $0.rounded(.down) }
    case .ceil: map { $0.rounded(.up) }
    case .round: map { $0.rounded(.toNearestOrEven) }
    case .sign: map { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }
    case .sin: map { sinf($0) }
    case .cos: map { cosf($0) }
    }
  }

  /// log(1 + eˣ), without overflow.
  private static func softplus(_ x: Float) -> Float { max(x, 0) + log1pf(expf(-Swift.abs(x))) }
}

/// Sums of two tensors of one shape, or with one alone its numbers, kept between bounds; NaN stays NaN.
///
///     out[i] = clamp(a[i] + b[i])
package func limitedSum(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>?, lower: Float, upper: Float,
  into out: UnsafeMutablePointer<Float>, count: Int, execution: Execution
) {
  nonisolated(unsafe) let (a, b, out) = (a, b, out)
  let row = execution.kernels.tensors.limitedSumRow
  let size = 1 << 15
  ThreadPool.run(count: (count + size - 1) / size, jobs: execution.jobs) { task in
    let i = task * size
    row(a + i, b.map { $0 + i }, lower, upper, min(size, count - i), out + i)
  }
}
