internal import CShims
internal import VizImage
internal import VizKernels

/// A file is decoded or refused; a picture that comes out is as its header says.
enum PictureFuzzing {
  /// Small, so that a run is about parsing.
  private static let limits = ImageLimits(maximumPixels: 1 << 14, maximumSide: 1 << 12)

  static func findings(inJPEG bytes: [UInt8]) -> [String] {
    decode(bytes, as: .jpeg).findings
  }

  /// The bytes as they are, and with the check sums of all chunks made right, behind which most of
  /// the decoder lies.
  static func findings(inPNG bytes: [UInt8]) -> [String] {
    roundTrip(bytes) + roundTrip(withRightCheckSums(bytes))
  }

  private static func decode(
    _ bytes: [UInt8], as format: ImageFormat
  ) -> (image: Image?, findings: [String]) {
    do throws(ImageError) {
      let header = try ImageDecoder.header(of: bytes)
      guard header.format == format else { return (nil, []) }
      let image = try ImageDecoder.decode(bytes, limits: limits, appliesOrientation: false)
      let isRight = (image.width, image.height) == (header.width, header.height)
      let size = "\(image.width)×\(image.height) after a header of \(header.width)×\(header.height)"
      return (image, isRight ? [] : [size])
    } catch {
      return (nil, "\(error)".isEmpty ? ["an error without a text"] : [])
    }
  }

  private static func roundTrip(_ bytes: [UInt8]) -> [String] {
    let (image, findings) = decode(bytes, as: .png)
    guard findings.isEmpty, let image else { return findings }
    do throws(ImageError) {
      let again = try ImageDecoder.decode(
        try ImageEncoder.encode(image, as: .png), appliesOrientation: false)
      let isSame =
        again.layout == image.layout && again.sampleType == image.sampleType
        && again.width == image.width && samples(again) == samples(image)
      return isSame ? [] : ["\(image.layout) \(image.sampleType) changed on its way through a file"]
    } catch {
      return ["what was decoded cannot be encoded and decoded again: \(error)"]
    }
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
