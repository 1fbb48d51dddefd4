public import VizImage

/// A picture of a page: the bytes of a PNG, and words for those who cannot see it.
public struct ReportPicture: Sendable {
  public var png: [UInt8]
  public var width: Int
  public var height: Int
  public var alternative: String
  /// The bytes of the same picture for dark pages; nil where one serves both.
  public var darkPNG: [UInt8]?

  public init(
    png: [UInt8], width: Int, height: Int, alternative: String, darkPNG: [UInt8]? = nil
  ) {
    self.png = png
    self.width = width
    self.height = height
    self.alternative = alternative
    self.darkPNG = darkPNG
  }

  /// Encodes a picture, and the same in dark colours for dark pages.
  ///
  /// - Throws: `ImageError` where PNG cannot hold the picture.
  public init(
    _ image: Image, dark: Image? = nil, alternative: String
  ) throws(ImageError) {
    self.init(
      png: try ImageEncoder.smallestPNG(of: image), width: image.width, height: image.height,
      alternative: alternative)
    if let dark { darkPNG = try ImageEncoder.smallestPNG(of: dark) }
  }

  /// Wide pictures scroll inside of their frame; the keyboard reaches it.
  func write(to page: inout HTMLWriter) {
    page.element("div", ["class": "picture", "tabindex": "0"]) { writeImage(to: &$0) }
    page.raw("\n")
  }

  func writeImage(to page: inout HTMLWriter) {
    let image = [
      ("src", Self.address(of: png)), ("width", "\(width)"), ("height", "\(height)"),
      ("alt", alternative), ("decoding", "async"),
    ]
    guard let darkPNG else {
      page.open("img", image)
      return
    }
    page.element("picture") { page in
      page.open(
        "source",
        [("media", "(prefers-color-scheme: dark)"), ("srcset", Self.address(of: darkPNG))])
      page.open("img", image)
    }
  }

  private static func address(of png: [UInt8]) -> String {
    "data:image/png;base64," + Base64.encoded(png)
  }
}

/// Bytes as text of 64 letters.
///
/// - Source: RFC 4648, section 4.
enum Base64 {
  private static let letters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encoded(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let count = min(3, bytes.count - start)
      let bits = (0..<3).reduce(0) { $0 << 8 | ($1 < count ? Int(bytes[start + $1]) : 0) }
      for place in 0..<4 {
        text.append(
          place <= count ? letters[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
