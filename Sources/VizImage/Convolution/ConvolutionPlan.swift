package import VizKernels

/// How a bank of kernels is computed on samples of one type: decided once, from the kernels and the
/// types, never from threads or the instruction set.
///
/// The plan proves that its sums cannot overflow. Kernels of whole numbers, of dyadic fractions
/// (`n / 2ˢ`) and of multiples of one number are summed in integers, which is exact; others in
/// Float32 where the error stays far below a rounding step, else in Float64.
public struct ConvolutionPlan: Sendable, CustomStringConvertible {
  /// The ways there are to compute a convolution.
  public enum Way: String, Sendable, CaseIterable {
    /// Tap by tap, from the definition; zero taps are skipped.
    case direct
  }

  public let way: Way
  /// Non-zero taps of all kernels.
  public let tapCount: Int
  /// The smallest and the largest sum, in the units of the accumulator; nil for Float samples.
  public let sumRange: ClosedRange<Double>?
  /// Why the accumulator and the way were chosen, one sentence each.
  public let reasons: [String]

  package let accumulator: AccumulatorType
  package let combination: ResponseCombination
  /// What taps are multiplied with before they become taps of the accumulator.
  let tapFactor: Double
  /// `scale`, adjusted for `tapFactor`.
  let scale: Double
  let offset: Double

  public init(for bank: KernelBank, source: SampleType, output: SampleType) {
    let taps = bank.kernels.flatMap(\.taps).filter { $0 != 0 }
    tapCount = taps.count
    way = .direct
    offset = bank.offset
    var reasons: [String] = []

    if !source.isInteger {
      (accumulator, tapFactor, sumRange) = (.float, 1, nil)
      reasons.append("float32 sums, because the samples are float32")
    } else {
      let factor = Self.integerFactor(of: taps)
      let range = Self.sumRange(of: bank, samples: source.range, factor: factor ?? 1)
      sumRange = range
      if let factor, let integer = Self.integerAccumulator(for: range, source: source) {
        (accumulator, tapFactor) = (integer, factor)
        reasons.append(Self.describe(taps, factor: factor))
        reasons.append(
          "\(integer) sums, because they stay within "
            + "\(decimal(range.lowerBound)) … \(decimal(range.upperBound))")
      } else {
        tapFactor = 1
        let error = Self.floatError(of: bank, samples: source.range)
        let limit = output.isInteger ? 0x1p-10 : 0x1p-18
        accumulator = error <= limit ? .float : .double
        reasons.append(
          factor == nil
            ? "the taps are no multiples of one number"
            : "the taps are multiples of one number, but their sums are too large for int64")
        reasons.append(
          "\(accumulator == .float ? "float32" : "float64") sums, because float32 would err by up "
            + "to \(Self.short(error)), and \(Self.short(limit)) is allowed")
      }
    }
    scale = bank.scale / tapFactor
    combination = Self.combination(
      bank, accumulator: accumulator, range: sumRange, output: output,
      isPlain: scale == 1 && offset == 0)
    reasons.append(
      "tap by tap: \(tapCount) of \(bank.kernels.count * bank.width * bank.height) taps are not 0")
    self.reasons = reasons
  }

  /// Whether integer samples come out as the definition in Float64 has them, to the last one.
  ///
  /// Multiples of a number that is no dyadic fraction, such as 1/9, are summed exactly too, but the
  /// definition's own products are rounded: at a tie both neighbours are right.
  public var isExact: Bool {
    [.int16, .int32, .int64].contains(accumulator) && tapFactor.significand == 1
  }

  public var description: String {
    let sums = accumulator.name
    return "\(way.rawValue), \(sums) sums, \(tapCount) taps"
  }

  /// The kernels' non-zero taps in the accumulator's type.
  func tapLists(for bank: KernelBank) -> [TapList] {
    bank.kernels.map { kernel in
      let indices = kernel.taps.indices.filter { kernel.taps[$0] != 0 }
      let values = indices.map { kernel.taps[$0] * tapFactor }
      let taps =
        switch accumulator {
        case .int16: SampleBuffer(values.map { Int16($0.rounded()) })
        case .int32: SampleBuffer(values.map { Int32($0.rounded()) })
        case .int64: SampleBuffer(values.map { Int64($0.rounded()) })
        case .float: SampleBuffer(values.map { Float($0) })
        case .double: SampleBuffer(values)
        }
      return TapList(
        taps: taps, rows: indices.map { $0 / kernel.width },
        columns: indices.map { $0 % kernel.width })
    }
  }
}

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

  /// A bound of what float32 taps and sums lose: `(n + 1) · 2⁻²⁴ · |scale| · Σ|k| · max|p|`.
  static func floatError(of bank: KernelBank, samples: ClosedRange<Double>) -> Double {
    let largest = max(abs(samples.lowerBound), abs(samples.upperBound))
    let bounds = bank.kernels.map { kernel in
      let taps = kernel.taps.filter { $0 != 0 }
      return Double(taps.count + 1) * taps.reduce(0) { $0 + abs($1) } * largest
    }
    return (bounds.max() ?? 0) * 0x1p-24 * abs(bank.scale)
  }

  /// Whether a length of two whole-number gradients may be rounded to float32 on its way.
  ///
  /// S = a² + b² is exact in float32 up to 2²⁴. √S is never a tie, k + ½, but as near to one as
  /// 1/(8k + 8); the float32 nearest to √S is on the same side while half its unit is smaller.
  private static func combination(
    _ bank: KernelBank, accumulator: AccumulatorType, range: ClosedRange<Double>?,
    output: SampleType, isPlain: Bool
  ) -> ResponseCombination {
    switch bank.combination {
    case .single: return .single
    case .maximum: return .maximum
    case .magnitude:
      guard let range else { return .magnitude(wide: false) }
      let side = max(-range.lowerBound, range.upperBound)
      let longest = min(side * 2.0.squareRoot(), output.isInteger ? output.range.upperBound + 1 : 0)
      let nearestTie = 1 / (8 * longest + 8)
      let isExact =
        [.int16, .int32].contains(accumulator) && isPlain && 2 * side * side <= 0x1p24
        && nearestTie > Double(Float(longest).ulp) / 2
      return .magnitude(wide: !isExact)
    }
  }

  private static func describe(_ taps: [Double], factor: Double) -> String {
    if factor == 1 { return "the taps are whole numbers" }
    if factor == factor.rounded(), factor.significand == 1 {
      return "the taps are whole numbers over \(decimal(factor))"
    }
    return "the taps are whole multiples of \(short(1 / factor))"
  }

  /// A number with two significant digits, as 1.9e-3.
  private static func short(_ value: Double) -> String {
    guard value != 0, value.isFinite else { return "\(value)" }
    var (mantissa, exponent) = (value, 0)
    while mantissa < 0.95 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    while mantissa >= 9.95 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    let rounded = (mantissa * 10).rounded() / 10
    return exponent == 0 ? decimal(rounded) : "\(decimal(rounded))e\(exponent)"
  }
}
