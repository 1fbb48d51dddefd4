/// The header of JPEG 2000: the size in the codestream, alone or inside JP2 boxes.
/// - Source: ITU-T T.800, annexes A.5.1 and I.4.
enum JPEG2000Header {
  static func read(_ bytes: ByteView) throws(ImageError) -> ImageHeader {
    let format = ImageFormat.jpeg2000
    guard let start = codestream(in: bytes),
      bytes.starts(with: [0xff, 0x4f, 0xff, 0x51], at: start)
    else { throw format.corrupt("ends early (no codestream)") }
    let sides = (0..<4).compactMap { bytes.uint32(at: start + 8 + 4 * $0, .big) }
    guard sides.count == 4, let channels = bytes.uint16(at: start + 40, .big) else {
      throw format.endsInHeader
    }
    guard [1, 3, 4].contains(channels) else {
      throw .unsupported(
        format: format.name, found: "\(channels) channels", expected: "1, 3 or 4 channels")
    }
    return try ImageHeader(
      format: format, width: sides[0] - sides[2], height: sides[1] - sides[3])
  }

  private static func codestream(in bytes: ByteView) -> Int? {
    guard !bytes.starts(with: [0xff, 0x4f]) else { return 0 }
    var offset = 0
    while let short = bytes.uint32(at: offset, .big) {
      let isLong = short == 1
      let lead = isLong ? 16 : 8
      if bytes.starts(with: "jp2c", at: offset + 4) { return offset + lead }
      guard let length = isLong ? bytes.integer(at: offset + 8, bytes: 8, .big) : short,
        length >= lead, bytes.holds(length, at: offset)
      else { return nil }
      offset += length
    }
    return nil
  }
}

/// The header of a Radiance picture: lines of text, an empty one, and the size.
enum RadianceHeader {
  static func read(_ bytes: ByteView) throws(ImageError) -> ImageHeader {
    var offset = 0
    var previousIsEmpty = false
    while let end = bytes.firstOffset(of: 0x0a, from: offset), end < 65_536,
      let line = bytes.part(at: offset, count: end - offset)
    {
      if previousIsEmpty {
        let words = line.latin1.split(separator: " ")
        guard words.count == 4, words[0] == "-Y", words[2] == "+X", let height = Int(words[1]),
          let width = Int(words[3])
        else { throw ImageFormat.radiance.corrupt("size is not written as -Y H +X W") }
        return try ImageHeader(format: .radiance, width: width, height: height)
      }
      previousIsEmpty = line.count == 0
      offset = end + 1
    }
    throw ImageFormat.radiance.endsInHeader
  }
}

/// The header of a portable float map: `PF` or `Pf`, the sides, and the scale.
enum PFMHeader {
  static func read(_ bytes: ByteView) throws(ImageError) -> ImageHeader {
    var reader = NetpbmReader(bytes, format: .pfm, offset: 2)
    let width = try reader.number()
    let height = try reader.number()
    let header = try ImageHeader(format: .pfm, width: width, height: height)
    _ = try reader.word()
    let pixelBytes = bytes[1] == UInt8(ascii: "F") ? 12 : 4
    guard let pixels = productSum(width, height) else {
      throw ImageFormat.pfm.corrupt("header says \(width)×\(height) pixels")
    }
    try ImageFormat.pfm.check(bytes, has: productSum(pixels, pixelBytes, plus: reader.offset + 1))
    return header
  }
}
