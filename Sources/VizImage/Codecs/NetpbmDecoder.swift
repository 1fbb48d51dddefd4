internal import VizKernels

/// PNM (P1…P6) and PAM (P7), without any library.
///
/// Samples are stretched from 0…maximum to the whole range of 8 or 16 bits; bits are black and white.
enum NetpbmDecoder {
  static func header(of bytes: ByteView, as format: ImageFormat) throws(ImageError) -> ImageHeader {
    try NetpbmHeader(bytes, format: format).image
  }

  /// Reads a picture whose header has been checked against the limits.
  static func decode(
    _ bytes: ByteView, format: ImageFormat
  ) throws(ImageError) -> (Image, Orientation) {
    let header = try NetpbmHeader(bytes, format: format)
    try header.checkLength(of: bytes)
    let (width, height) = (header.image.width, header.image.height)
    let count = width * height * header.layout.channels
    let storage = SampleBuffer(byteCount: count * header.sampleType.byteCount)
    if header.sampleType == .uint8 {
      try fill(storage, with: UInt8.self, from: bytes, header)
    } else {
      try fill(storage, with: UInt16.self, from: bytes, header)
    }
    let image = Image(
      width: width, height: height, layout: header.layout, sampleType: header.sampleType,
      storage: storage)
    return (image, .upright)
  }

  private static func fill<S: Sample & FixedWidthInteger>(
    _ storage: SampleBuffer, with type: S.Type, from bytes: ByteView, _ header: NetpbmHeader
  ) throws(ImageError) {
    var reader = NetpbmReader(bytes, format: header.image.format, offset: header.offset)
    let rowSamples = header.image.width * header.layout.channels
    let (maximum, range) = (header.maximum, Int(S.max))
    if header.coding == .binary, maximum == 255,
      let pixels = bytes.part(at: header.offset, count: rowSamples * header.image.height),
      let start = unsafe pixels.pointer.baseAddress
    {
      unsafe storage.bytes.copyMemory(from: start, byteCount: pixels.count)
      return
    }
    let samples = unsafe storage.bytes.assumingMemoryBound(to: S.self)
    for i in 0..<rowSamples * header.image.height {
      let value: Int
      switch header.coding {
      case .text: value = try reader.sample(digits: 5)
      case .textBits: value = 1 - (try reader.sample(digits: 1))
      case .binary where range == 255: value = Int(bytes[header.offset + i])
      case .binary:
        let at = header.offset + 2 * i
        value = Int(bytes[at]) << 8 | Int(bytes[at + 1])
      case .binaryBits:
        let (y, x) = i.quotientAndRemainder(dividingBy: rowSamples)
        let byte = bytes[header.offset + y * ((rowSamples + 7) / 8) + x / 8]
        value = 1 - Int(byte >> (7 - x % 8) & 1)
      }
      guard (0...maximum).contains(value) else {
        throw header.image.format.corrupt(
          "has a sample of \(value) above its maximum of \(maximum)")
      }
      unsafe samples[i] = S((value * range + maximum / 2) / maximum)
    }
  }
}
