internal import CShims
internal import VizKernels

/// JPEG through libjpeg-turbo: baseline and progressive; gray stays gray, everything else is RGB.
enum JPEGDecoder {
  static func header(of bytes: ByteView) throws(ImageError) -> ImageHeader {
    let structure = try JPEGStructure(headerOf: bytes)
    return try ImageHeader(
      format: .jpeg, width: structure.width, height: structure.height,
      orientation: structure.orientation)
  }

  /// Reads a picture whose header has been checked against the limits.
  static func decode(
    _ bytes: ByteView, header: ImageHeader
  ) throws(ImageError) -> (Image, Orientation) {
    let structure = try JPEGStructure(checking: bytes)
    var layout = viz_jpeg_layout()
    let message = CMessage()
    guard
      let reader = unsafe viz_jpeg_open(
        bytes.pointer.baseAddress, bytes.count, &layout, message.pointer)
    else { throw JPEGStructure.corrupt("is damaged (\(message.text))") }
    defer { unsafe viz_jpeg_close(reader) }
    guard layout.width == header.width, layout.height == header.height else {
      throw JPEGStructure.corrupt("has two headers")
    }

    let rowBytes = layout.width * Int(layout.channels)
    let storage = SampleBuffer(byteCount: rowBytes * layout.height)
    guard unsafe viz_jpeg_read(reader, storage.bytes, rowBytes, message.pointer) == 0 else {
      throw JPEGStructure.corrupt("pixels are damaged (\(message.text))")
    }
    // A profile for CMYK says nothing about the RGB samples made of it.
    let image = Image(
      width: layout.width, height: layout.height,
      layout: layout.channels == 1 ? .gray : .rgb, sampleType: .uint8, storage: storage,
      metadata: ImageMetadata(iccProfile: layout.is_cmyk != 0 ? nil : structure.profile))
    return (image, structure.orientation)
  }
}
