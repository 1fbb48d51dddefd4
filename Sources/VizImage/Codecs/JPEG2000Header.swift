/// The header of JPEG 2000: the size in the codestream, alone or inside JP2 boxes.
/// - Source: ITU-T T.800, annexes A.4, A.5.1 and I.4.
struct JPEG2000Header {
  private static let format = ImageFormat.jpeg2000

  let image: ImageHeader
  private let bytes: ByteView
  /// Where the codestream starts.
  private let start: Int

  init(_ bytes: ByteView) throws(ImageError) {
    guard let start = Self.codestream(in: bytes) else {
      throw Self.format.corrupt("ends early (no codestream)")
    }
    let sides = (0..<4).compactMap { bytes.uint32(at: start + 8 + 4 * $0, .big) }
    guard sides.count == 4 else { throw Self.format.endsInHeader }
    guard bytes.starts(with: [0xff, 0x4f, 0xff, 0x51], at: start) else {
      throw Self.format.corrupt("does not start with its size")
    }
    (self.bytes, self.start) = (bytes, start)
    image = try ImageHeader(
      format: Self.format, width: sides[0] - sides[2], height: sides[1] - sides[3])
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

  /// Throws unless OpenCV can read the picture and its file is whole; returns the bits of a sample.
  func checkedDepth() throws(ImageError) -> Int {
    guard let channels = bytes.uint16(at: start + 40, .big),
      let components = bytes.part(at: start + 42, count: 3 * channels)
    else { throw Self.format.endsInHeader }
    guard [1, 3, 4].contains(channels) else {
      throw .unsupported(
        format: Self.format.name, found: "\(channels) channels", expected: "1, 3 or 4 channels")
    }
    let depths = Set((0..<channels).map { components[3 * $0] })
    guard depths.count == 1, let depth = depths.first, depth & 0x80 == 0,
      (7...15).contains(depth)
    else {
      let found = depths.sorted().map {
        "\($0 & 0x80 == 0 ? "unsigned" : "signed") \($0 & 0x7f + 1)-bit"
      }
      throw .unsupported(
        format: Self.format.name, found: "\(found.joined(separator: " and ")) samples",
        expected: "unsigned ones of 8 to 16 bits, the same in all channels")
    }
    guard (0..<channels).allSatisfy({ components[3 * $0 + 1] == 1 && components[3 * $0 + 2] == 1 })
    else {
      throw .unsupported(
        format: Self.format.name, found: "channels of different sizes", expected: "equal ones")
    }
    try checkTileParts()
    return Int(depth) + 1
  }

  /// Decoders make up what is missing at the end, so all tile-parts and the end marker must be there.
  private func checkTileParts() throws(ImageError) {
    let endsEarly = Self.format.corrupt("ends early (inside its codestream)")
    var offset = start + 2
    while let marker = bytes.uint16(at: offset, .big) {
      if marker == 0xffd9 { return }
      guard let length = bytes.uint16(at: offset + 2, .big) else { throw endsEarly }
      guard marker == 0xff90 else {  // a segment of the main header
        guard marker >= 0xff00, length >= 2 else {
          throw Self.format.corrupt("has no marker at byte \(offset)")
        }
        offset += 2 + length
        continue
      }
      guard let whole = bytes.uint32(at: offset + 6, .big) else { throw endsEarly }
      if whole == 0 {  // the last tile-part reaches to the end
        guard bytes.count >= offset + 14, endsWithMarker else { throw endsEarly }
        return
      }
      guard whole >= 14 else {
        throw Self.format.corrupt("has an impossible tile-part at byte \(offset)")
      }
      offset += whole
    }
    throw endsEarly
  }

  private var endsWithMarker: Bool { bytes.starts(with: [0xff, 0xd9], at: bytes.count - 2) }
}
