internal import VizKernels

/// The samples of a TIFF file on their way into a picture.
struct TIFFSamples {
  let header: ImageHeader
  let layout: TIFFLayout
  let file: TIFFFile

  /// Strips go where they belong, as they are.
  func asStored() throws(ImageError) -> Image {
    let type: SampleType =
      switch layout.coding {
      case .unsigned(let bits): bits == 8 ? .uint8 : .uint16
      case .signed16: .int16
      case .float: .float
      }
    let parts = layout.parts
    let storage = SampleBuffer(byteCount: parts.rowBytes * header.height)
    for index in 0..<parts.count {
      let place = parts.place(of: index)
      let target = unsafe UnsafeMutableRawBufferPointer(
        start: storage.bytes + place.y * parts.rowBytes, count: place.byteCount)
      unsafe try file.readPart(index, isTiled: false, into: target)
    }
    return Image(
      width: header.width, height: header.height, layout: layout.channels, sampleType: type,
      storage: storage)
  }

  /// Samples of any depth, in planes or not, in strips or tiles.
  func unpacked() throws(ImageError) -> Image {
    switch layout.coding {
    case .unsigned(let bits) where bits <= 8:
      try unpackedIntegers(bits: bits, as: UInt8.self)
    case .unsigned(let bits):
      try unpackedIntegers(bits: bits, as: UInt16.self)
    case .signed16:
      try image { (row, i) in
        unsafe row.unsafeLoadUnaligned(fromByteOffset: 2 * i, as: Int16.self)
      }
    case .float(bits: 16):
      try floats { (row, i) in
        let bits = unsafe row.unsafeLoadUnaligned(fromByteOffset: 2 * i, as: UInt16.self)
        return Float(Float16(bitPattern: bits))
      }
    case .float(bits: 32):
      try floats { (row, i) in
        unsafe row.unsafeLoadUnaligned(fromByteOffset: 4 * i, as: Float.self)
      }
    case .float:
      try floats { (row, i) in
        Float(unsafe row.unsafeLoadUnaligned(fromByteOffset: 8 * i, as: Double.self))
      }
    }
  }

  private func unpackedIntegers<S: Sample & FixedWidthInteger>(
    bits: Int, as type: S.Type
  ) throws(ImageError) -> Image {
    let maximum = (1 << bits) - 1
    let top = Int(S.max)
    let isInverted = layout.photometric == .whiteIsZero
    let values: [S] = (0...maximum).map { stored in
      let value = isInverted ? maximum - stored : stored
      return S((value * top + maximum / 2) / maximum)
    }
    func straight(alpha: S, color: S) -> S {
      guard alpha > 0 else { return 0 }
      return S(min(top, (Int(color) * top + Int(alpha) / 2) / Int(alpha)))
    }
    return try image(finish: straight) { (row, i) in
      values[Self.integer(in: row, at: i, bits: bits)]
    }
  }

  private func floats(_ read: (RawSpan, Int) -> Float) throws(ImageError) -> Image {
    try image(finish: { alpha, color in alpha > 0 ? color / alpha : 0 }, read: read)
  }

  /// Palette colours, of which files use the upper 8 of 16 bits.
  func colored(by map: [Int]) throws(ImageError) -> Image {
    let count = 1 << layout.coding.bits
    guard map.count >= 3 * count else { throw ImageFormat.tiff.corrupt("has no whole palette") }
    let indices = try image { (row, i) in
      UInt8(Self.integer(in: row, at: i, bits: layout.coding.bits))
    }
    let samples = indices.samples(as: UInt8.self).flatMap { index in
      (0..<3).map { UInt8(truncatingIfNeeded: map[$0 * count + Int(index)] >> 8) }
    }
    return Image(width: header.width, height: header.height, layout: .rgb, samples: samples)
  }

  /// Pixels that libtiff makes 8-bit RGB.
  func converted() throws(ImageError) -> Image {
    let pixels = try file.readRGBA(width: header.width, height: header.height)
    return try Image(width: header.width, height: header.height, layout: .rgb) {
      (samples: inout MutableSpan<UInt8>) throws(ImageError) in
      for (i, pixel) in pixels.enumerated() {
        for c in 0..<3 { samples[3 * i + c] = UInt8(truncatingIfNeeded: pixel >> (8 * c)) }
      }
    }
  }

  /// The unsigned number of so many bits at an index of a row, which is packed from the top.
  private static func integer(in row: RawSpan, at i: Int, bits: Int) -> Int {
    switch bits {
    case 8:
      return Int(unsafe row.unsafeLoadUnaligned(fromByteOffset: i, as: UInt8.self))
    case 16:
      return Int(unsafe row.unsafeLoadUnaligned(fromByteOffset: 2 * i, as: UInt16.self))
    default:
      var value = 0
      for bit in i * bits..<(i + 1) * bits {
        let byte = unsafe row.unsafeLoadUnaligned(fromByteOffset: bit / 8, as: UInt8.self)
        value = value << 1 | Int(byte >> (7 - bit % 8) & 1)
      }
      return value
    }
  }

  /// A picture of what `read` gives for each sample of a row; `finish` takes a premultiplied alpha
  /// out of a colour again.
  private func image<S: Sample & ExpressibleByIntegerLiteral>(
    finish: ((_ alpha: S, _ color: S) -> S)? = nil, read: (RawSpan, Int) -> S
  ) throws(ImageError) -> Image {
    let channels = layout.photometric == .palette ? ChannelLayout.gray : layout.channels
    let perPixel = layout.isPlanar ? 1 : channels.channels
    let parts = layout.parts
    return try Image(width: header.width, height: header.height, layout: channels) {
      (samples: inout MutableSpan<S>) throws(ImageError) in
      for index in 0..<parts.count {
        let place = parts.place(of: index)
        let bytes = try file.part(index, isTiled: parts.isTiled, byteCount: place.byteCount)
        for y in 0..<place.height {
          let row = unsafe bytes.span.bytes.extracting(
            y * parts.rowBytes..<(y + 1) * parts.rowBytes)
          var target = ((place.y + y) * header.width + place.x) * channels.channels + place.plane
          for x in 0..<place.width {
            for c in 0..<perPixel { samples[target + c] = read(row, x * perPixel + c) }
            target += channels.channels
          }
        }
      }
      guard layout.isPremultiplied, let finish else { return }
      for start in stride(from: 0, to: samples.count, by: channels.channels) {
        let alpha = samples[start + channels.colorChannels]
        for c in 0..<channels.colorChannels {
          samples[start + c] = finish(alpha, samples[start + c])
        }
      }
    }
  }
}

extension Image {
  /// An image whose samples, zeros at first, are written by `fill`.
  init<S: Sample & ExpressibleByIntegerLiteral>(
    width: Int, height: Int, layout: ChannelLayout, metadata: ImageMetadata = ImageMetadata(),
    fill: (inout MutableSpan<S>) throws(ImageError) -> Void
  ) throws(ImageError) {
    let count = width * height * layout.channels
    let storage = SampleBuffer(byteCount: count * S.sampleType.byteCount)
    let start = unsafe storage.bytes.initializeMemory(as: S.self, repeating: 0, count: count)
    var samples = unsafe MutableSpan<S>(_unsafeStart: start, count: count)
    try fill(&samples)
    self.init(
      width: width, height: height, layout: layout, sampleType: S.sampleType, storage: storage,
      metadata: metadata)
  }
}
