internal import CShims
internal import VizKernels

/// Formats that OpenCV's imgcodecs writes. The library is loaded by the first call.
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
    case .bmp: Limits(sampleTypes: [.uint8], holdsGray: true, holdsAlpha: true)
    case .pfm: Limits(sampleTypes: [.float], holdsGray: true, holdsAlpha: false)
    case .jpeg2000: Limits(sampleTypes: [.uint8, .uint16], holdsGray: true, holdsAlpha: true)
    case .radiance: Limits(sampleTypes: [.float], holdsGray: false, holdsAlpha: false)
    case .sunRaster: Limits(sampleTypes: [.uint8], holdsGray: true, holdsAlpha: false)
    case .png, .jpeg, .pnm, .pam: nil
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
    let image = try fitted(image, to: limits, format)
    let quality = format == .webp ? options.quality : 0
    let message = CMessage()
    var picture = unsafe viz_codec_picture(
      owner: nil, samples: image.storage.bytes, width: image.width, height: image.height,
      channels: Int32(image.layout.channels), sample_bytes: Int32(image.sampleType.byteCount))
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    let status = unsafe viz_codec_encode(
      &picture, "." + format.extensions[0], Int32(quality), &bytes, &count, message.pointer)
    guard status != VIZ_CODEC_FAILED else {
      throw .notRepresentable(format: format.name, detail: "the picture \(message.text)")
    }
    try OpenCVLibrary.check(status, of: format, message)
    defer { unsafe viz_free(bytes) }
    return unsafe [UInt8](UnsafeBufferPointer(start: bytes, count: count))
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
