/// The axis of a panel of curves: from which value to which, at what scale, and what it does not reach.
///
/// Losses that span more than a factor of 30 have a logarithmic axis. Where few epochs are far worse than all
/// others, the axis ends with the others, which could not be told apart otherwise.
struct ValueAxis {
  typealias Value = (epoch: Int, value: Double)

  let range: ClosedRange<Double>
  let isLogarithmic: Bool
  /// Epochs that are beyond it, and the worst value there.
  private let epochsBeyond: [Int]
  private let worst: Double
  let isShare: Bool

  /// - Parameters:
  ///   - values: of all curves.
  ///   - isShare: whether they are shares in percent, of which 100 is the best; losses are the better the smaller.
  init(_ values: [Value], isShare: Bool) {
    func error(_ value: Double) -> Double { isShare ? 100 - value : value }
    let errors = Dictionary(values.map { ($0.epoch, error($0.value)) }, uniquingKeysWith: max)
    let limit = Self.limit(errors.values.sorted(), floor: isShare ? 4 : 0)
    let held = values.filter { error($0.value) <= limit }.map(\.value)
    self.isShare = isShare
    epochsBeyond = errors.filter { $0.value > limit }.keys.sorted()
    worst = error(errors.values.max() ?? 0)
    let (least, most) = (held.min() ?? 0, held.max() ?? 1)
    isLogarithmic = !isShare && least > 0 && most > 30 * least
    if isShare {
      // What matters of accuracies is mostly near 100.
      let lower = max(0, (least - 0.1 * (100 - least) - 0.2).rounded(.down))
      range = min(lower, 99)...100
    } else if isLogarithmic {
      let room = powerOfTen(0.05 * (logarithm(most) - logarithm(least)))
      range = least / room...most * room
    } else {
      range = min(0, least)...max(most * 1.05, min(0, least) + 1e-6)
    }
  }

  /// The greatest error that the axis has to hold, of errors in their order.
  ///
  /// Beyond it is no more than a fifth of them, more than 8 times as large, and farther from it than it is from
  /// the least: where losses fall evenly over many sizes none is unusual. What is below `floor` is as good as that.
  private static func limit(_ errors: [Double], floor: Double) -> Double {
    guard errors.count > 2, max(errors[0], floor) > 0 else { return .infinity }
    for count in stride(from: max(1, errors.count / 5), through: 1, by: -1) {
      let (usual, next) = (errors[errors.count - count - 1], errors[errors.count - count])
      let gap = next / max(usual, floor)
      if gap > 8, gap > usual / max(errors[0], floor) { return usual }
    }
    return .infinity
  }

  /// Where a value is between the lower end, 0, and the upper, 1; what is beyond is at the end.
  func level(of value: Double) -> Double {
    func scaled(_ value: Double) -> Double { isLogarithmic ? logarithm(value) : value }
    let (lower, upper) = (scaled(range.lowerBound), scaled(range.upperBound))
    return (scaled(min(max(value, range.lowerBound), range.upperBound)) - lower) / (upper - lower)
  }

  /// Round numbers along it.
  var ticks: [Double] {
    isLogarithmic ? Ticks(logarithmic: range, most: 7).values : Ticks(range, most: 6).values
  }

  /// What is unusual about it, in words that go on a sentence; empty where nothing is.
  var note: String {
    let scale = isLogarithmic ? ", logarithmic" : ""
    guard let first = epochsBeyond.first else { return scale }
    let side = isShare ? "below" : "above"
    return "\(scale); \(side) the axis: "
      + (epochsBeyond.count == 1
        ? "epoch \(first), \(number(worst))"
        : "\(epochsBeyond.count) epochs, \(isShare ? "down" : "up") to \(number(worst))")
  }

  /// A value of it in words; shares all to hundredths, so that they can be compared.
  func number(_ value: Double) -> String {
    isShare ? ShortNumber.hundredths(value) : ShortNumber.text(value)
  }
}

/// Round numbers of a range, no more than `most`.
struct Ticks {
  let values: [Double]

  init(_ range: ClosedRange<Double>, most: Int) {
    let span = max(range.upperBound - range.lowerBound, 1e-12)
    var step = powerOfTen(decimalExponent(span / Double(most)))
    for factor in [1.0, 2, 5, 10] where span / (step * factor) <= Double(most) {
      step *= factor
      break
    }
    let first = Int((range.lowerBound / step).rounded(.up))
    let last = Int((range.upperBound / step + 1e-9).rounded(.down))
    // Of the count, not added up: 3 · 0.1 is nearer to 0.3.
    values = first > last ? [] : (first...last).map { Double($0) * step }
  }

  /// 1, 2 and 5 of every power of ten, or powers of ten alone, or some of these.
  init(logarithmic range: ClosedRange<Double>, most: Int) {
    let exponents = decimalExponent(range.lowerBound)...decimalExponent(range.upperBound)
    let fine = exponents.flatMap { n in [1.0, 2, 5].map { $0 * powerOfTen(n) } }
      .filter(range.contains)
    guard fine.count > most else {
      values = fine
      return
    }
    let step = (exponents.count + most - 1) / most
    values = exponents.filter { $0.isMultiple(of: step) }.map { powerOfTen($0) }
      .filter(range.contains)
  }
}
