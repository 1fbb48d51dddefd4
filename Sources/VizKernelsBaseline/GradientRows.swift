// Rows of numbers on the way back: what a network spends its time with beside products of matrices.

/// The gradient of numbers brought between bounds, from what came out.
///
///     out[i] = result[i] ≤ lower or result[i] ≥ upper ? 0 : gradient[i]
package func limitGradientRow(
  gradient: UnsafePointer<Float>, result: UnsafePointer<Float>, lower: Float, upper: Float,
  count: Int, out: UnsafeMutablePointer<Float>
) {
  let (low, high) = (FloatLanes(repeating: lower), FloatLanes(repeating: upper))
  forVectors(of: FloatLanes.lanes, from: 0, count: count) { i in
    let value = FloatLanes.load(result + i).vector
    let isOutside = (value .<= low.vector) .| (value .>= high.vector)
    FloatLanes(
      FloatLanes.load(gradient + i).vector.replacing(with: FloatLanes.zero.vector, where: isOutside)
    ).store(out + i)
  } column: { i in
    out[i] = result[i] <= lower || result[i] >= upper ? 0 : gradient[i]
  }
}

/// The gradient of the largest number of four, for windows of 2×2 side by side: of equal ones the first
/// has it, of NaN the last.
///
/// `gradient` has a number for each of `count` windows, the four rows two. Rows of feature maps are short:
/// four windows at a time leave few of them to go one by one.
package func pairPoolGradientRows(
  top: UnsafePointer<Float>, bottom: UnsafePointer<Float>, gradient: UnsafePointer<Float>,
  count: Int, outTop: UnsafeMutablePointer<Float>, outBottom: UnsafeMutablePointer<Float>
) {
  forVectors(of: QuarterFloatLanes.lanes, from: 0, count: count) { i in
    let upper = UnsafeRawPointer(top + 2 * i).loadUnaligned(as: SIMD8<Float>.self)
    let lower = UnsafeRawPointer(bottom + 2 * i).loadUnaligned(as: SIMD8<Float>.self)
    let (a, b, c, d) = (upper.evenHalf, upper.oddHalf, lower.evenHalf, lower.oddHalf)
    let isB = (b .> a) .| (b .!= b)
    let ab = a.replacing(with: b, where: isB)
    let isC = (c .> ab) .| (c .!= c)
    let abc = ab.replacing(with: c, where: isC)
    let isD = (d .> abc) .| (d .!= d)
    let zero = SIMD4<Float>()
    let g = QuarterFloatLanes.load(gradient + i).vector
    let ofBottom = isC .| isD
    let gD = zero.replacing(with: g, where: isD)
    let gC = g.replacing(with: zero, where: isD).replacing(with: zero, where: .!isC)
    let rest = g.replacing(with: zero, where: ofBottom)
    let gB = zero.replacing(with: rest, where: isB)
    let gA = rest.replacing(with: zero, where: isB)
    storePairs(gA, gB, to: outTop + 2 * i)
    storePairs(gC, gD, to: outBottom + 2 * i)
  } column: { i in
    let (a, b, c, d) = (top[2 * i], top[2 * i + 1], bottom[2 * i], bottom[2 * i + 1])
    var (best, place) = (a, 0)
    if b > best || b != b { (best, place) = (b, 1) }
    if c > best || c != c { (best, place) = (c, 2) }
    if d > best || d != d { (best, place) = (d, 3) }
    outTop[2 * i] = place == 0 ? gradient[i] : 0
    outTop[2 * i + 1] = place == 1 ? gradient[i] : 0
    outBottom[2 * i] = place == 2 ? gradient[i] : 0
    outBottom[2 * i + 1] = place == 3 ? gradient[i] : 0
  }
}

@inline(__always)
private func storePairs(
  _ first: SIMD4<Float>, _ second: SIMD4<Float>, to out: UnsafeMutablePointer<Float>
) {
  var pairs = SIMD8<Float>()
  pairs.evenHalf = first
  pairs.oddHalf = second
  UnsafeMutableRawPointer(out).storeBytes(of: pairs, as: SIMD8<Float>.self)
}

/// A step of Adam.
///
///     slope = factor · gradient + decay · value
///     mean  = mean + share₁ · (slope − mean)        square = keep₂ · square + share₂ · slope²
///     value = shrink · value − size · mean / (√square / root + epsilon)
///
/// `constants` are factor, decay, share₁, keep₂, share₂, shrink, size, root and epsilon. New numbers may be written over the
/// old ones: each is read once.
package func adamRow(
  values: UnsafePointer<Float>, gradient: UnsafePointer<Float>, mean: UnsafePointer<Float>,
  square: UnsafePointer<Float>, constants: UnsafePointer<Float>, count: Int,
  out: UnsafeMutablePointer<Float>, newMean: UnsafeMutablePointer<Float>,
  newSquare: UnsafeMutablePointer<Float>
) {
  let (factor, decay, share1) = (constants[0], constants[1], constants[2])
  let (keep2, share2, shrink) = (constants[3], constants[4], constants[5])
  let (size, root, epsilon) = (constants[6], constants[7], constants[8])
  var i = 0
  while i + FloatLanes.lanes <= count {
    let value = FloatLanes.load(values + i).vector
    let slope = FloatLanes.load(gradient + i).vector * factor + value * decay
    let old = FloatLanes.load(mean + i).vector
    let average = old + (slope - old) * share1
    let energy = FloatLanes.load(square + i).vector * keep2 + slope * share2 * slope
    var deviation = SIMD16<Float>()
    for lane in 0..<16 { deviation[lane] = energy[lane].squareRoot() }
    FloatLanes(average).store(newMean + i)
    FloatLanes(energy).store(newSquare + i)
    FloatLanes(value * shrink - average * size / (deviation / root + epsilon)).store(out + i)
    i += FloatLanes.lanes
  }
  while i < count {
    let slope = gradient[i] * factor + values[i] * decay
    let average = mean[i] + (slope - mean[i]) * share1
    let energy = square[i] * keep2 + slope * share2 * slope
    newMean[i] = average
    newSquare[i] = energy
    out[i] = values[i] * shrink - average * size / (energy.squareRoot() / root + epsilon)
    i += 1
  }
}
