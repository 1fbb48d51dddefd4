// Rows of numbers that layers between convolutions spend their time with: sums, distances from a mean, and
// mixtures. Sums are made in four vectors that are added at the end; callers keep rows short enough for that
// to be exact to a few units in the last place.

/// Sums of two rows, or with one alone the row itself, kept between bounds; NaN stays NaN.
///
///     out[i] = clamp(a[i] + b[i])
package func limitedSumRow(
  a: UnsafePointer<Float>, b: UnsafePointer<Float>?, lower: Float, upper: Float, count: Int,
  out: UnsafeMutablePointer<Float>
) {
  let (low, high) = (FloatLanes(repeating: lower), FloatLanes(repeating: upper))
  guard let b else {
    forVectors(of: FloatLanes.lanes, from: 0, count: count) { i in
      FloatLanes.clamp(FloatLanes.load(a + i), low, high).store(out + i)
    } column: { i in
      out[i] = clamp(a[i], lower, upper)
    }
    return
  }
  forVectors(of: FloatLanes.lanes, from: 0, count: count) { i in
    let sum = FloatLanes(FloatLanes.load(a + i).vector + FloatLanes.load(b + i).vector)
    FloatLanes.clamp(sum, low, high).store(out + i)
  } column: { i in
    out[i] = clamp(a[i] + b[i], lower, upper)
  }
}

/// Distances from a centre, scaled, shifted and kept between bounds.
///
///     out[i] = clamp((source[i] − centre) · scale + shift)
package func scaleRow(
  source: UnsafePointer<Float>, centre: Float, scale: Float, shift: Float, lower: Float,
  upper: Float, count: Int, out: UnsafeMutablePointer<Float>
) {
  let (factor, summand) = (FloatLanes(repeating: scale), FloatLanes(repeating: shift))
  let middle = FloatLanes(repeating: centre)
  forVectors(of: FloatLanes.lanes, from: 0, count: count) { i in
    let distance = FloatLanes(FloatLanes.load(source + i).vector - middle.vector)
    FloatLanes.multiplyAdd(summand, distance, factor).store(out + i)
  } column: { i in
    out[i] = FloatLanes.multiplyAdd(shift, source[i] - centre, scale)
  }
  guard lower > -.infinity || upper < .infinity else { return }
  limitedSumRow(a: out, b: nil, lower: lower, upper: upper, count: count, out: out)
}

/// Two rows mixed, the second by its distance from a centre.
///
///     out[i] = a · gradient[i] + b · (source[i] − centre) + shift
package func mixRow(
  gradient: UnsafePointer<Float>, source: UnsafePointer<Float>, centre: Float, a: Float, b: Float,
  shift: Float, count: Int, out: UnsafeMutablePointer<Float>
) {
  let summand = FloatLanes(repeating: shift)
  let (first, second) = (FloatLanes(repeating: a), FloatLanes(repeating: b))
  forVectors(of: FloatLanes.lanes, from: 0, count: count) { i in
    let distance = FloatLanes(FloatLanes.load(source + i).vector - centre)
    let mixed = FloatLanes.multiplyAdd(summand, distance, second)
    FloatLanes.multiplyAdd(mixed, FloatLanes.load(gradient + i), first).store(out + i)
  } column: { i in
    let mixed = FloatLanes.multiplyAdd(shift, source[i] - centre, b)
    out[i] = FloatLanes.multiplyAdd(mixed, gradient[i], a)
  }
}

/// The sum of a row: Σ source[i].
package func sumRow(source: UnsafePointer<Float>, count: Int) -> Float {
  addUp(count) { i, sum in
    sum + FloatLanes.load(source + i).vector
  } column: {
    source[$0]
  }
}

/// The sum of squared distances from a centre: Σ (source[i] − centre)².
package func squaresRow(source: UnsafePointer<Float>, centre: Float, count: Int) -> Float {
  let middle = FloatLanes(repeating: centre)
  return addUp(count) { i, sum in
    let distance = FloatLanes(FloatLanes.load(source + i).vector - middle.vector)
    return FloatLanes.multiplyAdd(FloatLanes(sum), distance, distance).vector
  } column: { i in
    (source[i] - centre) * (source[i] - centre)
  }
}

/// The sum of products with distances from a centre: Σ gradient[i] · (source[i] − centre).
package func productsRow(
  gradient: UnsafePointer<Float>, source: UnsafePointer<Float>, centre: Float, count: Int
) -> Float {
  addUp(count) { i, sum in
    let distance = FloatLanes(FloatLanes.load(source + i).vector - centre)
    return FloatLanes.multiplyAdd(FloatLanes(sum), distance, FloatLanes.load(gradient + i)).vector
  } column: { i in
    gradient[i] * (source[i] - centre)
  }
}

@inline(__always)
private func addUp(
  _ count: Int, vector: (Int, SIMD16<Float>) -> SIMD16<Float>, column: (Int) -> Float
) -> Float {
  var (first, second) = (SIMD16<Float>(), SIMD16<Float>())
  var (third, fourth) = (SIMD16<Float>(), SIMD16<Float>())
  var i = 0
  while i + 64 <= count {
    first = vector(i, first)
    second = vector(i + 16, second)
    third = vector(i + 32, third)
    fourth = vector(i + 48, fourth)
    i += 64
  }
  while i + 16 <= count {
    first = vector(i, first)
    i += 16
  }
  var sum = FloatLanes((first + second) + (third + fourth)).total
  while i < count {
    sum += column(i)
    i += 1
  }
  return sum
}

/// NaN goes through.
@inline(__always)
func clamp(_ value: Float, _ lower: Float, _ upper: Float) -> Float {
  let raised = value < lower ? lower : value
  return raised > upper ? upper : raised
}
