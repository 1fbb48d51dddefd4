// Exponentials of a row, which softmax and sigmoid spend their time with:
//
//     out[i] = exp(factor · (source[i] − centres[i · centreStep]))
//
// The argument is split into n · ln 2 + r with |r| ≤ ln 2 / 2. eʳ is a polynomial, and 2ⁿ is multiplied in two
// steps, so that what ends below the normal numbers is rounded once. Results are within 2 units of the last place;
// NaN stays NaN. Without fused multiply-add the last place may differ.

/// Exponentials of distances.
///
/// `centreStep` is 1, or 0 for one centre. `out` is other memory than `source`.
package func exponentialRow(
  source: UnsafePointer<Float>, centres: UnsafePointer<Float>, centreStep: Int, factor: Float,
  count: Int, out: UnsafeMutablePointer<Float>
) {
  placeArguments(source, centres, centreStep, factor, count, out)
  exponentiate(out, count)
}

/// The arguments, kept between bounds beyond which results are 0 and infinity.
///
/// A function by itself, as is the next one: in larger ones the compiler leaves calls for each vector.
@inline(never)
private func placeArguments(
  _ source: UnsafePointer<Float>, _ centres: UnsafePointer<Float>, _ centreStep: Int,
  _ factor: Float, _ count: Int, _ out: UnsafeMutablePointer<Float>
) {
  let (low, high): (Float, Float) = (-104, 89)
  for i in 0..<count {
    let x = factor * (source[i] - centres[i * centreStep])
    let raised = x < low ? low : x
    out[i] = raised > high ? high : raised
  }
}

/// In place: no vector may overlap another one.
@inline(never)
private func exponentiate(_ numbers: UnsafeMutablePointer<Float>, _ count: Int) {
  var i = 0
  while i + FloatLanes.lanes <= count {
    exponential(FloatLanes.load(numbers + i)).store(numbers + i)
    i += FloatLanes.lanes
  }
  while i < count {
    numbers[i] = exponential(FloatLanes(repeating: numbers[i])).vector[0]
    i += 1
  }
}

@inline(__always)
private func exponential(_ x: FloatLanes) -> FloatLanes {
  // At this number Float's last place is 1: adding it rounds.
  let rounding = FloatLanes(repeating: 0x1.8p23)
  let shifted = FloatLanes.multiplyAdd(rounding, x, FloatLanes(repeating: 1.44269504))
  let n = FloatLanes(shifted.vector - rounding.vector)
  // ln 2 in two parts: the first has few digits, and its multiples are exact.
  var r = FloatLanes.multiplyAdd(x, n, FloatLanes(repeating: -0x1.63p-1))
  r = FloatLanes.multiplyAdd(r, n, FloatLanes(repeating: 2.12194440e-4))
  return scaled(series(r), byPowerOfTwo: shifted, rounding)
}

/// Σ rᵏ / k! up to k = 7: the rest is less than 2⁻²⁷ of the sum.
@inline(__always)
private func series(_ r: FloatLanes) -> FloatLanes {
  var sum = FloatLanes(repeating: 1 / 5040)
  sum = FloatLanes.multiplyAdd(FloatLanes(repeating: 1 / 720), sum, r)
  sum = FloatLanes.multiplyAdd(FloatLanes(repeating: 1 / 120), sum, r)
  sum = FloatLanes.multiplyAdd(FloatLanes(repeating: 1 / 24), sum, r)
  sum = FloatLanes.multiplyAdd(FloatLanes(repeating: 1 / 6), sum, r)
  sum = FloatLanes.multiplyAdd(FloatLanes(repeating: 0.5), sum, r)
  sum = FloatLanes.multiplyAdd(FloatLanes(repeating: 1), sum, r)
  return FloatLanes.multiplyAdd(FloatLanes(repeating: 1), sum, r)
}

/// x · 2ⁿ, where the last places of `shifted` are those of `rounding` and n more.
@inline(__always)
private func scaled(
  _ x: FloatLanes, byPowerOfTwo shifted: FloatLanes, _ rounding: FloatLanes
) -> FloatLanes {
  let n = bits(shifted) &- bits(rounding)
  let half = n &>> SIMD16(repeating: 1)
  return FloatLanes(x.vector * power(half) * power(n &- half))
}

@inline(__always)
private func power(_ n: SIMD16<Int32>) -> SIMD16<Float> {
  unsafeBitCast((n &+ SIMD16(repeating: 127)) &<< SIMD16(repeating: 23), to: SIMD16<Float>.self)
}

@inline(__always)
private func bits(_ x: FloatLanes) -> SIMD16<Int32> {
  unsafeBitCast(x.vector, to: SIMD16<Int32>.self)
}
