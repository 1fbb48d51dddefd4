/// A colour profile put into a finished WebP file.
///
///     RIFF size WEBP  VP8X flags width−1 height−1  ICCP profile  pixels …
///
/// - Source: RFC 9649, section 2.7.
enum WebPProfile {
  static func insert(_ profile: [UInt8], into file: [UInt8], _ image: Image) -> [UInt8] {
    let isExtended = Array(file[12..<16]) == Array("VP8X".utf8)
    // The chunk that a plain file lacks: flags, three bytes of nothing, and the sides.
    var lead = isExtended ? Array(file[12..<30]) : Array("VP8X".utf8) + little(10, bytes: 4)
    if !isExtended {
      lead += [image.layout.hasAlpha ? WebPHeader.Flag.alpha : 0, 0, 0, 0]
      lead += little(image.width - 1, bytes: 3) + little(image.height - 1, bytes: 3)
    }
    lead[8] |= WebPHeader.Flag.profile
    let padding = [UInt8](repeating: 0, count: profile.count % 2)
    let body =
      Array("WEBP".utf8) + lead + Array("ICCP".utf8) + little(profile.count, bytes: 4) + profile
      + padding + file[(isExtended ? 30 : 12)...]
    return Array("RIFF".utf8) + little(body.count, bytes: 4) + body
  }

  private static func little(_ value: Int, bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
