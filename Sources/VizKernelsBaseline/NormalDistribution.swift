// The normal distribution, which GELU weighs numbers by, and the error function.

/// The parts of e^(−factor · a²), 0 ≤ a ≤ 15, for a factor that is a power of two: the square in two parts, as its
/// rounding would count 100 times.
@inline(__always)
func splitGaussian(_ a: Float, _ factor: Float) -> (n: Int32, fraction: Float) {
  // Half of the digits: the square is exact.
  let upper = Float(bitPattern: a.bitPattern & 0xFFFF_F000)
  return splitExponential(
    upper * upper * -factor, plus: (a - upper) * (a + upper) * -factor)
}

/// e^(a²/2) · Q(a), where Q(a) = (1 − erf(a / √2)) / 2 is the share of the normal distribution above a, 0 ≤ a ≤ 15.
///
/// A quotient of polynomials without a negative term; the error is 2⁻²⁶.
@inline(__always)
func tailRatio(_ a: Float) -> Float {
  var above: Float = 0.00412198948
  above = multiplyAdd(0.0406871624, above, a)
  above = multiplyAdd(0.18341814, above, a)
  above = multiplyAdd(0.438577741, above, a)
  above = multiplyAdd(0.5, above, a)
  var below: Float = 0.0103321802
  below = multiplyAdd(0.101993851, below, a)
  below = multiplyAdd(0.469946653, below, a)
  below = multiplyAdd(1.20332098, below, a)
  below = multiplyAdd(1.67504036, below, a)
  below = multiplyAdd(1, below, a)
  return above / below
}

/// The error function: a series for |x| < 1, and 1 − 2 · Q(√2 · |x|) beyond.
@inline(__always)
func errorFunction(_ x: Float) -> Float {
  let a = x.magnitude
  let square = a * a
  // erf(x) / x − 1 for |x| ≤ 1; the error is 2⁻²⁹ of erf(x) / x.
  var q: Float = 7.80991904e-05
  q = multiplyAdd(-0.000799846312, q, square)
  q = multiplyAdd(0.00518720085, q, square)
  q = multiplyAdd(-0.0268533546, q, square)
  q = multiplyAdd(0.112835787, q, square)
  q = multiplyAdd(-0.37612626, q, square)
  q = multiplyAdd(0.128379166, q, square)
  let near = multiplyAdd(x, x, q)
  let b = atMost(15, a * 1.41421356)
  let far = multiplyAdd(1, -2, joined(splitGaussian(b, 0.5), times: tailRatio(b)))
  return a < 1 ? near : x < 0 ? -far : far
}

/// The slope of the error function.
///
///     2 / √π · e^(−x²)
@inline(__always)
func errorFunctionSlope(_ x: Float) -> Float {
  joined(splitGaussian(atMost(11, x.magnitude), 1), times: 1.12837917)
}
