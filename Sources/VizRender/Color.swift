#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// An opaque sRGB colour of 8 bits a channel.
public struct Color: Sendable, Hashable {
  public let red: UInt8
  public let green: UInt8
  public let blue: UInt8

  public init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// A colour written as `0xRRGGBB`.
  public init(hex: UInt32) {
    self.init(
      red: UInt8(truncatingIfNeeded: hex >> 16), green: UInt8(truncatingIfNeeded: hex >> 8),
      blue: UInt8(truncatingIfNeeded: hex))
  }

  /// Relative luminance, 0 (black) to 1 (white), of linear light weighted as in BT.709.
  public var luminance: Double {
    func linear(_ value: UInt8) -> Double {
      let v = Double(value) / 255
      return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }

  /// Black or white, whichever reads better on this colour.
  package var readableInk: Color {
    luminance > 0.2 ? Color(hex: 0x15181C) : Color(hex: 0xFFFFFF)
  }
}

/// A colour in OKLab, where equal distances look about equally large.
///
/// - Source: Björn Ottosson 2020, "A perceptual color space for image processing".
struct OKLab {
  var lightness: Double
  var a: Double
  var b: Double

  /// The colour of this lightness (0…1), chroma (0…about 0.3) and hue in degrees.
  init(lightness: Double, chroma: Double, hue: Double) {
    self.lightness = lightness
    a = chroma * cos(hue * .pi / 180)
    b = chroma * sin(hue * .pi / 180)
  }

  init(lightness: Double, a: Double, b: Double) {
    self.lightness = lightness
    self.a = a
    self.b = b
  }

  /// The nearest sRGB colour; what lies outside of the gamut is cut off channel by channel.
  var color: Color {
    let l = cube(lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b)
    let m = cube(lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b)
    let s = cube(lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b)
    return Color(
      red: encoded(4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s),
      green: encoded(-1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s),
      blue: encoded(-0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s))
  }

  private func cube(_ x: Double) -> Double { x * x * x }

  /// Linear light as an 8-bit sRGB sample.
  private func encoded(_ light: Double) -> UInt8 {
    let v = min(max(light, 0), 1)
    let curved = v <= 0.003_130_8 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055
    return UInt8((curved * 255).rounded())
  }
}
