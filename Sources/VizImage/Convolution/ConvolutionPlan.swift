package import VizKernels

/// How a bank of kernels is computed on samples of one type: decided once, from the kernels, the types
/// and the size of the output, never from threads or the instruction set.
///
/// The plan proves that its sums cannot overflow. Kernels of whole numbers, of dyadic fractions
/// (`n / 2ˢ`) and of multiples of one number are summed in integers, which is exact; others in
/// Float32 where the error stays far below a rounding step, else in Float64.
public struct ConvolutionPlan: Sendable, CustomStringConvertible {
  /// The ways there are to compute a convolution.
  public enum Way: String, Sendable, CaseIterable {
    /// Tap by tap, from the definition; zero taps are skipped.
    case direct
    /// Down the columns first, then along the rows, for kernels that are column · row.
    case separable
    /// The sum over a window of equal taps, made from the one above it.
    case running = "running-sums"
    /// Through the frequencies of tiles, for many taps that no shorter way has.
    case fourier
  }

  public let way: Way
  /// Non-zero taps of all kernels.
  public let tapCount: Int
  /// Predicted additions and multiplications of one sample.
  public let cost: Int
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
  /// Whether Float32 is enough to turn sums into samples.
  let isNarrow: Bool
  /// Whether no response can leave the range of the output's integer samples.
  let alwaysFits: Bool
  /// Each kernel's column and row, where the way is `separable`.
  private let separable: [SeparableTaps]
  /// Where the way is `fourier`.
  private let fourier: FourierPlan?

  /// A picture of 4K, for plans without one: what is spent once a picture hardly counts.
  public static let usualSize = (width: 3840, height: 2160)

  /// The plan for a bank on samples of one type, and for so many samples of output.
  ///
  /// A forced way that the kernels cannot take falls back to `direct`.
  public init(
    for bank: KernelBank, source: SampleType, output: SampleType,
    size: (width: Int, height: Int) = usualSize, way forced: Way? = nil
  ) {
    tapCount = bank.kernels.reduce(0) { $0 + $1.taps.count { $0 != 0 } }
    offset = bank.offset
    let factor = Self.integerFactor(of: bank.kernels.flatMap(\.taps).filter { $0 != 0 })
    let range = Self.sumRange(of: bank, samples: source.range, factor: factor ?? 1)
    let integer = source.isInteger ? Self.integerAccumulator(for: range, source: source) : nil
    let isWhole = factor != nil && integer != nil
    let unit = isWhole ? factor ?? 1 : 1
    tapFactor = unit
    sumRange = source.isInteger ? range : nil
    scale = bank.scale / unit

    let limit = output.isInteger ? 0x1p-10 : 0x1p-18
    let choice = WayChoice(
      bank, unit: unit, isWhole: isWhole,
      tolerance: Self.productTolerance(of: bank, source: source, limit: limit), forced: forced,
      fourier: isWhole
        ? nil : FourierPlan(for: bank, source: source, errorLimit: limit, output: size))
    way = choice.way
    cost = choice.cost
    separable = choice.separable
    fourier = choice.fourier

    let error = Self.floatError(of: bank, additions: choice.additions, samples: source.range)
    if let fourier {
      accumulator = fourier.accumulator
    } else if source.isInteger {
      accumulator = isWhole ? integer ?? .double : error <= limit ? .float : .double
    } else {
      accumulator = .float
    }
    combination = Self.combination(
      bank, accumulator: accumulator, range: sumRange, output: output,
      isPlain: scale == 1 && offset == 0)
    isNarrow =
      isWhole && output.isInteger && combination != .magnitude(.double)
      && Self.roundsAlikeInFloat(scale: scale, offset: offset, range: range)
    alwaysFits =
      source.isInteger && bank.combination == .single
      && Self.fits(
        range, scale: scale, offset: offset, error: isWhole ? 0 : 2 * error, in: output)
    let whySums =
      source.isInteger
      ? Self.reason(
        for: accumulator, factor: factor, range: isWhole ? range : nil, error: error, limit: limit)
      : "float32 sums, because the samples are float32"
    reasons = [whySums, choice.reason]
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
    return "\(way.rawValue), \(sums) sums, \(tapCount) \(tapCount == 1 ? "tap" : "taps")"
  }

  /// The kernels in the accumulator's type, as the way sums them.
  func sums(of bank: KernelBank) -> [KernelSum] {
    let isReal = !accumulator.isInteger
    switch way {
    case .direct, .fourier:
      return bank.kernels.map {
        .direct(
          TapLayout($0.taps.map { $0 * tapFactor }, width: $0.width, isReal: isReal)
            .list(accumulator))
      }
    case .separable:
      return separable.map {
        .separable(
          column: TapLayout($0.column, width: 1, isReal: isReal).list(accumulator),
          row: TapLayout($0.row, width: bank.width, isReal: isReal).list(accumulator))
      }
    case .running:
      return bank.kernels.map { .running(weight: Int(($0.taps[0] * tapFactor).rounded())) }
    }
  }

  /// The kernels as spectra, where the way is `fourier`.
  func spectra(of bank: KernelBank) -> FourierKernels? {
    fourier.map { FourierKernels(bank, tile: $0.tile, accumulator: accumulator) }
  }
}
