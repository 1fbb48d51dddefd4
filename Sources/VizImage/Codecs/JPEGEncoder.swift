internal import CShims
internal import VizKernels

/// JPEG through libjpeg-turbo: 8 bits, gray or RGB; full colour resolution from quality 90 on.
enum JPEGEncoder {
  private static let maximumSide = 65_500

  static func encode(_ image: Image, options: EncodingOptions) throws(ImageError) -> [UInt8] {
    guard image.width <= maximumSide, image.height <= maximumSide else {
      throw .notRepresentable(
        format: "JPEG",
        detail: "\(image.width)×\(image.height) pixels; its sides end at \(maximumSide)")
    }
    let image = try image.withoutAlpha(for: .jpeg).converted(to: .uint8)
    let profile = image.writableProfile ?? []
    let message = CMessage()
    var count = 0
    let file = unsafe profile.withUnsafeBytes { profile in
      unsafe ImageMarker.software.withCString { comment in
        var picture = unsafe viz_jpeg_picture(
          samples: image.storage.bytes, width: image.width, height: image.height,
          channels: Int32(image.layout.channels), quality: Int32(options.quality),
          icc: profile.baseAddress, icc_count: profile.count, comment: comment)
        return unsafe viz_jpeg_write(&picture, &count, message.pointer)
      }
    }
    guard let file = unsafe file else {
      throw .notRepresentable(format: "JPEG", detail: message.text)
    }
    defer { unsafe viz_free(file) }
    return unsafe [UInt8](UnsafeBufferPointer(start: file, count: count))
  }
}
