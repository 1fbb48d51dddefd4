/// Windows and OS/2 bitmaps, without any library.
///
/// A palette of grays makes a gray picture, any other an RGB one; fields of other than 8 bits are
/// stretched to 0…255. Alpha is there where the header has a mask for it.
struct BMPDecoder {
  private let bytes: ByteView
  private let header: BMPHeader
  private let width: Int
  private let height: Int

  /// Reads a picture whose header has been checked against the limits.
  static func decode(
    _ bytes: ByteView, header: ImageHeader
  ) throws(ImageError) -> (Image, Orientation) {
    let header = try BMPHeader(bytes, image: header)
    let decoder = BMPDecoder(
      bytes: bytes, header: header, width: header.image.width, height: header.image.height)
    let stored =
      switch (header.compression, header.bits) {
      case (.runs8, _), (.runs4, _): try decoder.runs().colored(by: header.palette)
      case (_, ...8): try decoder.indices().colored(by: header.palette)
      case (_, 24): try decoder.triples()
      default: try decoder.fields()
      }
    return (header.isTopDown ? stored : stored.oriented(by: .flipped), .upright)
  }

  private func picture(
    _ layout: ChannelLayout, fill: (inout MutableSpan<UInt8>) throws(ImageError) -> Void
  ) throws(ImageError) -> Image {
    try Image(width: width, height: height, layout: layout, fill: fill)
  }

  /// Bytes of a row, which ends at 32 bits; throws unless the file has all rows.
  private func rowBytes() throws(ImageError) -> Int {
    let rowBytes = (width * header.bits + 31) / 32 * 4
    try ImageFormat.bmp.check(bytes, has: productSum(rowBytes, height, plus: header.offset))
    return rowBytes
  }

  private func indices() throws(ImageError) -> Image {
    let (rowBytes, bits, offset, bytes) = (try rowBytes(), header.bits, header.offset, bytes)
    return try picture(.gray) { (samples) throws(ImageError) in
      for y in 0..<height {
        for x in 0..<width {
          let packed = bytes[offset + y * rowBytes + x * bits / 8]
          let shift = 8 - bits - x * bits % 8
          samples[y * width + x] = packed >> shift & UInt8(1 << bits - 1)
        }
      }
    }
  }

  private func triples() throws(ImageError) -> Image {
    let (rowBytes, offset, bytes) = (try rowBytes(), header.offset, bytes)
    return try picture(.rgb) { (samples) throws(ImageError) in
      for y in 0..<height {
        var (from, to) = (offset + y * rowBytes, 3 * y * width)
        for _ in 0..<width {
          for c in 0..<3 { samples[to + c] = bytes[from + 2 - c] }  // blue comes first
          (from, to) = (from + 3, to + 3)
        }
      }
    }
  }

  /// Pixels of 16 or 32 bits, whose channels are runs of bits.
  private func fields() throws(ImageError) -> Image {
    let (rowBytes, pixelBytes, offset, bytes) = (
      try rowBytes(), header.bits / 8, header.offset, bytes
    )
    let layout = header.masks[3] == 0 ? ChannelLayout.rgb : .rgba
    let fields = header.masks.prefix(layout.channels).map { mask in
      let shift = mask == 0 ? 0 : mask.trailingZeroBitCount
      return (shift: shift, maximum: mask >> shift)
    }
    return try picture(layout) { (samples) throws(ImageError) in
      for y in 0..<height {
        for x in 0..<width {
          let from = offset + y * rowBytes + x * pixelBytes
          let pixel = (0..<pixelBytes).reduce(0) { $0 | Int(bytes[from + $1]) << (8 * $1) }
          let to = (y * width + x) * layout.channels
          for (c, field) in fields.enumerated() where field.maximum > 0 {
            let value = pixel >> field.shift & field.maximum
            samples[to + c] = UInt8((value * 255 + field.maximum / 2) / field.maximum)
          }
        }
      }
    }
  }

  /// Indices as run lengths; pixels that are skipped have index 0.
  ///
  ///     n v     n pixels of v (4 bits: of its two halves in turn)
  ///     0 0     end of the row          0 1     end of the picture
  ///     0 2     skips: two bytes say how far to the right and up
  ///     0 n     n pixels as they are, padded to 16 bits
  private func runs() throws(ImageError) -> Image {
    let endsEarly = ImageFormat.bmp.corrupt("ends early (inside its pixels)")
    let isPacked = header.compression == .runs4
    func index(_ byte: UInt8, _ i: Int) -> UInt8 {
      isPacked ? (i % 2 == 0 ? byte >> 4 : byte & 15) : byte
    }
    return try picture(.gray) { (samples) throws(ImageError) in
      var (x, y, at) = (0, 0, header.offset)
      while y < height {
        // The last row may end without a word.
        if y == height - 1, x == width, !bytes.holds(2, at: at) { return }
        guard bytes.holds(2, at: at) else { throw endsEarly }
        let (count, value) = (Int(bytes[at]), bytes[at + 1])
        at += 2
        switch (count, value) {
        case (0, 0): (x, y) = (0, y + 1)
        case (0, 1): return
        case (0, 2):
          guard bytes.holds(2, at: at) else { throw endsEarly }
          (x, y, at) = (x + Int(bytes[at]), y + Int(bytes[at + 1]), at + 2)
        default:
          let isRun = count > 0
          let length = isRun ? count : Int(value)
          let stored = isRun ? 0 : isPacked ? (length + 1) / 2 : length
          guard bytes.holds(stored, at: at) else { throw endsEarly }
          guard x + length <= width else {
            throw ImageFormat.bmp.corrupt("has a run beyond the end of row \(y)")
          }
          for i in 0..<length {
            let byte = isRun ? value : bytes[at + (isPacked ? i / 2 : i)]
            samples[y * width + x + i] = index(byte, i)
          }
          (x, at) = (x + length, at + stored + stored % 2)
        }
      }
    }
  }
}
