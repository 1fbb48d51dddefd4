/// The header of a WebP file, and the chunks beside its pixels.
/// - Source: RFC 9649, section 2.
enum WebPHeader {
  enum Flag {
    static let animation: UInt8 = 0x02, alpha: UInt8 = 0x10, profile: UInt8 = 0x20
  }

  static func read(_ bytes: ByteView) throws(ImageError) -> ImageHeader {
    let format = ImageFormat.webp
    guard let length = bytes.uint32(at: 4, .little), bytes.holds(18, at: 12) else {
      throw format.endsInHeader
    }
    // What is behind the RIFF chunk is not the picture's; a part that is missing is told later.
    let riff = bytes.part(at: 0, count: length + 8) ?? bytes
    guard riff.holds(18, at: 12) else { throw format.endsInHeader }
    if riff.starts(with: "VP8 ", at: 12) { return try readLossy(riff) }
    if riff.starts(with: "VP8L", at: 12) { return try readLossless(riff) }
    if riff.starts(with: "VP8X", at: 12) { return try readExtended(riff) }
    throw format.corrupt("has no pixels (no VP8, VP8L or VP8X chunk)")
  }

  /// Throws unless the file is whole.
  static func checkChunks(of bytes: ByteView) throws(ImageError) {
    let format = ImageFormat.webp
    guard let length = bytes.uint32(at: 4, .little) else { throw format.endsInHeader }
    try format.check(bytes, has: length + 8)
    if bytes.starts(with: "VP8X", at: 12), bytes[20] & Flag.animation != 0 {
      throw .unsupported(format: "WebP", found: "an animation", expected: "a single picture")
    }
    var offset = 12
    while offset < length + 8 {
      guard let size = bytes.uint32(at: offset + 4, .little), offset + 8 + size <= length + 8 else {
        throw format.corrupt("ends early (inside a chunk)")
      }
      offset += 8 + size + size % 2
    }
  }

  private static func readLossy(_ bytes: ByteView) throws(ImageError) -> ImageHeader {
    guard bytes.starts(with: [0x9d, 0x01, 0x2a], at: 23),
      let width = bytes.uint16(at: 26, .little), let height = bytes.uint16(at: 28, .little)
    else { throw ImageFormat.webp.corrupt("has no key frame") }
    return try ImageHeader(format: .webp, width: width & 0x3fff, height: height & 0x3fff)
  }

  private static func readLossless(_ bytes: ByteView) throws(ImageError) -> ImageHeader {
    guard bytes[20] == 0x2f, let bits = bytes.uint32(at: 21, .little) else {
      throw ImageFormat.webp.corrupt("has no lossless signature")
    }
    return try ImageHeader(
      format: .webp, width: bits & 0x3fff + 1, height: bits >> 14 & 0x3fff + 1)
  }

  private static func readExtended(_ bytes: ByteView) throws(ImageError) -> ImageHeader {
    guard let width = bytes.integer(at: 24, bytes: 3, .little),
      let height = bytes.integer(at: 27, bytes: 3, .little)
    else { throw ImageFormat.webp.endsInHeader }
    var orientation = Orientation.upright
    var profile: [UInt8]?
    var offset = 12
    while let length = bytes.uint32(at: offset + 4, .little) {
      guard let data = bytes.part(at: offset + 8, count: length) else { break }
      if bytes.starts(with: "ICCP", at: offset) { profile = data.array }
      if bytes.starts(with: "EXIF", at: offset) {
        // Some writers repeat the lead that JPEG puts before the directory.
        let lead = data.starts(with: "Exif\0\0") ? 6 : 0
        orientation =
          data.part(at: lead, count: data.count - lead).flatMap(TIFFDirectory.init)?.orientation
          ?? .upright
      }
      offset += 8 + length + length % 2
    }
    return try ImageHeader(
      format: .webp, width: width + 1, height: height + 1, orientation: orientation,
      profile: profile)
  }
}
