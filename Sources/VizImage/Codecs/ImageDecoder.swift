/// Bytes of a file to a picture.
///
/// The header is read first and held against the limits; only then is memory taken, and the samples
/// go straight into it. A file that is not whole is refused, not patched up.
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
      case .pnm, .pam: try NetpbmDecoder.decode(bytes, format: header.format)
      default: try OpenCVDecoder.decode(bytes, header: header)
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
    case .tiff: try TIFFHeader.read(bytes)
    case .bmp: try BMPHeader.read(bytes)
    case .pnm, .pam: try NetpbmDecoder.header(of: bytes, as: format)
    case .pfm: try PFMHeader.read(bytes)
    case .jpeg2000: try JPEG2000Header.read(bytes)
    case .radiance: try RadianceHeader.read(bytes)
    }
  }
}
