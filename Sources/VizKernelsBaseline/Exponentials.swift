// Exponentials and logarithms, from which activations are built.
//
// As all functions of `FunctionRow` they are written for one number, without a branch, a call or an array: so the
// compiler makes whole vectors of a loop over them, and what comes out depends on the number alone, not on its place.
//
// Coefficients here and in the files beside are those of the smallest greatest relative error over the interval
// named with them, found by weighted least squares with weights that grow where the error is large (Lawson 1961),
// and rounded to Float32 one after the other, each time with the others fitted anew; those of `tailRatio` were rounded
// by a search among their neighbours.

/// sum + a · b, rounded once where the processor can.
@inline(__always)
func multiplyAdd(_ sum: Float, _ a: Float, _ b: Float) -> Float {
  FloatLanes.multiplyAdd(sum, a, b)
}

/// NaN stays NaN.
@inline(__always)
func atMost(_ bound: Float, _ x: Float) -> Float { x > bound ? bound : x }

/// NaN stays NaN.
@inline(__always)
func atLeast(_ bound: Float, _ x: Float) -> Float { x < bound ? bound : x }

/// An exponential in two parts, for |x| ≤ 120; `rest` is what a rounded x has lost.
///
///     e^(x + rest) = 2ⁿ · (1 + fraction)
///
/// x = n · ln 2 + r with |r| ≤ ln 2 / 2, and fraction = eʳ − 1 keeps its relative precision near 0.
@inline(__always)
func splitExponential(
  _ x: Float, plus rest: Float = 0
) -> (n: Int32, fraction: Float) {
  // At this number Float's last place is 1: adding it rounds.
  let rounding: Float = 0x1.8p23
  let shifted = multiplyAdd(rounding, x, 1.44269504)
  let n = shifted - rounding
  // ln 2 in two parts: the first has few digits, and its multiples are exact.
  let coarse = multiplyAdd(x, n, -0x1.63p-1)
  let r = multiplyAdd(coarse, n, 2.12194440e-4) + rest
  // (eʳ − 1 − r) / r² for |r| ≤ 0.3475; the error is 2⁻³¹ of eʳ − 1.
  var q: Float = 0.000197644127
  q = multiplyAdd(0.00139323808, q, r)
  q = multiplyAdd(0.00833354332, q, r)
  q = multiplyAdd(0.0416664928, q, r)
  q = multiplyAdd(0.166666657, q, r)
  q = multiplyAdd(0.5, q, r)
  return (bits(shifted) &- bits(rounding), multiplyAdd(r, r * r, q))
}

/// factor · 2ⁿ · (1 + fraction); in two steps, so that what ends below the normal numbers is rounded once there.
@inline(__always)
func joined(
  _ parts: (n: Int32, fraction: Float), times factor: Float = 1
) -> Float {
  let half = parts.n &>> 1
  return multiplyAdd(factor, factor, parts.fraction) * power(half) * power(parts.n &- half)
}

/// eˣ, at most 1 unit of the last place away.
@inline(__always)
func exponential(_ x: Float) -> Float {
  // Beyond these bounds results are 0 and infinity.
  joined(splitExponential(atMost(89, atLeast(-104, x))))
}

/// An exponential that is never above 1.
///
///     e^(−|x|)
@inline(__always)
func decay(_ x: Float) -> Float { joined(splitExponential(-atMost(104, x.magnitude))) }

/// eˣ − 1, precise near 0.
@inline(__always)
func exponentialMinusOne(_ x: Float) -> Float {
  // From the lower bound down it is −1.
  let (n, fraction) = splitExponential(atMost(89, atLeast(-30, x)))
  // 2¹²⁸ is infinite, which what a negative fraction leaves of it is not.
  let isLarge = n > 127
  let scale = power(isLarge ? 127 : n)
  let y = multiplyAdd(scale - 1, scale, fraction)
  return isLarge ? y + y : y
}

/// 2ⁿ, a normal number.
@inline(__always)
private func power(_ n: Int32) -> Float {
  Float(bitPattern: UInt32(bitPattern: (n &+ 127) &<< 23))
}

/// ln(1 + f) for √½ − 1 ≤ f ≤ 1.
///
///     ln(1 + f) = 2 · artanh(w / 2) = w + w³ / 12 + …,   w = f / (1 + f / 2)
@inline(__always)
func logarithm(onePlus f: Float) -> Float {
  let w = f / multiplyAdd(1, f, 0.5)
  let square = w * w
  // (2 · artanh(w / 2) − w) / w³ for |w| ≤ ⅔; the error is 2⁻³³ of the logarithm.
  var q: Float = 0.000118383578
  q = multiplyAdd(0.000418827083, q, square)
  q = multiplyAdd(0.00223556324, q, square)
  q = multiplyAdd(0.0124996714, q, square)
  q = multiplyAdd(0.0833333433, q, square)
  return multiplyAdd(w, w * square, q)
}

/// ln x = e · ln 2 + ln m,  √½ ≤ m < √2.
@inline(__always)
func logarithm(_ x: Float) -> Float {
  // Below the normal numbers digits are missing: 2²³ times as much has them.
  let isSmall = x < 0x1p-126
  let scaled = bits(isSmall ? x * 0x1p23 : x)
  let e = (scaled &- bits(0.70710677)) &>> 23
  let m = Float(bitPattern: UInt32(bitPattern: scaled &- (e &<< 23)))
  let n = Float(e) - (isSmall ? 23 : 0)
  // ln 2 in two parts, as above.
  let fine = multiplyAdd(logarithm(onePlus: m - 1), n, -2.12194440e-4)
  let y = multiplyAdd(fine, n, 0x1.63p-1)
  return x > 0 ? (x < .infinity ? y : x) : x == 0 ? -.infinity : .nan
}

@inline(__always)
private func bits(_ x: Float) -> Int32 { Int32(bitPattern: x.bitPattern) }
