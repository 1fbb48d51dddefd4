internal import VizKernels

/// PNM (binary P4, P5 and P6) and PAM, without any library; a comment says who wrote the file.
enum NetpbmEncoder {
  static func encode(_ image: Image, as format: ImageFormat) throws(ImageError) -> [UInt8] {
    let image = image.sampleType == .float ? image.converted(to: .uint16) : image
    if format == .pam { return file(image, header: pamHeader(of: image)) }
    let opaque = try image.withoutAlpha(for: format)
    switch format {
    case .pbm: return try bits(of: opaque)
    case .ppm:
      let colored = opaque.laidOut(as: .rgb) ?? opaque
      return file(colored, header: pnmHeader(of: colored))
    case .pgm where opaque.layout.hasColor:
      throw .notRepresentable(format: format.name, detail: "colours")
    default:
      return file(opaque, header: pnmHeader(of: opaque))
    }
  }

  private static func file(_ image: Image, header: String) -> [UInt8] {
    let count = image.width * image.height * image.layout.channels
    var file = Array(header.utf8)
    file.reserveCapacity(file.count + count * image.sampleType.byteCount)
    if image.sampleType == .uint16 {
      for sample in image.samples(as: UInt16.self) {
        file.append(UInt8(sample >> 8))
        file.append(UInt8(sample & 0xff))
      }
    } else {
      file += image.samples(as: UInt8.self)
    }
    return file
  }

  /// Eight pixels to a byte; a set bit is black.
  private static func bits(of image: Image) throws(ImageError) -> [UInt8] {
    guard !image.layout.hasColor else {
      throw .notRepresentable(format: ImageFormat.pbm.name, detail: "colours")
    }
    let samples = image.converted(to: .uint8).samples(as: UInt8.self)
    guard samples.allSatisfy({ $0 == 0 || $0 == 255 }) else {
      throw .notRepresentable(
        format: ImageFormat.pbm.name, detail: "shades of gray; it has black and white only")
    }
    var file = Array("P4\n# \(ImageMarker.software)\n\(image.width) \(image.height)\n".utf8)
    let rowBytes = (image.width + 7) / 8
    for y in 0..<image.height {
      var row = [UInt8](repeating: 0, count: rowBytes)
      for x in 0..<image.width where samples[y * image.width + x] == 0 {
        row[x / 8] |= 0x80 >> (x % 8)
      }
      file += row
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
