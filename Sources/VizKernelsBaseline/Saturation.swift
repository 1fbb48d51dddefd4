// Functions that level off on one side or on both.

/// The hyperbolic tangent.
///
///     (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ) = −t / (2 + t),   t = e⁻²ˣ − 1
@inline(__always)
func hyperbolicTangent(_ x: Float) -> Float {
  let a = x.magnitude
  let t = exponentialMinusOne(-2 * a)
  let y = t / (2 + t)
  // Near 0 the next term of the series is below the last place; −0 stays −0.
  return a < 0x1p-12 ? x : x < 0 ? y : -y
}

/// The slope of the hyperbolic tangent.
///
///     1 − tanh² x = 4z / (1 + z)²,   z = e^(−2|x|)
@inline(__always)
func hyperbolicTangentSlope(_ x: Float) -> Float {
  let z = decay(x + x)
  let below = 1 + z
  return 4 * z / (below * below)
}

/// The logistic function.
///
///     1 / (1 + e⁻ˣ)
@inline(__always)
func sigmoid(_ x: Float) -> Float {
  let z = decay(x)
  return (x < 0 ? z : 1) / (1 + z)
}

@inline(__always)
func sigmoidSlope(_ x: Float) -> Float {
  let z = decay(x)
  let below = 1 + z
  return z / (below * below)
}

/// A smooth rectifier.
///
///     ln(1 + eᵛ) / beta,   v = beta · x;   x where v > threshold
@inline(__always)
func softplus(_ x: Float, _ beta: Float, _ threshold: Float) -> Float {
  let v = x * beta
  let y = (atLeast(0, v) + logarithm(onePlus: decay(v))) / beta
  return v > threshold ? x : y
}

@inline(__always)
func softplusSlope(_ x: Float, _ beta: Float, _ threshold: Float) -> Float {
  let v = x * beta
  return v > threshold ? 1 : sigmoid(v)
}

/// ELU and its like: right · x on the right of 0, left · (e^(x / width) − 1) on the left.
@inline(__always)
func exponentialUnit(_ x: Float, _ left: Float, _ right: Float, _ width: Float) -> Float {
  x < 0 ? left * exponentialMinusOne(x / width) : right * x
}

@inline(__always)
func exponentialUnitSlope(_ x: Float, _ left: Float, _ right: Float, _ width: Float) -> Float {
  x > 0 ? right : left / width * exponential(x / width)
}

@inline(__always)
func hardsigmoidSlope(_ x: Float, _ alpha: Float, _ beta: Float) -> Float {
  let y = alpha * x + beta
  return y > 0 && y < 1 ? alpha : 0
}

/// The slope of softsign.
///
///     1 / (1 + |x|)²
@inline(__always)
func softsignSlope(_ x: Float) -> Float {
  let below = 1 + x.magnitude
  return 1 / (below * below)
}
