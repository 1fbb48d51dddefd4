package import VizImage

/// What the taps of a random kernel are; together they reach every accumulator.
package enum RandomTaps: String, Sendable, CaseIterable {
  /// Whole numbers of one digit: Int16 and Int32 sums.
  case small
  /// Whole numbers up to 2³⁰: Int64 sums.
  case large
  /// Whole numbers over a power of two.
  case dyadic
  /// Whole multiples of one number that is no dyadic fraction.
  case multiples
  /// Anything between −1 and 1: Float32 sums where samples are small, else Float64.
  case fractions
  /// Fractions of 2⁴⁰ and more, which only Float64 can sum.
  case huge
  /// Small whole numbers of which most are zero.
  case sparse
}

extension Kernel {
  /// A seeded kernel; negative taps only where `signed`.
  package static func random(
    width: Int, height: Int, taps: RandomTaps, signed: Bool = true, anchorX: Int? = nil,
    anchorY: Int? = nil, scale: Double = 1, offset: Double = 0, using random: inout SplitMix64
  ) -> Kernel {
    let unit = Double.random(in: 0.01...1, using: &random)
    let values = (0..<width * height).map { _ -> Double in
      let whole = Double(Int.random(in: (signed ? -9 : 0)...9, using: &random))
      let fraction = Double.random(in: (signed ? -1 : 0)...1, using: &random)
      return switch taps {
      case .small: whole
      case .large: (fraction * 0x1p30).rounded()
      case .dyadic: whole / 16
      case .multiples: whole * unit
      case .fractions: fraction
      case .huge: fraction * 0x1p45 / 3
      case .sparse: Int.random(in: 0..<5, using: &random) == 0 ? whole : 0
      }
    }
    return Kernel(
      width: width, height: height, taps: values, anchorX: anchorX, anchorY: anchorY, scale: scale,
      offset: offset)
  }
}
