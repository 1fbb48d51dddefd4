/// The header of a Windows bitmap.
enum BMPHeader {
  private enum Compression {
    static let none = 0, bitFields = 3
  }

  static func read(_ bytes: ByteView) throws(ImageError) -> ImageHeader {
    guard let offset = bytes.uint32(at: 10, .little), let size = bytes.uint32(at: 14, .little),
      bytes.holds(size, at: 14)
    else { throw ImageFormat.bmp.endsInHeader }
    let isCore = size == 12
    guard isCore || size >= 40 else {
      throw ImageFormat.bmp.corrupt("header of \(size) bytes; expected 12, or 40 and more")
    }
    guard let width = isCore ? bytes.uint16(at: 18, .little) : bytes.int32(at: 18, .little),
      let rows = isCore ? bytes.uint16(at: 20, .little) : bytes.int32(at: 22, .little),
      let bits = bytes.uint16(at: isCore ? 24 : 28, .little),
      let compression = isCore ? Compression.none : bytes.uint32(at: 30, .little)
    else { throw ImageFormat.bmp.endsInHeader }
    // Rows from the top down have a negative height.
    let header = try ImageHeader(format: .bmp, width: width, height: abs(rows))
    guard [1, 2, 4, 8, 16, 24, 32].contains(bits) else {
      throw ImageFormat.bmp.corrupt("header says \(bits) bits per pixel")
    }
    if compression == Compression.none || compression == Compression.bitFields {
      let rowBytes = (width * bits + 31) / 32 * 4
      try ImageFormat.bmp.check(bytes, has: productSum(rowBytes, header.height, plus: offset))
    }
    return header
  }
}
