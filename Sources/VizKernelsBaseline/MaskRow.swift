/// A place's number mixed with two of a key.
///
/// Every step is one-to-one; multipliers and shifts are those of `triple32` (C. Wellons, hash-prospector, 2018). The second number
/// comes in between: with another key the same draws do not turn up at other places.
@inline(__always)
private func mixed(_ place: UInt32, _ key: UInt32, _ second: UInt32) -> UInt32 {
  var z = place &+ key
  z = (z ^ (z >> 17)) &* 0xED5A_D4BB
  z = (z ^ (z >> 11) ^ second) &* 0xAC4C_1B51
  z = (z ^ (z >> 15)) &* 0x3184_8BAB
  return z ^ (z >> 14)
}

/// Draws for the places from `first` on: 0 with the probability limit / 2²⁴, else `factor`.
package func maskRow(
  first: UInt32, key: UInt32, second: UInt32, limit: UInt32, factor: Float, count: Int,
  out: UnsafeMutablePointer<Float>
) {
  for i in 0..<count {
    let draw = mixed(first &+ UInt32(truncatingIfNeeded: i), key, second) >> 8
    out[i] = draw < limit ? 0 : factor
  }
}
