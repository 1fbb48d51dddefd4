internal import CShims
internal import VizKernels

/// PNG through libpng.
///
/// Palettes become RGB, transparency becomes alpha, gray of 1, 2 and 4 bits becomes 8; 16 bits stay.
/// A background colour is not composed, gamma is not applied.
enum PNGDecoder: RowDecoder {
  static func header(of bytes: ByteView) throws(ImageError) -> ImageHeader {
    let (width, height) = try PNGStructure.size(of: bytes)
    return try ImageHeader(format: .png, width: width, height: height)
  }

  static func shape(of bytes: ByteView, header: ImageHeader) throws(ImageError) -> PictureShape {
    let structure = try PNGStructure(checking: bytes)
    let reader = try Reader(bytes)
    let (channels, isDeep) = unsafe (reader.layout.channels, reader.layout.bits_per_sample == 16)
    let profile =
      unsafe reader.layout.icc.map {
        unsafe [UInt8](UnsafeBufferPointer(start: $0, count: reader.layout.icc_count))
      }
    let shape = PictureShape(
      width: header.width, height: header.height,
      layout: ChannelLayout(hasColor: channels >= 3, hasAlpha: channels % 2 == 0),
      sampleType: isDeep ? .uint16 : .uint8, metadata: ImageMetadata(iccProfile: profile),
      orientation: structure.exif.flatMap(TIFFDirectory.init)?.orientation ?? .upright)
    guard unsafe reader.layout.row_bytes == shape.rowBytes else {
      throw PNGStructure.corrupt("rows do not have the length that the header says")
    }
    return shape
  }

  static func read(
    _ bytes: ByteView, as shape: PictureShape, into storage: SampleBuffer, _ arrival: RowArrival
  ) throws(ImageError) {
    let reader = try Reader(bytes)
    let message = CMessage()
    let failure = unsafe viz_png_read(
      reader.pointer, storage.bytes, shape.rowBytes, arrival.listener, message.pointer)
    guard failure == 0 else {
      throw PNGStructure.corrupt("pixels are damaged (\(message.text))")
    }
  }

  /// libpng over some bytes, with the header read.
  @safe private struct Reader: ~Copyable {
    let pointer: OpaquePointer
    let layout: viz_png_layout

    init(_ bytes: ByteView) throws(ImageError) {
      var layout = unsafe viz_png_layout()
      let message = CMessage()
      guard
        let pointer = unsafe viz_png_open(
          bytes.pointer.baseAddress, bytes.count, &layout, message.pointer)
      else { throw PNGStructure.corrupt("is damaged (\(message.text))") }
      unsafe self.pointer = unsafe pointer
      unsafe self.layout = unsafe layout
    }

    deinit { unsafe viz_png_close(pointer) }
  }
}
