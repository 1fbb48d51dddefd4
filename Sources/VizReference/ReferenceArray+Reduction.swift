#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// What numbers come down to.
///
/// NaN makes every result NaN.
package enum ReferenceReduction: String, Sendable, CaseIterable {
  case mean = "Mean"
  case sum = "Sum"
  case maximum = "Max"
  case minimum = "Min"
  case product = "Prod"
  case norm1 = "L1"
  case norm2 = "L2"
  case squares = "SumSquare"
  case logSum = "LogSum"
  case logSumExp = "LogSumExp"

  func value(of numbers: [Double]) -> Double {
    if numbers.contains(where: \.isNaN) { return .nan }
    let sum = numbers.reduce(0, +)
    let squares = numbers.reduce(0) { $0 + $1 * $1 }
    switch self {
    case .mean: return sum / Double(numbers.count)
    case .sum: return sum
    case .maximum: return numbers.max() ?? -.infinity
    case .minimum: return numbers.min() ?? .infinity
    case .product: return numbers.reduce(1, *)
    case .norm1: return numbers.reduce(0) { $0 + abs($1) }
    case .norm2: return squares.squareRoot()
    case .squares: return squares
    case .logSum: return log(sum)
    case .logSumExp: return log(numbers.reduce(0) { $0 + exp($1) })
    }
  }
}

extension ReferenceArray {
  /// Dimensions reduced to one number each, and dropped unless they are kept.
  package func reduced(
    _ reduction: ReferenceReduction, along dimensions: [Int], keepsDimensions: Bool
  ) -> ReferenceArray {
    let axes = dimensions.isEmpty ? Set(shape.indices) : Set(dimensions.map(axis))
    let kept = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
    let numbers = Self.indices(of: kept).map { index in
      reduction.value(of: group(of: index, along: axes))
    }
    let remaining = shape.indices.filter { !axes.contains($0) }.map { shape[$0] }
    return ReferenceArray(shape: keepsDimensions ? kept : remaining, values: numbers)
  }

  /// The parts of an image `[N, C, H, W]`, each from ⌊i·H / n⌋ up to ⌈(i + 1)·H / n⌉.
  package func adaptivePooled(
    height: Int, width: Int, _ reduction: ReferenceReduction
  ) -> ReferenceArray {
    func part(_ i: Int, of count: Int, _ length: Int) -> Range<Int> {
      let first = (Double(i * length) / Double(count)).rounded(.down)
      let end = (Double((i + 1) * length) / Double(count)).rounded(.up)
      return Int(first)..<Int(end)
    }
    return ReferenceArray(shape: [shape[0], shape[1], height, width]) { index in
      var seen: [Double] = []
      for y in part(index[2], of: height, shape[2]) {
        for x in part(index[3], of: width, shape[3]) {
          seen.append(self[[index[0], index[1], y, x]])
        }
      }
      return reduction.value(of: seen)
    }
  }

  /// Where along a dimension the largest or smallest number is, of equal ones the first or the last; NaN goes
  /// before all.
  package func placeOfExtreme(
    along dimension: Int, keepsDimension: Bool, isMinimum: Bool, takesLast: Bool
  ) -> ReferenceArray {
    let axis = axis(dimension)
    let kept = ReferenceArray(shape: shape.with(1, at: axis)) { index in
      let row = (0..<shape[axis]).map { self[index.with($0, at: axis)] }
      let isNaN = row.contains { $0.isNaN }
      let best = isMinimum ? row.min() : row.max()
      let places = row.indices.filter { isNaN ? row[$0].isNaN : row[$0] == best }
      return Double((takesLast ? places.last : places.first) ?? -1)
    }
    var lengths = kept.shape
    if !keepsDimension { lengths.remove(at: axis) }
    return kept.reshaped(lengths)
  }
}
