/// How a number becomes a colour: a table made of a few control points.
///
/// Along the maps of our own, which are made in OKLab, lightness runs evenly, so that equal steps of
/// the value look equally large and the map still reads in gray; the arms of signed ones mirror it.
/// A signed map takes −1…1 with an exactly neutral zero, an unsigned one 0…1. Values outside take the
/// end colours; NaN has its own.
public struct Colormap: Sendable {
  public let name: String
  /// Whether the map takes −1…1 instead of 0…1.
  public let isSigned: Bool
  /// The colour of NaN, which no value of the map comes near.
  public let undefinedColor: Color
  /// The colours of −∞ and +∞, which are no more than the ends of a range.
  public static let infiniteColors = (
    negative: Color(hex: 0x00E0FF), positive: Color(hex: 0xFF7F00)
  )
  /// The colours of `count` evenly spaced values; the middle one is that of zero in a signed map.
  package let table: [Color]

  /// Four steps for every 8-bit level, so that gray levels are met exactly and zero has an entry.
  package static let count = 4 * 255 + 1

  /// The values that the map takes.
  public var domain: ClosedRange<Double> { isSigned ? -1...1 : 0...1 }

  /// The colour of a value of the domain.
  public func color(at value: Double) -> Color {
    guard !value.isNaN else { return undefinedColor }
    let low = domain.lowerBound
    let t = (min(max(value, low), 1) - low) / (1 - low)
    return table[Int((t * Double(Self.count - 1)).rounded())]
  }
}

extension Colormap {
  /// Red for negative, blue for positive, as in RdBu, nearly white for zero: for print and light pages.
  public static let diverging = Colormap(
    name: "diverging", negative: Arm.redOnLight, positive: Arm.blueOnLight, neutral: 0.97,
    undefinedColor: Color(hex: 0x3FBF3F))

  /// Orange-red for negative, blue for positive, nearly black for zero: for dark pages.
  public static let divergingDark = Colormap(
    name: "diverging-dark", negative: Arm.redOnDark, positive: Arm.blueOnDark, neutral: 0.2,
    undefinedColor: Color(hex: 0x3FBF3F))

  /// Deep violet through blue and green to pale yellow.
  public static let sequential = Colormap(
    name: "sequential",
    points: [
      OKLab(lightness: 0.17, chroma: 0.060, hue: 295),
      OKLab(lightness: 0.30, chroma: 0.115, hue: 283),
      OKLab(lightness: 0.43, chroma: 0.110, hue: 255),
      OKLab(lightness: 0.56, chroma: 0.092, hue: 212),
      OKLab(lightness: 0.69, chroma: 0.125, hue: 165),
      OKLab(lightness: 0.82, chroma: 0.155, hue: 125),
      OKLab(lightness: 0.95, chroma: 0.120, hue: 104),
    ], undefinedColor: Color(hex: 0xE0218A))

  /// Black to white, every 8-bit level.
  public static let gray = Colormap(
    name: "gray", isSigned: false, undefinedColor: Color(hex: 0xE0218A),
    table: (0..<count).map { i in
      let level = UInt8((Double(i) / 4).rounded())
      return Color(red: level, green: level, blue: level)
    })

  /// The maps by name, for a command's option.
  public static let all: [Colormap] = [
    diverging, divergingDark, sequential, gray, viridis, magma, redBlue, brownTeal,
  ]
}

