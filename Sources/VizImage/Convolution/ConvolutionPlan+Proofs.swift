internal import VizKernels

extension AccumulatorType {
  var name: String {
    switch self {
    case .int16: "int16"
    case .int32: "int32"
    case .int64: "int64"
    case .float: "float32"
    case .double: "float64"
    }
  }
}

// The proofs.
extension ConvolutionPlan {
  /// What turns every tap into a whole number, exactly or up to the rounding of one division.
  static func integerFactor(of taps: [Double]) -> Double? {
    func fits(_ value: Double) -> Bool { abs(value) <= 0x1p40 }
    for shift in 0...30 {
      let factor = Double(sign: .plus, exponent: shift, significand: 1)
      if taps.allSatisfy({ $0 * factor == ($0 * factor).rounded() && fits($0 * factor) }) {
        return factor
      }
    }
    guard let unit = taps.map(abs).min() else { return 1 }
    guard unit >= 0x1p-512 else { return nil }  // whose reciprocal might be infinite
    let multiples = taps.map { $0 / unit }
    let isMultiple = multiples.allSatisfy {
      abs($0) <= 0x1p15 && abs($0 - $0.rounded()) <= abs($0) * 0x1p-50
    }
    return isMultiple ? 1 / unit : nil
  }

  /// The smallest and the largest sum of any kernel of the bank.
  static func sumRange(
    of bank: KernelBank, samples: ClosedRange<Double>, factor: Double
  ) -> ClosedRange<Double> {
    let ranges = bank.kernels.map { $0.sumRange(for: samples) }
    let low = ranges.map { ($0.lowerBound * factor).rounded() }.min() ?? 0
    let high = ranges.map { ($0.upperBound * factor).rounded() }.max() ?? 0
    return low...high
  }

  /// The narrowest integer that holds every sum and every sample.
  static func integerAccumulator(
    for range: ClosedRange<Double>, source: SampleType
  ) -> AccumulatorType? {
    let low = min(range.lowerBound, source.range.lowerBound)
    let high = max(range.upperBound, source.range.upperBound)
    if low >= -0x1p15, high < 0x1p15 { return .int16 }
    if low >= -0x1p31, high < 0x1p31 { return .int32 }
    if low >= -0x1p62, high < 0x1p62 { return .int64 }
    return nil
  }

  /// A bound of what float32 taps and sums lose: `(n + 2) · 2⁻²⁴ · |scale| · Σ|k| · max|p|`.
  static func floatError(
    of bank: KernelBank, additions: Int, samples: ClosedRange<Double>
  ) -> Double {
    Double(additions + 2) * 0x1p-24 * reach(of: bank, samples: samples)
  }

  /// `|scale| · Σ|k| · max|p|`.
  private static func reach(of bank: KernelBank, samples: ClosedRange<Double>) -> Double {
    let largest = max(abs(samples.lowerBound), abs(samples.upperBound))
    let weights = bank.kernels.map { $0.taps.reduce(0) { $0 + abs($1) } }.max() ?? 0
    return abs(bank.scale) * weights * largest
  }

  /// By what share of a tap a product of column and row may miss it: 2⁻⁴⁰, less where sums are so
  /// large that more than `limit` would come of it, but no less than Float64 has.
  static func productTolerance(of bank: KernelBank, source: SampleType, limit: Double) -> Double {
    guard source.isInteger else { return 0x1p-40 }
    return min(0x1p-40, max(0x1p-50, limit / reach(of: bank, samples: source.range)))
  }

