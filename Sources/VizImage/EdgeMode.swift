/// What a filter sees where its window leaves the picture.
///
/// For a row `abcdefgh`:
///
///     extend       aaaa|abcdefgh|hhhh    the nearest border sample
///     pad:V        VVVV|abcdefgh|VVVV    a constant, 0 unless given
///     crop              |abcdefgh|       no output there: (W − kw + 1) × (H − kh + 1)
///     mirror       dcba|abcdefgh|hgfe    the border sample is repeated
///     reflect101   edcb|abcdefgh|gfed    the border sample is not repeated
///     wrap         efgh|abcdefgh|abcd    the other side
///     renormalize  ····|abcdefgh|····    the kernel is cut off, its rest weighs as much as all of it
///
/// - Source: the index rules of OpenCV's `borderInterpolate`, multi-bounce for narrow pictures.
public enum EdgeMode: Sendable, Hashable {
  case extend
  case pad(Double)
  case crop
  case mirror
  case reflect101
  case wrap
  case renormalize

  /// All modes, with zero as the padding.
  public static let all: [EdgeMode] = [
    .extend, .pad(0), .crop, .mirror, .reflect101, .wrap, .renormalize,
  ]

  /// The names that `init(parsing:)` reads, without `pad`'s value.
  public static let names = all.map(\.name)

  /// The name without a value.
  public var name: String {
    switch self {
    case .extend: "extend"
    case .pad: "pad"
    case .crop: "crop"
    case .mirror: "mirror"
    case .reflect101: "reflect101"
    case .wrap: "wrap"
    case .renormalize: "renormalize"
    }
  }

  /// The sample that stands at index `i` of an axis of `count` samples.
  ///
  /// - Returns: an index in `0..<count`, or −1 for the border value.
  public func sourceIndex(_ i: Int, count: Int) -> Int {
    if 0..<count ~= i { return i }
    switch self {
    case .extend:
      return i < 0 ? 0 : count - 1
    case .pad, .renormalize, .crop:
      return -1
    case .wrap:
      return Self.modulo(i, count)
    case .mirror:
      let folded = Self.modulo(i, 2 * count)
      return folded < count ? folded : 2 * count - 1 - folded
    case .reflect101:
      guard count > 1 else { return 0 }
      let folded = Self.modulo(i, 2 * count - 2)
      return folded < count ? folded : 2 * count - 2 - folded
    }
  }

  private static func modulo(_ i: Int, _ n: Int) -> Int {
    let remainder = i % n
    return remainder < 0 ? remainder + n : remainder
  }
}

extension EdgeMode: CustomStringConvertible {
  public var description: String {
    guard case .pad(let value) = self, value != 0 else { return name }
    return "pad:\(decimal(value))"
  }

  /// Reads a name, or `pad:V`.
  ///
  /// A bare `reflect` is refused: libraries give that word opposite meanings.
  public init(parsing text: String) throws(ImageError) {
    if text == "reflect" {
      throw .invalidFilter(
        """
        'reflect' means opposite things in different libraries; say which is meant:
          mirror       dcba|abcdefgh|hgfe   (numpy 'symmetric', scipy 'reflect', OpenCV REFLECT)
          reflect101   edcb|abcdefgh|gfed   (numpy 'reflect', scipy 'mirror', OpenCV REFLECT_101)
        """)
    }
    if text.hasPrefix("pad:") {
      guard let value = Double(text.dropFirst(4)), value.isFinite else {
        throw .invalidFilter("edge mode '\(text)': 'pad:' is followed by a number, as in pad:128")
      }
      self = .pad(value)
      return
    }
    guard let mode = Self.all.first(where: { $0.name == text }) else {
      throw .invalidFilter(
        "edge mode '\(text)' is not one of \(Self.names.joined(separator: ", "))"
          + suggestion(for: text, among: Self.names))
    }
    self = mode
  }
}
