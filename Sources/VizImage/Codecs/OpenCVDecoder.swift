internal import CShims
internal import VizKernels

/// Formats that OpenCV's imgcodecs reads.
///
/// The library is loaded by the first call.
enum OpenCVDecoder {
  /// Reads a picture whose header has been checked against the limits.
  static func decode(
    _ bytes: ByteView, header: ImageHeader
  ) throws(ImageError) -> (Image, Orientation) {
    let depth = try checkedDepth(of: bytes, header)
    var picture = unsafe viz_codec_picture()
    let message = CMessage()
    let status = unsafe viz_codec_decode(
      bytes.pointer.baseAddress, bytes.count, &picture, message.pointer)
    try OpenCVLibrary.check(status, of: header.format, message)
    let image = try unsafe image(of: picture, header: header)
    return (image.stretched(fromBits: depth), header.orientation)
  }

  /// Throws unless the file is whole, which OpenCV does not tell; returns the bits of a sample.
  private static func checkedDepth(
    of bytes: ByteView, _ header: ImageHeader
  ) throws(ImageError) -> Int {
    switch header.format {
    case .jpeg2000: return try JPEG2000Header(bytes).checkedDepth()
    case .pfm: try PFMHeader.checkLength(of: bytes, header)
    default: try WebPHeader.checkChunks(of: bytes)
    }
    return header.format == .pfm ? 32 : 8
  }

  /// Takes over the samples where OpenCV has put them.
  private static func image(
    of picture: viz_codec_picture, header: ImageHeader
  ) throws(ImageError) -> Image {
    let (width, height) = unsafe (picture.width, picture.height)
    let (channels, sampleBytes) = unsafe (Int(picture.channels), Int(picture.sample_bytes))
    let owner = unsafe CodecOwner(picture.owner)
    guard let samples = unsafe picture.samples else { throw header.format.corrupt("is damaged") }
    let storage = unsafe SampleBuffer(
      bytes: samples, byteCount: width * height * channels * sampleBytes
    ) { _ in owner.release() }
    guard width == header.width, height == header.height, [1, 3, 4].contains(channels) else {
      throw header.format.corrupt(
        "pixels are \(width)×\(height), header says \(header.width)×\(header.height)")
    }
    return Image(
      width: width, height: height,
      layout: ChannelLayout(hasColor: channels >= 3, hasAlpha: channels == 4),
      sampleType: sampleBytes == 1 ? .uint8 : sampleBytes == 2 ? .uint16 : .float,
      storage: storage, metadata: ImageMetadata(iccProfile: header.profile))
  }
}

/// The OpenCV matrix that owns a picture's samples; released once, by the buffer's last owner.
@safe private struct CodecOwner: @unchecked Sendable {
  private let pointer: UnsafeMutableRawPointer?

  init(_ pointer: UnsafeMutableRawPointer?) {
    unsafe self.pointer = unsafe pointer
  }

  func release() { unsafe viz_codec_release(pointer) }
}

enum OpenCVLibrary {
  /// Throws what a call into the library came back with.
  static func check(
    _ status: Int32, of format: ImageFormat, _ message: CMessage
  ) throws(ImageError) {
    switch Int(status) {
    case Int(VIZ_CODEC_OK):
      return
    case Int(VIZ_CODEC_MISSING):
      throw .unsupported(
        format: format.name, found: "no library to read or write it (\(message.text))",
        expected: "the package libopencv-imgcodecs to be installed")
    default:
      throw format.corrupt("is damaged (\(message.text))")
    }
  }
}
