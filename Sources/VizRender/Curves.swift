#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// `cos`, exactly 0 and ±1 at the quarter turns, so that a bowl touches its stem.
func cosine(_ angle: Double) -> Double { settled(cos(angle)) }

/// `sin`, exactly 0 and ±1 at the quarter turns.
func sine(_ angle: Double) -> Double { settled(sin(angle)) }

/// The sine or cosine of a superellipse: `sgn(x) · abs(x)^(2 / 2.25)`.
func fuller(_ x: Double) -> Double { x < 0 ? -pow(-x, 2 / 2.25) : pow(x, 2 / 2.25) }

/// The exponent of the highest decimal digit: 2 for 123, −3 for 0.0012.
func decimalExponent(_ x: Double) -> Int { Int(floor(log10(x))) }

/// The n-th power of ten.
func powerOfTen(_ n: Int) -> Double { pow(10, Double(n)) }

/// A power of ten between whole ones: its logarithm is `x`.
func powerOfTen(_ x: Double) -> Double { pow(10, x) }

/// The inverse of `powerOfTen`.
func logarithm(_ x: Double) -> Double { log10(x) }

private func settled(_ x: Double) -> Double {
  let nearest = x.rounded()
  return abs(x - nearest) < 1e-12 ? nearest : x
}
