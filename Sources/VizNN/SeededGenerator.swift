/// Random numbers that a seed fixes on every machine, and whose state can be stored.
///
///     state += 0x9E3779B97F4A7C15, then two rounds of xor-shift and multiply
///
/// - Source: Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators",
///   doi:10.1145/2714064.2660195.
public struct SeededGenerator: RandomNumberGenerator, Equatable, Sendable {
  /// What the next numbers follow from.
  public private(set) var state: UInt64

  public init(state: UInt64) {
    self.state = state
  }

  /// A stream of its own for each use of a seed: a name's number, an epoch, a step.
  public init(seed: UInt64, _ uses: UInt64...) {
    state = uses.reduce(Self.scrambled(seed &+ Self.step)) {
      Self.scrambled($0 ^ Self.scrambled($1 &+ Self.step))
    }
  }

  public mutating func next() -> UInt64 {
    state &+= Self.step
    return Self.scrambled(state)
  }

  /// A number of 0 ≤ x < 1 with 24 bits.
  public mutating func unit() -> Float { Float(next() >> 40) * 0x1p-24 }

  private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

  private static func scrambled(_ state: UInt64) -> UInt64 {
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