/// The halves of the diverging maps, from next to zero outwards; zero itself has no chroma.
private enum Arm {
  static let redOnLight = [
    OKLab(lightness: 0.848, chroma: 0.078, hue: 52),
    OKLab(lightness: 0.726, chroma: 0.138, hue: 42),
    OKLab(lightness: 0.604, chroma: 0.178, hue: 33),
    OKLab(lightness: 0.482, chroma: 0.168, hue: 28),
    OKLab(lightness: 0.360, chroma: 0.128, hue: 24),
  ]
  static let blueOnLight = [
    OKLab(lightness: 0.848, chroma: 0.058, hue: 232),
    OKLab(lightness: 0.726, chroma: 0.105, hue: 241),
    OKLab(lightness: 0.604, chroma: 0.140, hue: 249),
    OKLab(lightness: 0.482, chroma: 0.142, hue: 256),
    OKLab(lightness: 0.360, chroma: 0.118, hue: 261),
  ]
  static let redOnDark = [
    OKLab(lightness: 0.346, chroma: 0.100, hue: 24),
    OKLab(lightness: 0.492, chroma: 0.160, hue: 30),
    OKLab(lightness: 0.638, chroma: 0.180, hue: 40),
    OKLab(lightness: 0.784, chroma: 0.130, hue: 62),
    OKLab(lightness: 0.930, chroma: 0.050, hue: 85),
  ]
  static let blueOnDark = [
    OKLab(lightness: 0.346, chroma: 0.095, hue: 262),
    OKLab(lightness: 0.492, chroma: 0.140, hue: 256),
    OKLab(lightness: 0.638, chroma: 0.130, hue: 246),
    OKLab(lightness: 0.784, chroma: 0.090, hue: 228),
    OKLab(lightness: 0.930, chroma: 0.040, hue: 205),
  ]
}

extension Colormap {
  /// An unsigned map through evenly spaced points.
  private init(name: String, points: [OKLab], undefinedColor: Color) {
    self.init(
      name: name, isSigned: false, undefinedColor: undefinedColor,
      table: Self.curve(through: points, count: Self.count))
  }

  /// A signed map of two arms that start at a gray of the lightness `neutral`.
  private init(
    name: String, negative: [OKLab], positive: [OKLab], neutral: Double, undefinedColor: Color
  ) {
    let zero = OKLab(lightness: neutral, a: 0, b: 0)
    let half = Self.count / 2 + 1
    let below = Self.curve(through: [zero] + negative, count: half)
    let above = Self.curve(through: [zero] + positive, count: half)
    // OKLab's gray is gray to 1e-7 only; red alone makes the three samples of zero equal.
    let gray = Color(red: above[0].red, green: above[0].red, blue: above[0].red)
    self.init(
      name: name, isSigned: true, undefinedColor: undefinedColor,
      table: below.dropFirst().reversed() + [gray] + above.dropFirst())
  }

  /// `count` colours along a Catmull-Rom curve through evenly spaced points.
  private static func curve(through points: [OKLab], count: Int) -> [Color] {
    let last = points.count - 1
    func point(_ i: Int) -> OKLab {
      if i < 0 { return points[0] + (points[0] - points[1]) }
      if i > last { return points[last] + (points[last] - points[last - 1]) }
      return points[i]
    }
    return (0..<count).map { index in
      let position = Double(index) / Double(count - 1) * Double(last)
      let i = min(Int(position), last - 1)
      let t = position - Double(i)
      let (p0, p1, p2, p3) = (point(i - 1), point(i), point(i + 1), point(i + 2))
      let slope = (p2 - p0) * (t / 2)
      let square = (p0 * 2 - p1 * 5 + p2 * 4 - p3) * (t * t / 2)
      let cubic = (p1 * 3 - p0 - p2 * 3 + p3) * (t * t * t / 2)
      return (p1 + slope + square + cubic).color
    }
  }
}

extension OKLab {
  fileprivate static func + (x: OKLab, y: OKLab) -> OKLab {
    OKLab(lightness: x.lightness + y.lightness, a: x.a + y.a, b: x.b + y.b)
  }
  fileprivate static func - (x: OKLab, y: OKLab) -> OKLab { x + y * -1 }
  fileprivate static func * (x: OKLab, factor: Double) -> OKLab {
    OKLab(lightness: x.lightness * factor, a: x.a * factor, b: x.b * factor)
  }
}
