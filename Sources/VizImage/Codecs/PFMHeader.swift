/// The header of a portable float map: `PF` or `Pf`, the sides, and the scale.
enum PFMHeader {
  static func size(of bytes: ByteView) throws(ImageError) -> ImageHeader {
    var reader = NetpbmReader(bytes, format: .pfm, offset: 2)
    return try ImageHeader(format: .pfm, width: try reader.number(), height: try reader.number())
  }

  /// Throws unless all pixels are in the file.
  static func checkLength(of bytes: ByteView, _ header: ImageHeader) throws(ImageError) {
    var reader = NetpbmReader(bytes, format: .pfm, offset: 2)
    for _ in 0..<3 { _ = try reader.word() }
    let pixelBytes = bytes[1] == UInt8(ascii: "F") ? 12 : 4
    try ImageFormat.pfm.check(
      bytes,
      has: productSum(header.width * header.height, pixelBytes, plus: reader.offset + 1))
  }
}
