/// Random numbers that are the same in every run: seeded, small and good enough for test data.
///
///     z = (state += 0x9E3779B97F4A7C15), then two rounds of xor-shift and multiply
///
/// - Source: Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators",
///   doi:10.1145/2714064.2660195.
package struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) {
    state = seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
