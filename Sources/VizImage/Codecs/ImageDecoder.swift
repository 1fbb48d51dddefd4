/// Bytes of a file to a picture.
///
/// The size is read first and held against the limits, before anything else of the file is judged;
/// only then is memory taken, and the samples go straight into it. A file that is not whole is refused, not patched up.
public enum ImageDecoder {
  /// The picture in a file's bytes.
  ///
  /// - Throws: ``ImageError`` for an unknown format, a file that breaks its format's rules, one that
  ///   is legal but not supported, or one whose picture is larger than `limits`.
  public static func decode(
    _ bytes: RawSpan, limits: ImageLimits = ImageLimits(), appliesOrientation: Bool = true
  ) throws(ImageError) -> Image {
    try unsafe bytes.withUnsafeBytes { (buffer) throws(ImageError) in
      let view = unsafe ByteView(buffer)
      return try decode(view, limits: limits, appliesOrientation: appliesOrientation)
    }
  }

  /// The picture in a file's bytes.
  public static func decode(
    _ bytes: [UInt8], limits: ImageLimits = ImageLimits(), appliesOrientation: Bool = true
  ) throws(ImageError) -> Image {
    try unsafe decode(bytes.span.bytes, limits: limits, appliesOrientation: appliesOrientation)
  }

  /// The picture in a file's bytes, decoded when it is first worked on where its format comes in rows.
  ///
  /// - Throws: as `decode` does, but damaged samples may show only when they are asked for.
  ///
  /// What is spent on it goes into `times`.
  public static func source(
    of bytes: [UInt8], limits: ImageLimits = ImageLimits(), appliesOrientation: Bool = true,
    times: WorkTimes = WorkTimes()
  ) throws(ImageError) -> PictureSource {
    let source = try times.measuring(.decode) { () throws(ImageError) -> PictureSource? in
      let header = try header(of: bytes)
      try limits.check(width: header.width, height: header.height)
      switch header.format {
      case .png:
        return try PNGDecoder.source(of: bytes, header, appliesOrientation, times)
      case .jpeg:
        return try JPEGDecoder.source(of: bytes, header, appliesOrientation, times)
      default: return nil
      }
    }
    if let source { return source }
    let image = try times.measuring(.decode) { () throws(ImageError) in
      try decode(bytes, limits: limits, appliesOrientation: appliesOrientation)
    }
    return PictureSource(image, times: times)
  }

  /// Whether a file that starts with these bytes has a format that can be read.
  public static func recognizes(_ start: [UInt8]) -> Bool {
    unsafe start.withUnsafeBytes { unsafe ImageFormat(sniffing: ByteView($0)) != nil }
  }

  /// Format and size of the picture in a file's bytes; nothing is decoded.
  public static func header(of bytes: RawSpan) throws(ImageError) -> ImageHeader {
    try unsafe bytes.withUnsafeBytes { (buffer) throws(ImageError) in
      let view = unsafe ByteView(buffer)
      return try header(of: view)
    }
  }

  /// Format and size of the picture in a file's bytes; nothing is decoded.
  public static func header(of bytes: [UInt8]) throws(ImageError) -> ImageHeader {
    try unsafe header(of: bytes.span.bytes)
  }

  private static func decode(
    _ bytes: ByteView, limits: ImageLimits, appliesOrientation: Bool
  ) throws(ImageError) -> Image {
    let header = try header(of: bytes)
    try limits.check(width: header.width, height: header.height)
    let (image, orientation) =
      switch header.format {
      case .png: try PNGDecoder.decode(bytes, header: header)
      case .jpeg: try JPEGDecoder.decode(bytes, header: header)
      case .pbm, .pgm, .ppm, .pnm, .pam: try NetpbmDecoder.decode(bytes, format: header.format)
      case .tiff: try TIFFDecoder.decode(bytes, header: header)
      case .bmp: try BMPDecoder.decode(bytes, header: header)
      case .radiance: try RadianceDecoder.decode(bytes)
      case .sunraster: try SunRasterDecoder.decode(bytes, header: header)
      case .webp, .pfm, .jpeg2000: try OpenCVDecoder.decode(bytes, header: header)
      }
    return appliesOrientation ? image.oriented(by: orientation) : image
  }

  private static func header(of bytes: ByteView) throws(ImageError) -> ImageHeader {
    guard let format = ImageFormat(sniffing: bytes) else {
      throw .unknownFormat(found: ImageFormat.describe(bytes))
    }
    return switch format {
    case .png: try PNGDecoder.header(of: bytes)
    case .jpeg: try JPEGDecoder.header(of: bytes)
    case .webp: try WebPHeader.read(bytes)
    case .tiff: try TIFFDecoder.header(of: bytes)
    case .bmp: try BMPHeader.size(of: bytes)
    case .pbm, .pgm, .ppm, .pnm, .pam: try NetpbmDecoder.header(of: bytes, as: format)
    case .pfm: try PFMHeader.size(of: bytes)
    case .jpeg2000: try JPEG2000Header(bytes).image
    case .radiance: try RadianceDecoder.header(of: bytes)
    case .sunraster: try SunRasterDecoder.header(of: bytes)
    }
  }
}
