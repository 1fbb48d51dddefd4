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

  /// The uses of a seed: each has random numbers of its own.
  public enum Use: UInt64, Sendable, CaseIterable {
    /// What parameters begin as.
    case parameters = 1
    /// Which pictures are held back.
    case split
    /// In which order pictures are learned from.
    case order
    /// How pictures are changed.
    case augmentation
    /// What layers draw in training.
    case layers
  }

  public init(seed: UInt64) {
    state = Self.scrambled(seed &+ Self.step)
  }

  /// The numbers of one use of a seed at a place: an epoch, a step, a picture.
  ///
  ///     state′ = mix(mix(state + step) ^ mix(place + step))
  ///
  /// The state is mixed once more than the place: seed and use, or two places, cannot stand for each other.
  public init(seed: UInt64, _ use: Use, _ places: UInt64...) {
    self.init(seed: seed)
    for place in [use.rawValue] + places {
      let own = Self.scrambled(place &+ Self.step)
      state = Self.scrambled(Self.scrambled(state &+ Self.step) ^ own)
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
