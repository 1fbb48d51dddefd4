internal import VizKernels

/// PNM (binary P5 and P6) and PAM, without any library; a comment says who wrote the file.
enum NetpbmEncoder {
  static func encode(_ image: Image, as format: ImageFormat) throws(ImageError) -> [UInt8] {
    var image = image.sampleType == .float ? image.converted(to: .uint16) : image
    if format == .pnm { image = try image.withoutAlpha(for: .pnm) }
    let header = format == .pnm ? pnmHeader(of: image) : pamHeader(of: image)
    let count = image.width * image.height * image.layout.channels
    let isDeep = image.sampleType == .uint16
    var file = Array(header.utf8)
    file.reserveCapacity(file.count + count * image.sampleType.byteCount)
    if isDeep {
      for sample in image.samples(as: UInt16.self) {
        file.append(UInt8(sample >> 8))
        file.append(UInt8(sample & 0xff))
      }
    } else {
      file += image.samples(as: UInt8.self)
    }
    return file
  }

  private static func pnmHeader(of image: Image) -> String {
    "\(image.layout.hasColor ? "P6" : "P5")\n# \(ImageMarker.software)\n"
      + "\(image.width) \(image.height)\n\(Int(image.sampleType.range.upperBound))\n"
  }

  private static func pamHeader(of image: Image) -> String {
    let kind =
      (image.layout.hasColor ? "RGB" : "GRAYSCALE") + (image.layout.hasAlpha ? "_ALPHA" : "")
    return "P7\n# \(ImageMarker.software)\nWIDTH \(image.width)\nHEIGHT \(image.height)\n"
      + "DEPTH \(image.layout.channels)\nMAXVAL \(Int(image.sampleType.range.upperBound))\n"
      + "TUPLTYPE \(kind)\nENDHDR\n"
  }
}
