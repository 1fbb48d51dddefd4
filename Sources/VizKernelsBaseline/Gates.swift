// Numbers times a gate between 0 and 1. All are written as what they lack to ReLU:
//
//     f(x) = max(x, 0) − lack(|x|)
//
// so that no precision is lost on the left, where they end in 0. Where the gate is g(x) = 1 − g(−x) the lack is the
// same on both sides, and the slopes at x and −x add up to 1.

/// `lack` is finite; −0 stays −0, and −∞ becomes NaN, as its product with 0 is.
@inline(__always)
private func rectified(_ x: Float, lacking lack: Float) -> Float {
  (x < 0 ? x * 0 : x) - lack
}

/// The slope at x from that at −|x|.
@inline(__always)
private func mirrored(_ x: Float, _ left: Float) -> Float {
  x < 0 ? left : 1 - left
}

/// Gated by a sigmoid.
///
///     x / (1 + e⁻ˣ)
@inline(__always)
func silu(_ x: Float) -> Float {
  let a = atMost(110, x.magnitude)
  let parts = splitExponential(-a)
  return rectified(x, lacking: joined(parts, times: a) / (1 + joined(parts)))
}

@inline(__always)
func siluSlope(_ x: Float) -> Float {
  let a = atMost(110, x.magnitude)
  let z = joined(splitExponential(-a))
  let gate = 1 / (1 + z)
  return mirrored(x, z * gate * multiplyAdd(1, -a, gate))
}

/// Gated by the share of the normal distribution below.
///
///     x · (1 + erf(x / √2)) / 2
@inline(__always)
func gelu(_ x: Float) -> Float {
  let a = atMost(15, x.magnitude)
  return rectified(x, lacking: joined(splitGaussian(a, 0.5), times: a * tailRatio(a)))
}

@inline(__always)
func geluSlope(_ x: Float) -> Float {
  let a = atMost(15, x.magnitude)
  // Q(a) − a · φ(a), where φ(a) = e^(−a²/2) / √2π
  let factor = multiplyAdd(tailRatio(a), a, -0.39894228)
  return mirrored(x, joined(splitGaussian(a, 0.5), times: factor))
}

// The other form of GELU, x · (1 + tanh(√(2/π) · (x + 0.044715 · x³))) / 2, is x / (1 + e⁻ᵛ) with
// v = x · (linear + cubic · x²), linear = √(8/π).
private var linear: Float { 1.5957692 }
private var cubic: Float { 0.071354814 }

/// The parts of e⁻ᵛ, 0 ≤ a ≤ 11.
///
/// v loses its roundings, which would count v times, and the further digits of the two numbers: `rest`.
/// Without fused multiply-add some of it stays lost.
@inline(__always)
private func splitCubicExponential(_ a: Float) -> (n: Int32, fraction: Float) {
  // `linear` in twelve digits, so that the difference below is exact.
  let short: Float = 1.595703125
  let square = a * a
  let factor = multiplyAdd(short, square, cubic)
  let rest =
    multiplyAdd(short - factor, square, cubic) + multiplyAdd(-square, a, a) * cubic
    + multiplyAdd(6.59966057e-05, square, 2.3988324e-09)
  let v = a * factor
  return splitExponential(-v, plus: multiplyAdd(v, -a, factor) - a * rest)
}

@inline(__always)
func geluTanh(_ x: Float) -> Float {
  let a = atMost(11, x.magnitude)
  let parts = splitCubicExponential(a)
  return rectified(x, lacking: joined(parts, times: a) / (1 + joined(parts)))
}

@inline(__always)
func geluTanhSlope(_ x: Float) -> Float {
  let a = atMost(11, x.magnitude)
  let z = joined(splitCubicExponential(a))
  let gate = 1 / (1 + z)
  let steepness = a * multiplyAdd(linear, a * a, 3 * cubic)
  return mirrored(x, z * gate * multiplyAdd(1, -steepness, gate))
}

/// Gated by tanh(ln(1 + eˣ)).
///
/// With z = e^(−|x|):
///
///     tanh(ln(1 + eˣ)) = 1 − 2z² / (1 + 2z + 2z²)   for x ≥ 0
///                        (z² + 2z) / (z² + 2z + 2)  for x < 0
@inline(__always)
func mish(_ x: Float) -> Float {
  let a = atMost(110, x.magnitude)
  let parts = splitExponential(-a)
  let z = joined(parts)
  let isLeft = x < 0
  let (above, below) = mishQuotient(z, isLeft)
  return rectified(x, lacking: joined(parts, times: a) * above / below)
}

/// The quotient of polynomials, without a factor z above.
@inline(__always)
private func mishQuotient(_ z: Float, _ isLeft: Bool) -> (Float, Float) {
  let above = isLeft ? z + 2 : z + z
  return (above, isLeft ? multiplyAdd(2, z, above) : multiplyAdd(1, z + 1, z + z))
}

/// The gate and what its own slope adds.
///
///     gate + x · (1 − gate²) · σ(x)
///
/// With the `below` of the quotient above:
///
///     (1 − gate²) · σ(x) = 4z² · (1 + z) / below²   for x ≥ 0
///                          4z · (1 + z) / below²    for x < 0
@inline(__always)
func mishSlope(_ x: Float) -> Float {
  let a = atMost(110, x.magnitude)
  let z = joined(splitExponential(-a))
  let isLeft = x < 0
  let (above, below) = mishQuotient(z, isLeft)
  let inverse = 1 / below
  let bend = (isLeft ? z : z * z) * (1 + z) * 4 * inverse
  let lack = z * above
  return multiplyAdd(isLeft ? lack : below - lack, isLeft ? -a : a, bend) * inverse
}
