/// What a kernel sees outside the picture; i runs over a row of n samples `abcdefgh`.
///
///     extend       aaa│abcdefgh│hhh      clamp(i, 0, n − 1)
///     pad(v)       vvv│abcdefgh│vvv      the constant v
///     crop         no output where the kernel would leave the picture
///     mirror       cba│abcdefgh│hgf      period 2n:      i mod 2n, then 2n − 1 − i if ≥ n
///     reflect101   dcb│abcdefgh│gfe      period 2n − 2:  i mod (2n − 2), then 2n − 2 − i if ≥ n
///     wrap         fgh│abcdefgh│abc      i mod n
///     renormalize  taps outside do not count; the others make up for them
///
/// The periods carry as far as a kernel reaches, also over many copies of a small picture. With
/// n = 1 `reflect101` has no period: every index is 0.
package enum ReferenceEdge: Sendable, Hashable {
  case extend, crop, mirror, reflect101, wrap, renormalize
  case pad(Double)

  /// Every mode once, `pad` with 0.
  package static let all: [ReferenceEdge] = [
    .extend, .pad(0), .crop, .mirror, .reflect101, .wrap, .renormalize,
  ]

  /// Where in a row of `count` samples index `i` is looked up; nil where the row has nothing.
  package func index(_ i: Int, count n: Int) -> Int? {
    if 0 <= i && i < n { return i }
    switch self {
    case .extend:
      return i < 0 ? 0 : n - 1
    case .mirror:
      let phase = nonNegativeRemainder(i, 2 * n)
      return phase < n ? phase : 2 * n - 1 - phase
    case .reflect101:
      if n == 1 { return 0 }
      let phase = nonNegativeRemainder(i, 2 * n - 2)
      return phase < n ? phase : 2 * n - 2 - phase
    case .wrap:
      return nonNegativeRemainder(i, n)
    case .pad, .crop, .renormalize:
      return nil
    }
  }

  /// What stands where `index` is nil.
  var outside: Double {
    if case .pad(let value) = self { value } else { 0 }
  }

  /// The source index of every position that a window of `reach` samples visits, in order.
  ///
  /// Output position o with tap t of the window looks up entry o + t; −1 is outside.
  func table(count: Int, reach: Int, anchor: Int) -> [Int] {
    if self == .crop { return Array(0..<count) }
    return (0..<(count + reach - 1)).map { index($0 - anchor, count: count) ?? -1 }
  }
}

extension ReferenceEdge: CustomStringConvertible {
  package var description: String {
    switch self {
    case .extend: "extend"
    case .pad(let value): value == 0 ? "pad" : "pad:\(value)"
    case .crop: "crop"
    case .mirror: "mirror"
    case .reflect101: "reflect101"
    case .wrap: "wrap"
    case .renormalize: "renormalize"
    }
  }
}

/// i mod period, never negative.
private func nonNegativeRemainder(_ i: Int, _ period: Int) -> Int {
  let remainder = i % period
  return remainder < 0 ? remainder + period : remainder
}
