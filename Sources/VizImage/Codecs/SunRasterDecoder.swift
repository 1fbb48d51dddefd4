/// Sun raster pictures, without any library: 1, 8, 24 and 32 bits, with or without run lengths.
/// - Source: SunOS 4.1, rasterfile(5).
struct SunRasterDecoder {
  private enum Kind {
    static let runs = 2, rgb = 3
    static let all = 0...3
  }

  static func header(of bytes: ByteView) throws(ImageError) -> ImageHeader {
    guard let width = bytes.uint32(at: 4, .big), let height = bytes.uint32(at: 8, .big) else {
      throw ImageFormat.sunraster.endsInHeader
    }
    return try ImageHeader(format: .sunraster, width: width, height: height)
  }

  /// Reads a picture whose header has been checked against the limits.
  static func decode(
    _ bytes: ByteView, header: ImageHeader
  ) throws(ImageError) -> (Image, Orientation) {
    (try SunRasterDecoder(bytes, header).image(), .upright)
  }

  private let bytes: ByteView
  private let header: ImageHeader
  private let bits: Int
  private let kind: Int
  /// Red, green and blue of each index; nil where indices are the samples.
  private let palette: [[UInt8]]?
  /// Where the pixels start.
  private let offset: Int

  private init(_ bytes: ByteView, _ header: ImageHeader) throws(ImageError) {
    let format = ImageFormat.sunraster
    let fields = [12, 20, 24, 28].compactMap { bytes.uint32(at: $0, .big) }
    guard fields.count == 4 else { throw format.endsInHeader }
    let (mapKind, mapLength) = (fields[2], fields[3])
    (bits, kind) = (fields[0], fields[1])
    guard [1, 8, 24, 32].contains(bits) else {
      throw format.corrupt("header says \(bits) bits per pixel; expected 1, 8, 24 or 32")
    }
    guard Kind.all.contains(kind), mapKind <= 1 || mapLength == 0 else {
      throw .unsupported(
        format: format.name, found: "type \(kind) and map type \(mapKind)",
        expected: "types 0 to 3, and an RGB map or none")
    }
    guard let map = bytes.part(at: 32, count: mapLength) else { throw format.endsInHeader }
    let colors = mapLength / 3
    palette =
      mapKind == 1 && colors > 0 && bits <= 8
      ? (0..<colors).map { i in (0..<3).map { map[$0 * colors + i] } } : nil
    (self.bytes, self.header, offset) = (bytes, header, 32 + mapLength)
  }

  private func image() throws(ImageError) -> Image {
    // Rows end at 16 bits.
    let rowBytes = (header.width * bits + 15) / 16 * 2
    let pixels = kind == Kind.runs ? try unpacked(rowBytes * header.height) : nil
    if pixels == nil {
      try header.format.check(bytes, has: productSum(rowBytes, header.height, plus: offset))
    }
    func byte(_ i: Int) -> UInt8 { pixels?[i] ?? bytes[offset + i] }
    if bits > 8 {
      let first = bits / 8 - 3  // 32 bits: a byte without meaning, then the colours
      return try Image(width: header.width, height: header.height, layout: .rgb) {
        (samples: inout MutableSpan<UInt8>) throws(ImageError) in
        for y in 0..<header.height {
          for x in 0..<header.width {
            let from = y * rowBytes + x * bits / 8 + first
            let to = 3 * (y * header.width + x)
            for c in 0..<3 { samples[to + c] = byte(from + (kind == Kind.rgb ? c : 2 - c)) }
          }
        }
      }
    }
    let indices: Image = try Image(width: header.width, height: header.height, layout: .gray) {
      (samples: inout MutableSpan<UInt8>) throws(ImageError) in
      for y in 0..<header.height {
        for x in 0..<header.width {
          let packed = byte(y * rowBytes + x * bits / 8)
          samples[y * header.width + x] = bits == 8 ? packed : packed >> (7 - x % 8) & 1
        }
      }
    }
    // Without a map a set bit is black.
    return try indices.colored(by: palette ?? (bits == 1 ? [[255, 255, 255], [0, 0, 0]] : []))
  }

  /// Run lengths: 0x80 n v stands for n + 1 times v, 0x80 0 for 0x80, any other byte for itself.
  private func unpacked(_ count: Int) throws(ImageError) -> [UInt8] {
    // Three bytes make 256 at most.
    guard count / 86 <= bytes.count - offset else { throw endsEarly }
    var result: [UInt8] = []
    result.reserveCapacity(count + 256)
    var at = offset
    while result.count < count {
      guard at < bytes.count else { throw endsEarly }
      if bytes[at] != 0x80 {
        result.append(bytes[at])
        at += 1
        continue
      }
      guard at + 1 < bytes.count else { throw endsEarly }
      let length = Int(bytes[at + 1])
      if length == 0 {
        result.append(0x80)
        at += 2
        continue
      }
      guard at + 2 < bytes.count else { throw endsEarly }
      result += repeatElement(bytes[at + 2], count: length + 1)
      at += 3
    }
    return result
  }

  private var endsEarly: ImageError { header.format.corrupt("ends early (inside its pixels)") }
}
