internal import CShims
internal import VizKernels

/// Formats that OpenCV's imgcodecs writes.
///
/// The library is loaded by the first call.
enum OpenCVEncoder {
  /// What a format can hold.
  private struct Limits {
    /// Sample types, the one with most information last.
    let sampleTypes: [SampleType]
    let holdsGray: Bool
    let holdsAlpha: Bool
    var maximumSide = 65_535
  }

  private static func limits(of format: ImageFormat) -> Limits? {
    switch format {
    case .webp:
      Limits(sampleTypes: [.uint8], holdsGray: false, holdsAlpha: true, maximumSide: 16_383)
    case .tiff:
      Limits(sampleTypes: [.uint8, .uint16, .float], holdsGray: true, holdsAlpha: true)
    // OpenCV would write alpha, but does not read it back.
    case .bmp: Limits(sampleTypes: [.uint8], holdsGray: true, holdsAlpha: false)
    case .pfm: Limits(sampleTypes: [.float], holdsGray: true, holdsAlpha: false)
    case .jpeg2000: Limits(sampleTypes: [.uint8, .uint16], holdsGray: true, holdsAlpha: true)
    case .radiance: Limits(sampleTypes: [.float], holdsGray: false, holdsAlpha: false)
    case .sunraster: Limits(sampleTypes: [.uint8], holdsGray: true, holdsAlpha: false)
    case .png, .jpeg, .pbm, .pgm, .ppm, .pnm, .pam: nil
    }
  }

  static func encode(
    _ image: Image, as format: ImageFormat, options: EncodingOptions
  ) throws(ImageError) -> [UInt8] {
    guard let limits = limits(of: format) else { preconditionFailure("\(format) has its own") }
    guard image.width <= limits.maximumSide, image.height <= limits.maximumSide else {
      throw .notRepresentable(
        format: format.name,
        detail: "\(image.width)×\(image.height) pixels; its sides end at \(limits.maximumSide)")
    }
    let profile = image.writableProfile
    let image = try fitted(image, to: limits, format)
    let (parameter, value) = parameter(of: format, options: options)
    let message = CMessage()
    var picture = unsafe viz_codec_picture(
      owner: nil, samples: image.storage.bytes, width: image.width, height: image.height,
      channels: Int32(image.layout.channels), sample_bytes: Int32(image.sampleType.byteCount))
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    let status = unsafe viz_codec_encode(
      &picture, "." + format.extensions[0], parameter, value, &bytes, &count, message.pointer)
    guard status != VIZ_CODEC_FAILED else {
      throw .notRepresentable(
        format: format.name, detail: "OpenCV does not write it (\(message.text))")
    }
    try OpenCVLibrary.check(status, of: format, message)
    defer { unsafe viz_free(bytes) }
    let file = unsafe [UInt8](UnsafeBufferPointer(start: bytes, count: count))
    return with(profile, of: image, file, as: format)
  }

  /// OpenCV writes no colour profile, so it is put in afterwards.
  private static func with(
    _ profile: [UInt8]?, of image: Image, _ file: [UInt8], as format: ImageFormat
  ) -> [UInt8] {
    guard let profile else { return file }
    return switch format {
    case .tiff: TIFFProfile.append(profile, to: file) ?? file
    case .webp: WebPProfile.insert(profile, into: file, image)
    default: file
    }
  }

  /// What OpenCV is told beside the picture: one of its ImwriteFlags and a value.
  private static func parameter(
    of format: ImageFormat, options: EncodingOptions
  ) -> (Int32, Int32) {
    switch format {
    case .webp: (64, Int32(options.quality))  // IMWRITE_WEBP_QUALITY
    // IMWRITE_TIFF_COMPRESSION: LZW; without it RGB floats become logarithms of low precision.
    case .tiff: (259, 5)
    // IMWRITE_JPEG2000_COMPRESSION_X1000: keep everything, which is not what OpenCV does unasked.
    case .jpeg2000: (272, 1000)
    default: (0, 0)
    }
  }

  private static func fitted(
    _ image: Image, to limits: Limits, _ format: ImageFormat
  ) throws(ImageError) -> Image {
    var image = limits.holdsAlpha ? image : try image.withoutAlpha(for: format)
    let hasColor = image.layout.hasColor || image.layout.hasAlpha || !limits.holdsGray
    let layout = ChannelLayout(hasColor: hasColor, hasAlpha: image.layout.hasAlpha)
    if let laidOut = image.laidOut(as: layout) { image = laidOut }
    guard let richest = limits.sampleTypes.last, !limits.sampleTypes.contains(image.sampleType)
    else { return image }
    return image.converted(to: richest)
  }
}
