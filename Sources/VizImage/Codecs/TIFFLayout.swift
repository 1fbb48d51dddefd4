/// How the first picture of a TIFF file stores its samples.
/// - Source: TIFF 6.0, sections 8 and 18.
struct TIFFLayout {
  enum Photometric: Int {
    case whiteIsZero = 0
    case blackIsZero = 1
    case rgb = 2
    case palette = 3
    case separated = 5
    case yCbCr = 6
    case cieLab = 8

    /// Whether libtiff converts its pixels to 8-bit RGB, because they are none of ours.
    var isConverted: Bool { [.separated, .yCbCr, .cieLab].contains(self) }
    var channels: Int {
      switch self {
      case .whiteIsZero, .blackIsZero, .palette: 1
      case .rgb, .yCbCr, .cieLab: 3
      case .separated: 4
      }
    }
  }

  /// The type of a stored sample.
  enum Coding: Equatable {
    /// 1…16 bits, packed from the highest bit on.
    case unsigned(bits: Int)
    case signed16
    case float(bits: Int)
  }

  let photometric: Photometric
  let coding: Coding
  let samplesPerPixel: Int
  let isPremultiplied: Bool
  /// Whether each channel is stored for itself.
  let isPlanar: Bool
  let parts: TIFFParts

  init(_ directory: TIFFDirectory, _ header: ImageHeader) throws(ImageError) {
    typealias Tag = TIFFDirectory.Tag
    samplesPerPixel = directory.integer(Tag.samplesPerPixel) ?? 1
    let kind = directory.integer(Tag.photometric) ?? (samplesPerPixel >= 3 ? 2 : 1)
    guard let photometric = Photometric(rawValue: kind) else {
      throw Self.unsupported(
        "colours of kind \(kind)", "gray, RGB, palette, CMYK, YCbCr or CIELAB")
    }
    self.photometric = photometric
    coding = try Self.coding(of: directory)
    try Self.check(photometric, coding)
    let allowsAlpha = !photometric.isConverted && photometric != .palette
    guard
      (photometric.channels...photometric.channels + (allowsAlpha ? 1 : 0))
        .contains(samplesPerPixel)
    else {
      throw Self.unsupported(
        "\(samplesPerPixel) channels",
        "\(photometric.channels)\(allowsAlpha ? ", and one of alpha" : "")")
    }
    isPremultiplied =
      samplesPerPixel > photometric.channels && directory.integer(Tag.extraSamples) == 1
    isPlanar = samplesPerPixel > 1 && directory.integer(Tag.planarConfiguration) == 2
    parts = try TIFFParts(
      directory, header, planes: isPlanar ? samplesPerPixel : 1,
      pixelBits: coding.bits * (isPlanar ? 1 : samplesPerPixel))
  }

  private static func coding(of directory: TIFFDirectory) throws(ImageError) -> Coding {
    let all = Set(directory.integers(TIFFDirectory.Tag.bitsPerSample))
    guard all.count <= 1 else {
      throw unsupported("samples of different depths", "one depth for all channels")
    }
    let bits = all.first ?? 1
    let format = directory.integer(TIFFDirectory.Tag.sampleFormat) ?? 1
    switch (format, bits) {
    case (1, 1...16), (4, 1...16): return .unsigned(bits: bits)
    case (2, 16): return .signed16
    case (3, 16), (3, 32), (3, 64): return .float(bits: bits)
    default:
      let kind = [1: "unsigned", 2: "signed", 3: "floating-point", 4: "untyped"][format]
      throw unsupported(
        "\(kind ?? "complex") \(bits)-bit samples",
        "unsigned ones of 1 to 16 bits, signed of 16, or floating-point of 16, 32 or 64")
    }
  }

  private static func check(_ photometric: Photometric, _ coding: Coding) throws(ImageError) {
    let isUnsigned = if case .unsigned = coding { true } else { false }
    if photometric.isConverted, coding != .unsigned(bits: 8) {
      throw unsupported(
        "\(coding.bits)-bit samples of CMYK, YCbCr or CIELAB", "8 bits for these")
    }
    if photometric == .palette, !isUnsigned || coding.bits > 8 {
      throw unsupported("a palette for \(coding.bits)-bit samples", "1 to 8 bits")
    }
    if photometric == .whiteIsZero, !isUnsigned {
      throw unsupported(
        "signed or floating-point samples where zero is white", "unsigned ones")
    }
  }

