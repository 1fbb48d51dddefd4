/// The header of a Windows or OS/2 bitmap.
struct BMPHeader {
  enum Compression: Int {
    case none = 0
    case runs8 = 1
    case runs4 = 2
    case bitFields = 3
    case alphaBitFields = 6
  }

  let image: ImageHeader
  let bits: Int
  let compression: Compression
  /// Rows from the top down have a negative height.
  let isTopDown: Bool
  /// Where the pixels start.
  let offset: Int
  /// Red, green and blue of each index.
  let palette: [[UInt8]]
  /// Where red, green, blue and alpha are in a pixel of 16 or 32 bits; an alpha of 0 is none.
  let masks: [Int]

  /// Format and size alone.
  static func size(of bytes: ByteView) throws(ImageError) -> ImageHeader {
    let length = try headerLength(of: bytes)
    let isCore = length == coreLength
    guard let width = isCore ? bytes.uint16(at: 18, .little) : bytes.int32(at: 18, .little),
      let rows = isCore ? bytes.uint16(at: 20, .little) : bytes.int32(at: 22, .little)
    else { throw ImageFormat.bmp.endsInHeader }
    return try ImageHeader(format: .bmp, width: width, height: abs(rows))
  }

  init(_ bytes: ByteView, image: ImageHeader) throws(ImageError) {
    self.image = image
    let length = try Self.headerLength(of: bytes)
    let isCore = length == Self.coreLength
    guard let offset = bytes.uint32(at: 10, .little),
      let bits = bytes.uint16(at: isCore ? 24 : 28, .little),
      let kind = isCore ? 0 : bytes.uint32(at: 30, .little)
    else { throw ImageFormat.bmp.endsInHeader }
    guard [1, 2, 4, 8, 16, 24, 32].contains(bits) else {
      throw ImageFormat.bmp.corrupt("header says \(bits) bits per pixel")
    }
    guard let compression = Compression(rawValue: kind) else {
      throw .unsupported(
        format: "BMP", found: "compression \(kind)",
        expected: "none, run lengths (1, 2) or bit fields (3, 6)")
    }
    try Self.check(compression, bits: bits)
    (self.bits, self.compression, self.offset) = (bits, compression, offset)
    isTopDown = !isCore && (bytes.int32(at: 22, .little) ?? 0) < 0
    let end = 14 + length
    guard offset >= end, offset <= bytes.count else {
      throw ImageFormat.bmp.corrupt(
        "header says pixels from byte \(offset) on, file of \(bytes.count) bytes")
    }
    palette = try bits > 8 ? [] : Self.palette(of: bytes, from: end, to: offset, isCore, bits)
    masks = try bits == 16 || bits == 32 ? Self.masks(of: bytes, length, compression, bits) : []
  }

  private static let coreLength = 12

  private static func headerLength(of bytes: ByteView) throws(ImageError) -> Int {
    guard let length = bytes.uint32(at: 14, .little) else { throw ImageFormat.bmp.endsInHeader }
    guard length == coreLength || length >= 40 else {
      throw ImageFormat.bmp.corrupt("header of \(length) bytes; expected 12, or 40 and more")
    }
    guard bytes.holds(length, at: 14) else { throw ImageFormat.bmp.endsInHeader }
    return length
  }

  private static func check(_ compression: Compression, bits: Int) throws(ImageError) {
    let isPossible =
      switch compression {
      case .none: true
      case .runs8: bits == 8
      case .runs4: bits == 4
      case .bitFields, .alphaBitFields: bits == 16 || bits == 32
      }
    guard isPossible else {
      throw ImageFormat.bmp.corrupt(
        "header says compression \(compression.rawValue) for \(bits) bits per pixel")
    }
  }

  private static func palette(
    of bytes: ByteView, from start: Int, to end: Int, _ isCore: Bool, _ bits: Int
  ) throws(ImageError) -> [[UInt8]] {
    let each = isCore ? 3 : 4
    let stated = isCore ? 0 : bytes.uint32(at: 46, .little) ?? 0
    let count = min(stated == 0 ? 1 << bits : stated, 1 << bits, (end - start) / each)
    guard count > 0 else { throw ImageFormat.bmp.corrupt("has no palette") }
    // Blue comes first.
    return (0..<count).map { i in (0..<3).map { bytes[start + each * i + 2 - $0] } }
  }

  /// The masks behind the 40 bytes that all headers share.
  private static func masks(
    of bytes: ByteView, _ length: Int, _ compression: Compression, _ bits: Int
  ) throws(ImageError) -> [Int] {
    guard compression != .none else {
      return bits == 16 ? [0x7c00, 0x3e0, 0x1f, 0] : [0xff_0000, 0xff00, 0xff, 0]
    }
    let hasAlpha = compression == .alphaBitFields || length >= 56
    var masks: [Int] = []
    for i in 0..<(hasAlpha ? 4 : 3) {
      guard let mask = bytes.uint32(at: 54 + 4 * i, .little) else {
        throw ImageFormat.bmp.endsInHeader
      }
      // A mask is a run of ones that lies inside of a pixel.
      let ones = mask == 0 ? 0 : mask >> mask.trailingZeroBitCount
      guard ones & (ones + 1) == 0, mask < 1 << bits else {
        throw ImageFormat.bmp.corrupt("has an impossible mask of \(String(mask, radix: 16))")
      }
      masks.append(mask)
    }
    return hasAlpha ? masks : masks + [0]
  }
}
