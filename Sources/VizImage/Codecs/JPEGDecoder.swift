internal import CShims
internal import VizKernels

/// JPEG through libjpeg-turbo: baseline and progressive; gray stays gray, everything else is RGB.
enum JPEGDecoder: RowDecoder {
  static func header(of bytes: ByteView) throws(ImageError) -> ImageHeader {
    let structure = try JPEGStructure(headerOf: bytes)
    return try ImageHeader(
      format: .jpeg, width: structure.width, height: structure.height,
      orientation: structure.orientation)
  }

  static func shape(of bytes: ByteView, header: ImageHeader) throws(ImageError) -> PictureShape {
    let structure = try JPEGStructure(checking: bytes)
    let layout = try Reader(bytes).layout
    guard layout.width == header.width, layout.height == header.height else {
      throw JPEGStructure.corrupt("has two headers")
    }
    // A profile for CMYK says nothing about the RGB samples made of it.
    return PictureShape(
      width: layout.width, height: layout.height, layout: layout.channels == 1 ? .gray : .rgb,
      sampleType: .uint8,
      metadata: ImageMetadata(iccProfile: layout.is_cmyk != 0 ? nil : structure.profile),
      orientation: structure.orientation)
  }

  static func read(
    _ bytes: ByteView, as shape: PictureShape, into storage: SampleBuffer, _ arrival: RowArrival
  ) throws(ImageError) {
    let reader = try Reader(bytes)
    let message = CMessage()
    let failure = unsafe viz_jpeg_read(
      reader.pointer, storage.bytes, shape.rowBytes, arrival.listener, message.pointer)
    guard failure == 0 else {
      throw JPEGStructure.corrupt("pixels are damaged (\(message.text))")
    }
  }

  /// libjpeg over some bytes, with the header read.
  @safe private struct Reader: ~Copyable {
    let pointer: OpaquePointer
    let layout: viz_jpeg_layout

    init(_ bytes: ByteView) throws(ImageError) {
      var layout = viz_jpeg_layout()
      let message = CMessage()
      guard
        let pointer = unsafe viz_jpeg_open(
          bytes.pointer.baseAddress, bytes.count, &layout, message.pointer)
      else { throw JPEGStructure.corrupt("is damaged (\(message.text))") }
      unsafe self.pointer = unsafe pointer
      self.layout = layout
    }

    deinit { unsafe viz_jpeg_close(pointer) }
  }
}
