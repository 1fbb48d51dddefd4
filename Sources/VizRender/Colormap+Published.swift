// Maps that readers know from other tools, as sRGB colours with straight lines between them.
extension Colormap {
  /// Violet through green to yellow, even to the eye: for values that are not negative.
  ///
  /// - Source: van der Walt & Smith 2015, matplotlib's default; the colours below are least-squares
  ///   knots, at most 2/255 from its table.
  public static let viridis = Colormap(
    name: "viridis", isSigned: false,
    anchors: [
      0x440154, 0x481467, 0x482576, 0x463580, 0x414487, 0x3B528B, 0x345F8D, 0x2F6C8E, 0x2A788E,
      0x25848E, 0x21908D, 0x1E9C8A, 0x22A884, 0x2EB47C, 0x43BF71, 0x5CC963, 0x7AD251, 0x9AD93D,
      0xBCDF26, 0xDEE316, 0xFEE723,
    ])

  /// Black through purple to pale yellow, even to the eye: for dark pages.
  ///
  /// - Source: as of viridis, matplotlib's map of that name.
  public static let magma = Colormap(
    name: "magma", isSigned: false,
    anchors: [
      0x000002, 0x090821, 0x1C1246, 0x350F6C, 0x51117D, 0x691C81, 0x822682, 0x9C2E80, 0xB6367A,
      0xD04070, 0xE75063, 0xF5695B, 0xFC8760, 0xFEA570, 0xFEC387, 0xFDE0A1, 0xFCFDBF,
    ])

  /// Red for negative, blue for positive, nearly white for zero.
  ///
  /// - Source: Cynthia Brewer's RdBu of eleven classes.
  public static let redBlue = Colormap(
    name: "rdbu", isSigned: true,
    anchors: [
      0x67001F, 0xB2182B, 0xD6604D, 0xF4A582, 0xFDDBC7, 0xF7F7F7, 0xD1E5F0, 0x92C5DE, 0x4393C3,
      0x2166AC, 0x053061,
    ])

  /// The map for dark pages: a signed one with light and dark changed over, so that zero is dark and signs
  /// keep their colours; others serve both.
  ///
  /// The colours are those that CSS makes of the map by `darkFilter`.
  public var onDark: Colormap {
    guard isSigned, name != Self.divergingDark.name else { return self }
    return Colormap(
      name: name + "-dark", isSigned: true, undefinedColor: undefinedColor.turnedDark,
      table: table.map(\.turnedDark))
  }

  static let darkFilter = "invert(1) hue-rotate(180deg)"

  /// Brown for negative, blue-green for positive: weights, told apart from activations at a glance.
  ///
  /// - Source: Cynthia Brewer's BrBG of eleven classes.
  public static let brownTeal = Colormap(
    name: "brbg", isSigned: true,
    anchors: [
      0x543005, 0x8C510A, 0xBF812D, 0xDFC27D, 0xF6E8C3, 0xF5F5F5, 0xC7EAE5, 0x80CDC1, 0x35978F,
      0x01665E, 0x003C30,
    ])

  /// The map for values of which none is negative, or some are.
  public static func standard(isNonNegative: Bool) -> Colormap {
    isNonNegative ? viridis : redBlue
  }

  /// Evenly spaced colours, straight lines between them, and magenta for NaN.
  private init(name: String, isSigned: Bool, anchors: [UInt32]) {
    let colors = anchors.map { Color(hex: $0) }
    let last = colors.count - 1
    let table = (0..<Self.count).map { index in
      let position = Double(index) / Double(Self.count - 1) * Double(last)
      let i = min(Int(position), last - 1)
      return Color(mixing: colors[i], colors[i + 1], share: position - Double(i))
    }
    self.init(
      name: name, isSigned: isSigned, undefinedColor: Color(hex: 0xFF00FF), table: table)
  }
}

extension Color {
  /// `share` of the second colour, the rest of the first, in sRGB.
  fileprivate init(mixing a: Color, _ b: Color, share: Double) {
    func mixed(_ x: UInt8, _ y: UInt8) -> UInt8 {
      UInt8((Double(x) + share * (Double(y) - Double(x))).rounded())
    }
    self.init(
      red: mixed(a.red, b.red), green: mixed(a.green, b.green), blue: mixed(a.blue, b.blue))
  }
}

extension Color {
  /// Light and dark changed over, and the hue turned back to what it was.
  ///
  /// - Source: the `invert` and `hueRotate` matrices of W3C Filter Effects, level 1.
  fileprivate var turnedDark: Color {
    let (r, g, b) = (255 - Double(red), 255 - Double(green), 255 - Double(blue))
    func part(_ value: Double) -> UInt8 { UInt8(min(max(value, 0), 255).rounded()) }
    return Color(
      red: part(-0.574 * r + 1.43 * g + 0.144 * b), green: part(0.426 * r + 0.43 * g + 0.144 * b),
      blue: part(0.426 * r + 1.43 * g - 0.856 * b))
  }
}
