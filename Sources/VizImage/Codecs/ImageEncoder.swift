/// How a picture is written.
public struct EncodingOptions: Sendable {
  /// 1…100, for the formats that lose something: JPEG and WebP.
  public var quality: Int
  /// Texts to keep beside the pixels, such as a legend; PNG only.
  ///
  /// A key has 1…79 ASCII characters.
  public var texts: [(key: String, value: String)]
  /// Threads; the bytes are the same for any number.
  public var jobs: Int

  public init(quality: Int = 90, texts: [(key: String, value: String)] = [], jobs: Int = 1) {
    precondition((1...100).contains(quality), "quality \(quality); expected 1…100")
    precondition(jobs > 0, "\(jobs) jobs")
    self.quality = quality
    self.texts = texts
    self.jobs = jobs
  }
}

/// A picture to the bytes of a file.
///
/// Float samples 0…1 become 16 bits in PNG and 8 in JPEG; 16 bits become 8 where a format has no
/// more. Nothing else is lost quietly: alpha that is not opaque, or signed samples, are an error
/// where the format cannot hold them.
public enum ImageEncoder {
  /// - Throws: ``ImageError`` where the format cannot hold the picture.
  public static func encode(
    _ image: Image, as format: ImageFormat, options: EncodingOptions = EncodingOptions()
  ) throws(ImageError) -> [UInt8] {
    try encode(pixels: image, as: format, options: options, times: WorkTimes())
  }

  /// PNG by samples or, where there are few colours, by a palette, whichever takes fewer bytes.
  package static func smallestPNG(of image: Image) throws(ImageError) -> [UInt8] {
    let plain = try encode(image, as: .png)
    guard let picture = IndexedPicture(image) else { return plain }
    let indexed = try PNGEncoder.encode(
      picture.indices, palette: picture.palette, options: EncodingOptions(), times: WorkTimes())
    return indexed.count < plain.count ? indexed : plain
  }

  /// The same for pixels that may be made only now, some rows at a time where the format allows it.
  package static func encode(
    pixels: some PixelRows, as format: ImageFormat, options: EncodingOptions, times: WorkTimes
  ) throws(ImageError) -> [UInt8] {
    guard pixels.sampleType != .int16 else {
      throw .notRepresentable(format: format.name, detail: "signed 16-bit samples")
    }
    if format == .png, pixels.sampleType != .float {
      return try PNGEncoder.encode(pixels, options: options, times: times)
    }
    let image = try pixels.image()
    if format == .png {
      return try PNGEncoder.encode(image.converted(to: .uint16), options: options, times: times)
    }
    return try times.measuring(.encode) { () throws(ImageError) in
      switch format {
      case .jpeg: try JPEGEncoder.encode(image, options: options)
      case .pbm, .pgm, .ppm, .pnm, .pam: try NetpbmEncoder.encode(image, as: format)
      default: try OpenCVEncoder.encode(image, as: format, options: options)
      }
    }
  }
}
