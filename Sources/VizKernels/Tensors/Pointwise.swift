internal import VizKernelsBaseline

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A function of one number, as activations are, with up to three numbers of its own.
package struct Pointwise: Sendable {
  private let code: Int
  private let a: Float
  private let b: Float
  private let c: Float

  /// What it is called in the kernels, where its formula stands.
  private init(_ code: Int, _ a: Float = 0, _ b: Float = 0, _ c: Float = 0) {
    (self.code, self.a, self.b, self.c) = (code, a, b, c)
  }

  /// NaN stays NaN.
  package static func clamp(lower: Float, upper: Float) -> Self {
    Self(FunctionCode.clamp, lower, upper)
  }
  package static func leaky(slope: Float) -> Self { Self(FunctionCode.leaky, slope) }
  package static func elu(alpha: Float) -> Self { Self(FunctionCode.exponentialUnit, alpha, 1, 1) }
  package static func celu(alpha: Float) -> Self {
    Self(FunctionCode.exponentialUnit, alpha, 1, alpha)
  }
  package static var selu: Self {
    let (scale, alpha) = (1.0507009873554804934, 1.6732632423543772848)
    return Self(FunctionCode.exponentialUnit, Float(scale * alpha), Float(scale), 1)
  }
  package static func hardsigmoid(alpha: Float, beta: Float) -> Self {
    Self(FunctionCode.hardsigmoid, alpha, beta)
  }
  package static func softplus(beta: Float, threshold: Float) -> Self {
    Self(FunctionCode.softplus, beta, threshold)
  }
  package static var gelu: Self { Self(FunctionCode.gelu) }
  package static var geluTanh: Self { Self(FunctionCode.geluTanh) }
  package static var silu: Self { Self(FunctionCode.silu) }
  package static var mish: Self { Self(FunctionCode.mish) }
  package static var hardswish: Self { Self(FunctionCode.hardswish) }
  package static var sigmoid: Self { Self(FunctionCode.sigmoid) }
  package static var tanh: Self { Self(FunctionCode.hyperbolicTangent) }
  package static var softsign: Self { Self(FunctionCode.softsign) }
  package static var abs: Self { Self(FunctionCode.absolute) }
  package static var negate: Self { Self(FunctionCode.negative) }
  package static var exp: Self { Self(FunctionCode.exponential) }
  package static var log: Self { Self(FunctionCode.logarithm) }
  package static var sqrt: Self { Self(FunctionCode.squareRoot) }
  package static var reciprocal: Self { Self(FunctionCode.reciprocal) }
  package static var erf: Self { Self(FunctionCode.errorFunction) }
  package static var floor: Self { Self(FunctionCode.floor) }
  package static var ceil: Self { Self(FunctionCode.ceiling) }
  package static var round: Self { Self(FunctionCode.round) }
  package static var sign: Self { Self(FunctionCode.sign) }
  package static var sin: Self { Self(FunctionCode.sine) }
  package static var cos: Self { Self(FunctionCode.cosine) }

  /// Numbers that a thread takes at a time.
  private static let pieceSize = 1 << 12

  /// out[i] = f(source[i]); `out` is other memory than `source`.
  package func apply(
    _ source: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, count: Int,
    execution: Execution
  ) {
    nonisolated(unsafe) let (source, out) = (source, out)
    let row = execution.kernels.tensors.functionRow
    ThreadPool.runPieces(of: count, size: Self.pieceSize, jobs: execution.jobs) { piece in
      let (source, out) = (source + piece.lowerBound, out + piece.lowerBound)
      row(code, a, b, c, source, piece.count, out)
      forLargeAngles(source, piece.count) {
        out[$0] = code == FunctionCode.sine ? sinf($1) : cosf($1)
      }
    }
  }

  /// The gradient by what went in; `out` is other memory.
  ///
  ///     out[i] = gradient[i] · f′(source[i])
  ///
  /// Where f has a corner the slope is PyTorch's: that of 0 for ReLU and its like.
  package func applyGradient(
    _ gradient: UnsafePointer<Float>, _ source: UnsafePointer<Float>,
    into out: UnsafeMutablePointer<Float>, count: Int, execution: Execution
  ) {
    nonisolated(unsafe) let (gradient, source, out) = (gradient, source, out)
    let row = execution.kernels.tensors.slopeRow
    ThreadPool.runPieces(of: count, size: Self.pieceSize, jobs: execution.jobs) { piece in
      let i = piece.lowerBound
      let (gradient, source, out) = (gradient + i, source + i, out + i)
      row(code, a, b, c, gradient, source, piece.count, out)
      forLargeAngles(source, piece.count) {
        out[$0] = gradient[$0] * (code == FunctionCode.sine ? cosf($1) : -sinf($1))
      }
    }
  }

  /// The angles that the kernels have not enough digits of π for, with their places.
  private func forLargeAngles(
    _ source: UnsafePointer<Float>, _ count: Int, _ body: (Int, Float) -> Void
  ) {
    guard code == FunctionCode.sine || code == FunctionCode.cosine else { return }
    let limit = largestAngle
    var found: UInt32 = 0
    for i in 0..<count { found |= source[i].magnitude > limit ? 1 : 0 }
    if found == 0 { return }
    for i in 0..<count where source[i].magnitude > limit { body(i, source[i]) }
  }
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
  ThreadPool.runPieces(of: count, size: 1 << 15, jobs: execution.jobs) { piece in
    let i = piece.lowerBound
    row(a + i, b.map { $0 + i }, lower, upper, piece.count, out + i)
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
  ThreadPool.runPieces(of: count, size: 1 << 15, jobs: execution.jobs) { piece in
    let i = piece.lowerBound
    row(gradient + i, result + i, lower, upper, piece.count, out + i)
  }
}
