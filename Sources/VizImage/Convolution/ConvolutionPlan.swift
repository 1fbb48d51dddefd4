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
    /// Down the columns first, then along the rows, for kernels that are column · row.
    case separable
    /// Through the frequencies of tiles, for many taps that no shorter way has.
    case fourier
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
  /// Each kernel's column and row, where the way is `separable`.
  private let separable: [SeparableTaps]
  /// Where the way is `fourier`.
  private let fourier: FourierPlan?

  /// The plan for a bank on samples of one type.
  ///
  /// A forced way that the kernels cannot take falls back to `direct`.
  public init(
    for bank: KernelBank, source: SampleType, output: SampleType, way forced: Way? = nil
  ) {
    let taps = bank.kernels.flatMap(\.taps).filter { $0 != 0 }
    tapCount = taps.count
    offset = bank.offset
    let factor = Self.integerFactor(of: taps)
    let range = Self.sumRange(of: bank, samples: source.range, factor: factor ?? 1)
    let integer = source.isInteger ? Self.integerAccumulator(for: range, source: source) : nil
    let isWhole = factor != nil && integer != nil
    let unit = isWhole ? factor ?? 1 : 1
    tapFactor = unit
    sumRange = source.isInteger ? range : nil
    scale = bank.scale / unit

    let factors = bank.kernels.map { SeparableTaps($0, factor: unit, isWhole: isWhole) }
    let separable = factors.compactMap(\.self)
    let isSeparable = separable.count == bank.kernels.count
    let separableCost = separable.reduce(0) { $0 + $1.cost }
    let isChosen = forced.map { $0 == .separable } ?? (separableCost < tapCount)
    self.separable = isSeparable && isChosen ? separable : []

    let additions =
      isSeparable && isChosen
      ? separable.map(\.additions).max() ?? 0
      : bank.kernels.map { $0.taps.count { $0 != 0 } }.max() ?? 0
    let error = Self.floatError(of: bank, additions: additions, samples: source.range)
    let limit = output.isInteger ? 0x1p-10 : 0x1p-18
    let sums: AccumulatorType =
      !source.isInteger ? .float : isWhole ? integer ?? .double : error <= limit ? .float : .double

    let fourier =
      isWhole || isSeparable && isChosen
      ? nil : FourierPlan(for: bank, source: source, errorLimit: limit)
    let cost = FourierPlan.cost(ofTaps: tapCount, accumulator: sums)
    let isFourier = forced.map { $0 == .fourier } ?? (fourier?.isWorthwhile(against: cost) ?? false)
    self.fourier = isFourier ? fourier : nil
    way = self.fourier != nil ? .fourier : isSeparable && isChosen ? .separable : .direct
    accumulator = self.fourier?.accumulator ?? sums
    combination = Self.combination(
      bank, accumulator: accumulator, range: sumRange, output: output,
      isPlain: scale == 1 && offset == 0)
    let whySums =
      source.isInteger
      ? Self.reason(
        for: accumulator, taps: taps, factor: factor, range: isWhole ? range : nil, error: error,
        limit: limit)
      : "float32 sums, because the samples are float32"
    let whyWay =
      switch way {
      case .fourier: fourier?.reason(against: cost) ?? ""
      case .separable:
        "column · row: \(separable.reduce(0) { $0 + $1.additions }) products a sample instead of "
          + "\(tapCount)"
      case .direct:
        "tap by tap: \(tapCount) of \(bank.kernels.count * bank.width * bank.height) taps are not 0"
          + (isSeparable ? "; so few that column · row would not be faster" : "")
          + (fourier?.objection(against: cost) ?? "")
      }
    reasons = [whySums, whyWay]
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

  /// The kernels in the accumulator's type, as the way sums them.
  func sums(of bank: KernelBank) -> [KernelSum] {
    if way == .separable {
      return separable.map {
        .separable(column: list($0.column, width: 1), row: list($0.row, width: bank.width))
      }
    }
    return bank.kernels.map { .direct(list($0.taps.map { $0 * tapFactor }, width: $0.width)) }
  }

  /// The kernels as spectra, in tiles that suit an output of some size, where the way is `fourier`.
  func spectra(of bank: KernelBank, output: (width: Int, height: Int)) -> FourierKernels? {
    fourier.map {
      FourierKernels(bank, tile: $0.tile(output: output), accumulator: accumulator)
    }
  }

  private func list(_ values: [Double], width: Int) -> TapList {
    let indices = values.indices.filter { values[$0] != 0 }
    let values = indices.map { values[$0] }
    let taps =
      switch accumulator {
      case .int16: SampleBuffer(values.map { Int16($0.rounded()) })
      case .int32: SampleBuffer(values.map { Int32($0.rounded()) })
      case .int64: SampleBuffer(values.map { Int64($0.rounded()) })
      case .float: SampleBuffer(values.map { Float($0) })
      case .double: SampleBuffer(values)
      }
    return TapList(
      taps: taps, rows: indices.map { $0 / width }, columns: indices.map { $0 % width })
  }
}
