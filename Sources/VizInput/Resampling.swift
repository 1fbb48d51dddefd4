/// How one side of a picture becomes longer or shorter: every new sample is a mean of old ones, weighted by a
/// triangle around its place.
///
///     s = length / newLength,   centre(i) = (i + ½) · s
///     w(i, x) ∝ max(0, 1 − |x + ½ − centre(i)| / max(s, 1)),   Σₓ w(i, x) = 1
///
/// The triangle grows with the reduction: every old sample counts, and fine patterns blur instead of aliasing.
///
/// - Source: Pillow's `Image.resize` with `BILINEAR`, which torchvision's `Resize` calls. The steps
///   are in its order, so that every weight is the same Float64.
struct Resampling {
  /// For each new sample the first old one that counts.
  private(set) var firsts: [Int] = []
  /// Where in `weights` those of a new sample begin; the last number ends the last.
  private(set) var starts = [0]
  private(set) var weights: [Double] = []

  /// The new samples of `window` only.
  init(length: Int, newLength: Int, window: Range<Int>) {
    precondition(
      length > 0 && newLength > 0 && 0 <= window.lowerBound && window.upperBound <= newLength,
      "samples \(window) of \(length) resampled to \(newLength)")
    let scale = Double(length) / Double(newLength)
    let support = max(scale, 1)
    for i in window {
      let center = (Double(i) + 0.5) * scale
      let low = max(0, Int(center - support + 0.5))
      let high = min(length, Int(center + support + 0.5))
      append(
        first: low,
        (low..<high).map { x in
          max(0, 1 - abs((Double(x) - center + 0.5) * (1 / support)))
        })
    }
  }

  /// How many new samples there are.
  var count: Int { firsts.count }

  /// The old samples that count.
  var sources: Range<Int> {
    let last = count - 1
    return count == 0 ? 0..<0 : firsts[0]..<firsts[last] + starts[last + 1] - starts[last]
  }

  /// Weights of nothing are left out: what is not looked at may be an infinity.
  private mutating func append(first: Int, _ triangle: [Double]) {
    let sum = triangle.reduce(0, +)
    let begin = triangle.firstIndex { $0 > 0 } ?? 0
    let end = triangle.lastIndex { $0 > 0 } ?? 0
    firsts.append(first + begin)
    weights += triangle[begin...end].map { $0 / sum }
    starts.append(weights.count)
  }
}
