// Functions of one number along a row, and their slopes.
//
// Measured over every 31st pattern of bits against Float64, results are off by at most, in units of the last place:
// exponential and ELU 1, sine, cosine and error function 1.5, logarithm 2, sigmoid, SiLU and tanh 2.5, softplus and
// GELU by tanh 3, mish 4, GELU 6.2; without fused multiply-add GELU by tanh 135, far on the left.

/// The functions that `functionRow` and `slopeRow` know; some have up to three numbers of their own.
package enum FunctionCode {
  package static var exponential: Int { 0 }
  package static var logarithm: Int { 1 }
  package static var errorFunction: Int { 2 }
  /// Of angles up to `largestAngle`, as is the next one.
  package static var sine: Int { 3 }
  package static var cosine: Int { 4 }
  package static var hyperbolicTangent: Int { 5 }
  package static var sigmoid: Int { 6 }
  /// Of beta and threshold.
  package static var softplus: Int { 7 }
  /// Of left, right and width.
  package static var exponentialUnit: Int { 8 }
  package static var silu: Int { 9 }
  package static var gelu: Int { 10 }
  package static var geluTanh: Int { 11 }
  package static var mish: Int { 12 }
  /// Of a slope.
  package static var leaky: Int { 13 }
  package static var hardswish: Int { 14 }
  /// Of alpha and beta.
  package static var hardsigmoid: Int { 15 }
  package static var softsign: Int { 16 }
  package static var absolute: Int { 17 }
  package static var negative: Int { 18 }
  package static var squareRoot: Int { 19 }
  package static var reciprocal: Int { 20 }
  package static var floor: Int { 21 }
  package static var ceiling: Int { 22 }
  package static var round: Int { 23 }
  package static var sign: Int { 24 }
  /// Of a lower and an upper bound.
  package static var clamp: Int { 25 }
}

/// A function of every number.
///
///     out[i] = f(source[i])
///
/// `out` is other memory than `source`.
package func functionRow(
  code: Int, _ a: Float, _ b: Float, _ c: Float, source: UnsafePointer<Float>, count: Int,
  out: UnsafeMutablePointer<Float>
) {
  @inline(__always) func map(_ f: (Float) -> Float) {
    for i in 0..<count { out[i] = f(source[i]) }
  }
  switch code {
  case FunctionCode.exponential: map { exponential($0) }
  case FunctionCode.logarithm: map { logarithm($0) }
  case FunctionCode.errorFunction: map { errorFunction($0) }
  case FunctionCode.sine: map { sine($0) }
  case FunctionCode.cosine: map { sine($0, turned: 1) }
  case FunctionCode.hyperbolicTangent: map { hyperbolicTangent($0) }
  case FunctionCode.sigmoid: map { sigmoid($0) }
  case FunctionCode.softplus: map { softplus($0, a, b) }
  case FunctionCode.exponentialUnit: map { exponentialUnit($0, a, b, c) }
  case FunctionCode.silu: map { silu($0) }
  case FunctionCode.gelu: map { gelu($0) }
  case FunctionCode.geluTanh: map { geluTanh($0) }
  case FunctionCode.mish: map { mish($0) }
  case FunctionCode.leaky: map { $0 < 0 ? $0 * a : $0 }
  case FunctionCode.hardswish: map { $0 * atMost(6, atLeast(0, $0 + 3)) / 6 }
  case FunctionCode.hardsigmoid: map { atMost(1, atLeast(0, a * $0 + b)) }
  case FunctionCode.softsign: map { $0 / (1 + $0.magnitude) }
  case FunctionCode.absolute: map { $0.magnitude }
  case FunctionCode.negative: map { -$0 }
  case FunctionCode.squareRoot: map { $0.squareRoot() }
  case FunctionCode.reciprocal: map { 1 / $0 }
  case FunctionCode.floor: map { $0.rounded(.down) }
  case FunctionCode.ceiling: map { $0.rounded(.up) }
  case FunctionCode.round: map { $0.rounded(.toNearestOrEven) }
  case FunctionCode.sign: map { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }
  case FunctionCode.clamp: map { atMost(b, atLeast(a, $0)) }
  default: map { _ in .nan }  // no such function
  }
}

/// A gradient by what went into the function.
///
///     out[i] = gradient[i] · f′(source[i])
///
/// `out` is other memory than `gradient` and `source`.
package func slopeRow(
  code: Int, _ a: Float, _ b: Float, _ c: Float, gradient: UnsafePointer<Float>,
  source: UnsafePointer<Float>, count: Int, out: UnsafeMutablePointer<Float>
) {
  @inline(__always) func map(_ slope: (Float) -> Float) {
    for i in 0..<count { out[i] = gradient[i] * slope(source[i]) }
  }
  switch code {
  case FunctionCode.exponential: map { exponential($0) }
  case FunctionCode.logarithm: map { 1 / $0 }
  case FunctionCode.errorFunction: map { errorFunctionSlope($0) }
  case FunctionCode.sine: map { sine($0, turned: 1) }
  case FunctionCode.cosine: map { sine($0, turned: 2) }
  case FunctionCode.hyperbolicTangent: map { hyperbolicTangentSlope($0) }
  case FunctionCode.sigmoid: map { sigmoidSlope($0) }
  case FunctionCode.softplus: map { softplusSlope($0, a, b) }
  case FunctionCode.exponentialUnit: map { exponentialUnitSlope($0, a, b, c) }
  case FunctionCode.silu: map { siluSlope($0) }
  case FunctionCode.gelu: map { geluSlope($0) }
  case FunctionCode.geluTanh: map { geluTanhSlope($0) }
  case FunctionCode.mish: map { mishSlope($0) }
  case FunctionCode.leaky: map { $0 > 0 ? 1 : a }
  case FunctionCode.hardswish: map { $0 <= -3 ? 0 : $0 < 3 ? $0 / 3 + 0.5 : 1 }
  case FunctionCode.hardsigmoid: map { hardsigmoidSlope($0, a, b) }
  case FunctionCode.softsign: map { softsignSlope($0) }
  case FunctionCode.absolute: map { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }
  case FunctionCode.negative: map { _ in -1 }
  case FunctionCode.squareRoot: map { 0.5 / $0.squareRoot() }
  case FunctionCode.reciprocal: map { -1 / ($0 * $0) }
  case FunctionCode.clamp:
    for i in 0..<count { out[i] = source[i] <= a || source[i] >= b ? 0 : gradient[i] }
  default: for i in 0..<count { out[i] = 0 }  // functions that are flat between their steps
  }
}
