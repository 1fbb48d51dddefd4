/// Radiance pictures (RGBE), without any library.
///
///     sample = mantissa · 2^(exponent − 136), 0 where the exponent is 0
///
/// - Source: G. Ward, Real Pixels, Graphics Gems II, 1991; Radiance's `color.c`.
struct RadianceDecoder {
  private struct Head {
    let image: ImageHeader
    let offset: Int
    let isRGBE: Bool
  }

  static func header(of bytes: ByteView) throws(ImageError) -> ImageHeader {
    try head(of: bytes).image
  }

  /// Lines of text, an empty one, and the size.
  private static func head(of bytes: ByteView) throws(ImageError) -> Head {
    var offset = 0
    var previousIsEmpty = false
    var isRGBE = true
    while let end = bytes.firstOffset(of: 0x0a, from: offset), end < 65_536,
      let line = bytes.part(at: offset, count: end - offset)
    {
      if previousIsEmpty {
        let words = line.latin1.split(separator: " ")
        guard words.count == 4, words[0] == "-Y", words[2] == "+X", let height = Int(words[1]),
          let width = Int(words[3])
        else { throw ImageFormat.radiance.corrupt("size is not written as -Y H +X W") }
        let image = try ImageHeader(format: .radiance, width: width, height: height)
        return Head(image: image, offset: end + 1, isRGBE: isRGBE)
      }
      if line.starts(with: "FORMAT=") { isRGBE = line.starts(with: "FORMAT=32-bit_rle_rgbe") }
      previousIsEmpty = line.count == 0
      offset = end + 1
    }
    throw ImageFormat.radiance.endsInHeader
  }

  /// Reads a picture whose header has been checked against the limits.
  static func decode(_ bytes: ByteView) throws(ImageError) -> (Image, Orientation) {
    let head = try head(of: bytes)
    guard head.isRGBE else {
      throw .unsupported(
        format: ImageFormat.radiance.name, found: "other colours than RGB",
        expected: "FORMAT=32-bit_rle_rgbe")
    }
    // Every row takes at least a pixel.
    try head.image.format.check(bytes, has: productSum(head.image.height, 4, plus: head.offset))
    var decoder = RadianceDecoder(bytes: bytes, width: head.image.width, offset: head.offset)
    let scales = (0...255).map {
      $0 == 0 ? 0 : Float(sign: .plus, exponent: $0 - 136, significand: 1)
    }
    let image = try Image(width: head.image.width, height: head.image.height, layout: .rgb) {
      (samples: inout MutableSpan<Float>) throws(ImageError) in
      for y in 0..<head.image.height {
        try decoder.readRow()
        for x in 0..<head.image.width {
          let pixel = decoder.row[x]
          let scale = scales[Int(pixel[3])]
          for c in 0..<3 { samples[3 * (y * head.image.width + x) + c] = Float(pixel[c]) * scale }
        }
      }
    }
    return (image, .upright)
  }

  private let bytes: ByteView
  private var offset: Int
  private var row: [SIMD4<UInt8>]

  private init(bytes: ByteView, width: Int, offset: Int) {
    self.bytes = bytes
    self.offset = offset
    row = Array(repeating: .zero, count: width)
  }

  private mutating func readRow() throws(ImageError) {
    let width = row.count
    let isPacked =
      (8...0x7fff).contains(width) && bytes.starts(with: [2, 2], at: offset)
      && bytes.holds(4, at: offset) && bytes[offset + 2] < 128
    guard isPacked else { return try readPixels() }
    guard bytes.uint16(at: offset + 2, .big) == width else {
      throw ImageFormat.radiance.corrupt("has a row of another width at byte \(offset)")
    }
    offset += 4
    for c in 0..<4 { try readRuns(of: c) }
  }

  /// One channel of a row: n > 128 stands for n − 128 times the next byte, else n bytes follow.
  private mutating func readRuns(of channel: Int) throws(ImageError) {
    var x = 0
    while x < row.count {
      let code = Int(try next())
      let count = code > 128 ? code - 128 : code
      guard count > 0, x + count <= row.count else {
        throw ImageFormat.radiance.corrupt("has an impossible run at byte \(offset - 1)")
      }
      var value: UInt8 = 0
      for i in 0..<count {
        if i == 0 || code <= 128 { value = try next() }
        row[x + i][channel] = value
      }
      x += count
    }
  }

  /// Pixels one by one; 1 1 1 n repeats the last one, n counting in higher bytes each time.
  private mutating func readPixels() throws(ImageError) {
    var x = 0
    var shift = 0
    while x < row.count {
      let pixel = SIMD4(try next(), try next(), try next(), try next())
      guard pixel[0] == 1, pixel[1] == 1, pixel[2] == 1 else {
        row[x] = pixel
        (x, shift) = (x + 1, 0)
        continue
      }
      let count = Int(pixel[3]) << shift
      guard x > 0, shift <= 16, x + count <= row.count else {
        throw ImageFormat.radiance.corrupt("has an impossible run at byte \(offset - 4)")
      }
      for i in x..<x + count { row[i] = row[x - 1] }
      (x, shift) = (x + count, shift + 8)
    }
  }

  private mutating func next() throws(ImageError) -> UInt8 {
    guard offset < bytes.count else {
      throw ImageFormat.radiance.corrupt("ends early (inside its pixels)")
    }
    offset += 1
    return bytes[offset - 1]
  }
}
