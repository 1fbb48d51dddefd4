// Sine and cosine.

/// Larger angles need more digits of π than there are here.
package var largestAngle: Float { 0x1p20 }

/// x = n · π/2 + r with |r| ≤ π/4 and a little; the last binary digits of the quadrant are those of n.
///
/// In Float64: the largest multiple of π/2 has 20 binary digits, the first part of π/2 has 30, and what is left
/// of an angle close to a multiple keeps its relative precision.
@inline(__always)
private func splitAngle(_ x: Float) -> (quadrant: UInt32, r: Float) {
  // At this number Float's last place is 1: adding it rounds.
  let rounding: Float = 0x1.8p23
  let shifted = multiplyAdd(rounding, x, 0.636619772)
  let n = Double(shifted - rounding)
  let r = Double(x) - n * 0x1.921FB54p+0 - n * 0x1.10B4611A62633p-30
  return (shifted.bitPattern, Float(r))
}

/// sin(x + turns · π/2) for |x| ≤ `largestAngle`.
@inline(__always)
func sine(_ x: Float, turned turns: UInt32 = 0) -> Float {
  let (quadrant, r) = splitAngle(x)
  let square = r * r
  // (sin r − r) / r³ and (cos r − 1 + r²/2) / r⁴ for |r| ≤ π/4; the errors are 2⁻³² of the sine and the cosine.
  var s: Float = 2.8328102e-06
  s = multiplyAdd(-0.000198530775, s, square)
  s = multiplyAdd(0.0083333794, s, square)
  s = multiplyAdd(-0.166666672, s, square)
  // −0 stays −0.
  let ofSine = square < 0x1p-30 ? r : multiplyAdd(r, r * square, s)
  var c: Float = 2.44325602e-05
  c = multiplyAdd(-0.00138873106, c, square)
  c = multiplyAdd(0.0416666456, c, square)
  c = multiplyAdd(-0.5, c, square)
  let ofCosine = multiplyAdd(1, c, square)
  // Every second quadrant is the cosine's, and two of four are negative.
  let turned = quadrant &+ turns
  let y = turned & 1 == 0 ? ofSine : ofCosine
  return turned & 2 == 0 ? y : -y
}