  /// Whether the samples of a picture are those of the file, one for one.
  var isStoredAsIs: Bool {
    let isNative =
      [.unsigned(bits: 8), .unsigned(bits: 16), .signed16, .float(bits: 32)].contains(coding)
    return isNative && !isPlanar && !isPremultiplied && !parts.isTiled
      && [.blackIsZero, .rgb].contains(photometric)
  }

  var channels: ChannelLayout {
    ChannelLayout(
      hasColor: photometric == .palette || photometric.channels >= 3,
      hasAlpha: samplesPerPixel > photometric.channels)
  }

  static func unsupported(_ found: String, _ expected: String) -> ImageError {
    .unsupported(format: ImageFormat.tiff.name, found: found, expected: expected)
  }
}

extension TIFFLayout.Coding {
  var bits: Int {
    switch self {
    case .unsigned(let bits), .float(let bits): bits
    case .signed16: 16
    }
  }
}

/// The strips or tiles that hold a picture, plane after plane.
struct TIFFParts {
  let isTiled: Bool
  let planes: Int
  let width: Int
  let height: Int
  let rowBytes: Int
  /// Whether its bytes are fewer than its pixels say.
  private let isSubsampled: Bool
  private let picture: ImageHeader

  /// Throws unless all of them are inside the file.
  init(
    _ directory: TIFFDirectory, _ header: ImageHeader, planes: Int, pixelBits: Int
  ) throws(ImageError) {
    typealias Tag = TIFFDirectory.Tag
    isTiled = directory.entry(Tag.tileOffsets) != nil
    isSubsampled = directory.integer(Tag.photometric) == TIFFLayout.Photometric.yCbCr.rawValue
    picture = header
    self.planes = planes
    if isTiled {
      width = directory.integer(Tag.tileWidth) ?? 0
      height = directory.integer(Tag.tileHeight) ?? 0
    } else {
      width = header.width
      height = min(directory.integer(Tag.rowsPerStrip) ?? header.height, header.height)
    }
    // A tile may be larger than its picture, but not so that it would take memory by itself.
    let mostPixels = max(header.width * header.height, 1 << 24)
    guard width > 0, height > 0, let pixels = productSum(width, height), pixels <= mostPixels else {
      throw ImageFormat.tiff.corrupt("header says strips or tiles of \(width)×\(height) pixels")
    }
    rowBytes = (width * pixelBits + 7) / 8
    try checkPlaces(in: directory)
  }

  var across: Int { (picture.width + width - 1) / width }
  var down: Int { (picture.height + height - 1) / height }
  var count: Int { across * down * planes }

  /// A part's pixels inside the picture, and the bytes that it decompresses to.
  func place(
    of index: Int
  ) -> (plane: Int, x: Int, y: Int, width: Int, height: Int, byteCount: Int) {
    let (plane, inPlane) = index.quotientAndRemainder(dividingBy: across * down)
    let (x, y) = (inPlane % across * width, inPlane / across * height)
    let rows = min(height, picture.height - y)
    return (
      plane, x, y, min(width, picture.width - x), rows, rowBytes * (isTiled ? height : rows)
    )
  }

  private func checkPlaces(in directory: TIFFDirectory) throws(ImageError) {
    typealias Tag = TIFFDirectory.Tag
    // What a byte can become: none, LZW, deflate, PackBits; blank fax rows and zstd grow the most.
    let growth = [1: 1, 5: 4_096, 8: 1_100, 32_773: 64, 32_946: 1_100]
    let mostBytes = growth[directory.integer(Tag.compression) ?? 1] ?? 1 << 17
    let offsets = directory.integers(isTiled ? Tag.tileOffsets : Tag.stripOffsets)
    let counts = directory.integers(isTiled ? Tag.tileByteCounts : Tag.stripByteCounts)
    guard offsets.count >= count, counts.count >= count else {
      throw ImageFormat.tiff.corrupt("does not say where its pixels are")
    }
    for i in 0..<count {
      guard directory.bytes.holds(counts[i], at: offsets[i]) else {
        throw ImageFormat.tiff.corrupt(
          "ends early (pixels at byte \(offsets[i]), file of \(directory.bytes.count) bytes)")
      }
      let wanted = place(of: i).byteCount
      if !isSubsampled, wanted / mostBytes > counts[i] {
        throw ImageFormat.tiff.corrupt(
          "header says \(wanted) bytes of pixels in \(counts[i]) bytes of the file")
      }
    }
  }
}
