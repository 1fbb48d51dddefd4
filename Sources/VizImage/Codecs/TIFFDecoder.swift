internal import CShims
internal import VizKernels

/// TIFF: what libtiff decompresses, put in order here.
///
/// Unsigned samples of up to 8 bits become 8 and of up to 16 bits 16, stretched to the whole range;
/// signed 16 bits and floats stay. Palettes, CMYK, YCbCr and CIELAB become RGB.
enum TIFFDecoder {
  static func header(of bytes: ByteView) throws(ImageError) -> ImageHeader {
    let directory = try directory(of: bytes)
    guard let width = directory.integer(TIFFDirectory.Tag.width),
      let height = directory.integer(TIFFDirectory.Tag.height)
    else { throw ImageFormat.tiff.corrupt("does not say its width and height") }
    return try ImageHeader(
      format: .tiff, width: width, height: height, orientation: directory.orientation,
      profile: directory.values(TIFFDirectory.Tag.iccProfile)?.bytes.array)
  }

  private static func directory(of bytes: ByteView) throws(ImageError) -> TIFFDirectory {
    guard let directory = TIFFDirectory(bytes) else {
      throw ImageFormat.tiff.corrupt("ends early (its directory is not in the file)")
    }
    return directory
  }

  /// Reads a picture whose header has been checked against the limits.
  static func decode(
    _ bytes: ByteView, header: ImageHeader
  ) throws(ImageError) -> (Image, Orientation) {
    let directory = try directory(of: bytes)
    let layout = try TIFFLayout(directory, header)
    let file = try TIFFFile(bytes)
    try file.checkCompression(directory.integer(TIFFDirectory.Tag.compression) ?? 1)
    let samples = TIFFSamples(header: header, layout: layout, file: file)
    var image =
      if layout.photometric.isConverted {
        try samples.converted()
      } else if layout.isStoredAsIs {
        try samples.asStored()
      } else if layout.photometric == .palette {
        try samples.colored(by: directory.integers(TIFFDirectory.Tag.colorMap))
      } else {
        try samples.unpacked()
      }
    // A profile for CMYK or CIELAB says nothing about the RGB samples made of it.
    let keepsProfile = ![.separated, .cieLab].contains(layout.photometric)
    image.metadata = ImageMetadata(iccProfile: keepsProfile ? header.profile : nil)
    return (image, header.orientation)
  }
}

/// A TIFF file that libtiff has opened; the bytes outlive it.
@safe final class TIFFFile {
  private let reader: OpaquePointer

  init(_ bytes: ByteView) throws(ImageError) {
    var reader: OpaquePointer?
    let message = CMessage()
    let status = unsafe viz_tiff_open(
      bytes.pointer.baseAddress, bytes.count, &reader, message.pointer)
    try OpenCVLibrary.check(status, of: .tiff, message)
    guard let reader = unsafe reader else { throw ImageFormat.tiff.corrupt("is damaged") }
    unsafe self.reader = unsafe reader
  }

  deinit { unsafe viz_tiff_close(reader) }

  /// Throws where libtiff was built without a way of compression.
  func checkCompression(_ number: Int) throws(ImageError) {
    guard let number = UInt16(exactly: number), viz_tiff_decompresses(number) != 0 else {
      throw TIFFLayout.unsupported("compression \(number)", "one that libtiff was built with")
    }
  }

  /// Decompresses a strip or tile.
  func readPart(
    _ index: Int, isTiled: Bool, into target: UnsafeMutableRawBufferPointer
  ) throws(ImageError) {
    let status = unsafe viz_tiff_read_part(
      reader, isTiled ? 1 : 0, UInt32(index), target.baseAddress, target.count)
    guard status == 0 else { throw Self.damaged(index, isTiled: isTiled) }
  }

  /// Decompresses a strip or tile of so many bytes.
  func part(_ index: Int, isTiled: Bool, byteCount: Int) throws(ImageError) -> [UInt8] {
    var isWhole = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { target, count in
      let status = unsafe viz_tiff_read_part(
        reader, isTiled ? 1 : 0, UInt32(index), target.baseAddress, byteCount)
      isWhole = status == 0
      count = isWhole ? byteCount : 0
    }
    guard isWhole else { throw Self.damaged(index, isTiled: isTiled) }
    return bytes
  }

  private static func damaged(_ index: Int, isTiled: Bool) -> ImageError {
    ImageFormat.tiff.corrupt("pixels are damaged (\(isTiled ? "tile" : "strip") \(index))")
  }

  /// All pixels, converted by libtiff: red in the lowest byte.
  func readRGBA(width: Int, height: Int) throws(ImageError) -> [UInt32] {
    var isWhole = false
    let pixels = unsafe [UInt32](unsafeUninitializedCapacity: width * height) { target, count in
      isWhole =
        unsafe viz_tiff_read_rgba(reader, UInt32(width), UInt32(height), target.baseAddress) == 0
      count = isWhole ? width * height : 0
    }
    guard isWhole else { throw ImageFormat.tiff.corrupt("pixels are damaged") }
    return pixels
  }
}