  /// Whether a length of two whole-number gradients may be rounded to float32 on its way.
  ///
  /// S = a² + b² is exact in float32 up to 2²⁴. √S is never a tie, k + ½, but as near to one as
  /// 1/(8k + 8); the float32 nearest to √S is on the same side while half its unit is smaller. Rounded,
  /// it is 2¹² at most.
  static func combination(
    _ bank: KernelBank, accumulator: AccumulatorType, range: ClosedRange<Double>?,
    output: SampleType, isPlain: Bool
  ) -> ResponseCombination {
    switch bank.combination {
    case .single: return .single
    case .maximum: return .maximum
    case .magnitude:
      guard let range else { return .magnitude(.double) }  // squares might overflow
      let side = max(-range.lowerBound, range.upperBound)
      let longest = min(side * 2.0.squareRoot(), output.isInteger ? output.range.upperBound + 1 : 0)
      let nearestTie = 1 / (8 * longest + 8)
      let isExact =
        [.int16, .int32].contains(accumulator) && isPlain && 2 * side * side <= 0x1p24
        && nearestTie > Double(Float(longest).ulp) / 2
      guard isExact else { return .magnitude(.double) }
      return .magnitude(output.isInteger ? .int16 : .float)
    }
  }

  /// Whether `offset + scale · sum` rounds to the same integer in float32 as in exact arithmetic.
  ///
  /// With scale = ±1/q and a whole offset a response is a multiple of 1/q. It is a tie, k + ½, only if
  /// q is even, and otherwise at least 1/2q away from one, while float32 errs by less than
  /// 3 · 2⁻²⁴ · (|sum|/q + |offset|). For q = 2ˢ it does not err at all.
  static func roundsAlikeInFloat(
    scale: Double, offset: Double, range: ClosedRange<Double>
  ) -> Bool {
    let divisor = (1 / abs(scale)).rounded()
    let largest = max(-range.lowerBound, range.upperBound)
    guard divisor >= 1, abs(abs(scale) * divisor - 1) <= 0x1p-50, offset == offset.rounded(),
      largest + abs(offset) * divisor < 0x1p21
    else { return false }
    return divisor.significand == 1 || divisor.truncatingRemainder(dividingBy: 2) != 0
  }

  /// Whether responses to these sums, each off by no more than `error`, round to samples of a type.
  static func fits(
    _ sums: ClosedRange<Double>, scale: Double, offset: Double, error: Double, in type: SampleType
  ) -> Bool {
    guard type.isInteger else { return false }
    let ends = [offset + scale * sums.lowerBound, offset + scale * sums.upperBound]
    // 2⁻²⁰ for what the products of this proof themselves lose.
    let slack = error + 0x1p-20
    return ends.allSatisfy {
      ($0 - slack).rounded() >= type.range.lowerBound
        && ($0 + slack).rounded() <= type.range.upperBound
    }
  }

  /// Why sums of integer samples are of a type; `range` where it is proven to hold them.
  static func reason(
    for accumulator: AccumulatorType, factor: Double?,
    range: ClosedRange<Double>?, error: Double, limit: Double
  ) -> String {
    if let factor, let range {
      return "\(accumulator.name) sums: \(describe(factor: factor)), and sums stay within "
        + "\(decimal(range.lowerBound)) … \(decimal(range.upperBound))"
    }
    let obstacle =
      factor == nil ? "the taps are no multiples of one number" : "sums are too large for int64"
    return "\(accumulator.name) sums: \(obstacle), and float32 would err by up to "
      + "\(short(error)) where \(short(limit)) is allowed"
  }

  private static func describe(factor: Double) -> String {
    if factor == 1 { return "the taps are whole numbers" }
    if factor == factor.rounded(), factor.significand == 1 {
      return "the taps are whole numbers over \(decimal(factor))"
    }
    return "the taps are whole multiples of \(short(1 / factor))"
  }

  /// A number with two significant digits, as 1.9e-3.
  static func short(_ value: Double) -> String {
    guard value != 0, value.isFinite else { return "\(value)" }
    var (mantissa, exponent) = (value, 0)
    while mantissa < 0.995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    while mantissa >= 9.95 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    let rounded = (mantissa * 10).rounded() / 10
    return exponent == 0 ? decimal(rounded) : "\(decimal(rounded))e\(exponent)"
  }
}
