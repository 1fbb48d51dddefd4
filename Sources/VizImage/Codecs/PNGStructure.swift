/// The chunks of a PNG file, checked before libpng sees them: order, lengths and checksums.
/// - Source: PNG (Third Edition), sections 5 and 11.
struct PNGStructure {
  static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

  struct Chunk {
    let name: String
    /// Where its length stands in the file.
    let offset: Int
    let data: ByteView
  }

  private(set) var exif: ByteView?

  /// Throws unless the file is whole.
  init(checking bytes: ByteView) throws(ImageError) {
    var offset = Self.signature.count
    var last: String?
    var hasPixels = false
    repeat {
      let chunk = try Self.chunk(of: bytes, at: offset)
      guard chunk.data.count + 12 <= bytes.count - offset else {
        throw Self.corrupt("ends early (inside chunk \(chunk.name))")
      }
      try Self.checkSum(of: chunk, in: bytes)
      try Self.checkOrder(of: chunk.name, after: last, hasPixels: hasPixels)
      if chunk.name == "eXIf" { exif = chunk.data }
      if chunk.name == "IDAT" { hasPixels = true }
      last = chunk.name
      offset += chunk.data.count + 12
    } while last != "IEND"
    guard hasPixels else { throw Self.corrupt("has no pixels (no IDAT chunk)") }
  }

  /// Width and height of the first chunk, which must be a valid IHDR.
  static func size(of bytes: ByteView) throws(ImageError) -> (width: Int, height: Int) {
    let chunk = try chunk(of: bytes, at: signature.count)
    guard chunk.name == "IHDR", chunk.data.count == 13,
      let width = chunk.data.uint32(at: 0, .big), let height = chunk.data.uint32(at: 4, .big)
    else { throw corrupt("does not start with its header (chunk IHDR)") }
    try checkSum(of: chunk, in: bytes)
    guard width > 0, height > 0, width < 1 << 31, height < 1 << 31 else {
      throw corrupt("header says \(width)×\(height) pixels")
    }
    try checkSampleKind(depth: chunk.data[8], colorType: chunk.data[9])
    guard chunk.data[10] == 0, chunk.data[11] == 0, chunk.data[12] <= 1 else {
      throw corrupt("header names an unknown compression, filter or interlace method")
    }
    return (width, height)
  }

  private static func checkSampleKind(depth: UInt8, colorType: UInt8) throws(ImageError) {
    let depths: [UInt8]? =
      switch colorType {
      case 0: [1, 2, 4, 8, 16]
      case 2, 4, 6: [8, 16]
      case 3: [1, 2, 4, 8]
      default: nil
      }
    guard let depths else { throw corrupt("header says colour type \(colorType); there is none") }
    guard depths.contains(depth) else {
      throw corrupt("header says \(depth) bits for colour type \(colorType); expected \(depths)")
    }
  }

  /// The chunk at an offset, whose data is inside the file; its checksum may not be.
  static func chunk(of bytes: ByteView, at offset: Int) throws(ImageError) -> Chunk {
    guard let length = bytes.uint32(at: offset, .big),
      let name = bytes.part(at: offset + 4, count: 4)
    else { throw corrupt("ends early (no IEND chunk)") }
    guard name.array.allSatisfy({ (0x41...0x5a).contains($0 & ~0x20) }), length < 1 << 31 else {
      throw corrupt("has no valid chunk at byte \(offset)")
    }
    guard let data = bytes.part(at: offset + 8, count: length) else {
      throw corrupt("ends early (inside chunk \(name.latin1))")
    }
    return Chunk(name: name.latin1, offset: offset, data: data)
  }

  private static func checkSum(of chunk: Chunk, in bytes: ByteView) throws(ImageError) {
    guard let stored = bytes.uint32(at: chunk.offset + 8 + chunk.data.count, .big) else {
      throw corrupt("ends early (inside chunk \(chunk.name))")
    }
    guard let covered = bytes.part(at: chunk.offset + 4, count: chunk.data.count + 4),
      covered.crc32 == UInt32(stored)
    else { throw corrupt("chunk \(chunk.name) has a wrong checksum") }
  }

  /// IHDR first and once, IDAT chunks side by side, no unknown chunk that is not optional.
  private static func checkOrder(
    of name: String, after last: String?, hasPixels: Bool
  ) throws(ImageError) {
    guard (name == "IHDR") == (last == nil) else { throw corrupt("chunk IHDR is not the first") }
    if name == "IDAT", hasPixels, last != "IDAT" {
      throw corrupt("chunks IDAT are not side by side")
    }
    let isCritical = name.utf8.first.map { $0 & 0x20 == 0 } ?? true
    if isCritical, !["IHDR", "PLTE", "IDAT", "IEND"].contains(name) {
      throw .unsupported(
        format: "PNG", found: "chunk \(name), which must not be ignored",
        expected: "IHDR, PLTE, IDAT and IEND")
    }
  }

  static func corrupt(_ detail: String) -> ImageError { .corrupt(format: "PNG", detail: detail) }
}
