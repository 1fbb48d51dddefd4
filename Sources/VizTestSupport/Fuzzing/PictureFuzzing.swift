internal import CShims
internal import VizImage
internal import VizKernels

/// A file is decoded or refused, at once as in rows; a picture that comes out is as its header says.
enum PictureFuzzing {
  /// Formats whose files are taken apart by this project's own code, TIFF down to its strips.
  static let ownFormats: Set<ImageFormat> = [
    .pbm, .pgm, .ppm, .pam, .bmp, .radiance, .sunraster, .tiff,
  ]

  /// Small, so that a run is about parsing.
  private static let limits = ImageLimits(maximumPixels: 1 << 14, maximumSide: 1 << 12)

  /// Other formats are read up to their header.
  static func findings(in bytes: [UInt8], formats: Set<ImageFormat>) -> [String] {
    decode(bytes, formats).findings
  }

  /// The bytes as they are, and with the check sums of all chunks made right, behind which most of
  /// the decoder lies.
  static func findings(inPNG bytes: [UInt8]) -> [String] {
    let mended = withRightCheckSums(bytes)
    return roundTrip(bytes) + (mended == bytes ? [] : roundTrip(mended))
  }

  private static func decode(
    _ bytes: [UInt8], _ formats: Set<ImageFormat>
  ) -> (image: Image?, findings: [String]) {
    _ = ImageMarker.wasWrittenByUs(bytes)
    do throws(ImageError) {
      let header = try ImageDecoder.header(of: bytes)
      guard formats.contains(header.format) else { return (nil, []) }
      let image = try ImageDecoder.decode(bytes, limits: limits, appliesOrientation: false)
      var findings: [String] = []
      if (image.width, image.height) != (header.width, header.height) {
        findings.append(
          "\(image.width)×\(image.height) after a header of \(header.width)×\(header.height)")
      }
      if [.png, .jpeg].contains(header.format) {
        let rows = try ImageDecoder.source(of: bytes, limits: limits, appliesOrientation: false)
        if !isSame(try rows.image(), image) { findings.append("another picture in rows") }
      }
      let upright = image.oriented(by: header.orientation)
      if upright.width * upright.height != image.width * image.height {
        findings.append("\(upright.width)×\(upright.height) when it is turned")
      }
      return (image, findings)
    } catch {
      return (nil, "\(error)".isEmpty ? ["an error without a text"] : [])
    }
  }

  private static func roundTrip(_ bytes: [UInt8]) -> [String] {
    let (image, findings) = decode(bytes, [.png])
    guard findings.isEmpty, let image else { return findings }
    do throws(ImageError) {
      let again = try ImageDecoder.decode(
        try ImageEncoder.encode(image, as: .png), appliesOrientation: false)
      return isSame(again, image)
        ? [] : ["\(image.layout) \(image.sampleType) changed on its way through a file"]
    } catch {
      return ["what was decoded cannot be encoded and decoded again: \(error)"]
    }
  }

  private static func isSame(_ a: Image, _ b: Image) -> Bool {
    a.layout == b.layout && a.sampleType == b.sampleType && a.width == b.width
      && a.height == b.height && samples(a) == samples(b)
  }

  private static func samples(_ image: Image) -> [UInt8] {
    let count = image.width * image.height * image.layout.channels * image.sampleType.byteCount
    return image.storage.elements(of: UInt8.self, count: count)
  }

  private static func withRightCheckSums(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var start = 8
    while start + 12 <= bytes.count {
      let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - start - 12 else { break }
      let covered = Array(bytes[start + 4..<start + 8 + length])
      let sum = unsafe viz_crc32(0, covered, covered.count)
      for i in 0..<4 {
        bytes[start + 8 + length + i] = UInt8(truncatingIfNeeded: sum >> (24 - 8 * UInt32(i)))
      }
      start += 12 + length
    }
    return bytes
  }
}
