internal import CShims
internal import VizKernels

/// PNG through libpng.
///
/// Palettes become RGB, transparency becomes alpha, gray of 1, 2 and 4 bits becomes 8; 16 bits stay.
/// A background colour is not composed, gamma is not applied.
enum PNGDecoder {
  static func header(of bytes: ByteView) throws(ImageError) -> ImageHeader {
    let (width, height) = try PNGStructure.size(of: bytes)
    return try ImageHeader(format: .png, width: width, height: height)
  }

  /// Reads a picture whose header has been checked against the limits.
  static func decode(
    _ bytes: ByteView, header: ImageHeader
  ) throws(ImageError) -> (Image, Orientation) {
    let structure = try PNGStructure(checking: bytes)
    var layout = unsafe viz_png_layout()
    let message = CMessage()
    guard
      let reader = unsafe viz_png_open(
        bytes.pointer.baseAddress, bytes.count, &layout, message.pointer)
    else { throw PNGStructure.corrupt("is damaged (\(message.text))") }
    defer { unsafe viz_png_close(reader) }

    let channels = unsafe layout.channels
    let isDeep = unsafe layout.bits_per_sample == 16
    let rowBytes = header.width * Int(channels) * (isDeep ? 2 : 1)
    guard unsafe layout.row_bytes == rowBytes else {
      throw PNGStructure.corrupt("rows do not have the length that the header says")
    }
    let storage = SampleBuffer(byteCount: rowBytes * header.height)
    guard unsafe viz_png_read(reader, storage.bytes, rowBytes, message.pointer) == 0 else {
      throw PNGStructure.corrupt("pixels are damaged (\(message.text))")
    }
    let profile =
      unsafe layout.icc.map {
        unsafe [UInt8](UnsafeBufferPointer(start: $0, count: layout.icc_count))
      }
    let image = Image(
      width: header.width, height: header.height,
      layout: ChannelLayout(hasColor: channels >= 3, hasAlpha: channels % 2 == 0),
      sampleType: isDeep ? .uint16 : .uint8, storage: storage,
      metadata: ImageMetadata(iccProfile: profile))
    return (image, structure.exif.flatMap(TIFFDirectory.init)?.orientation ?? .upright)
  }
}

/// Room for the text that a function of CShims leaves where it fails.
@safe final class CMessage {
  let pointer: UnsafeMutablePointer<CChar>

  init() {
    unsafe pointer = .allocate(capacity: Int(VIZ_MESSAGE_CAPACITY))
    unsafe pointer.initialize(repeating: 0, count: Int(VIZ_MESSAGE_CAPACITY))
  }

  deinit { unsafe pointer.deallocate() }

  var text: String { unsafe String(cString: pointer) }
}
