/// What a file says of its picture before any pixel is decoded.
public struct ImageHeader: Sendable, Equatable {
  public let format: ImageFormat
  /// Sides as stored, before the orientation is applied.
  public let width: Int
  public let height: Int
  /// As far as it is known before the pixels; PNG may carry it behind them.
  public let orientation: Orientation
  /// The colour profile, where a format has it in its header.
  let profile: [UInt8]?

  /// Throws unless both sides are positive.
  init(
    format: ImageFormat, width: Int, height: Int, orientation: Orientation = .upright,
    profile: [UInt8]? = nil
  ) throws(ImageError) {
    guard width > 0, height > 0 else {
      throw .corrupt(format: format.name, detail: "header says \(width)×\(height) pixels")
    }
    self.format = format
    self.width = width
    self.height = height
    self.orientation = orientation
    self.profile = profile
  }
}

extension ImageFormat {
  func corrupt(_ detail: String) -> ImageError { .corrupt(format: name, detail: detail) }

  var endsInHeader: ImageError { corrupt("ends early (inside its header)") }

  /// Throws unless a file has the bytes that its header demands.
  func check(_ bytes: ByteView, has expected: Int?) throws(ImageError) {
    guard let expected else { throw corrupt("header demands an impossible number of bytes") }
    guard bytes.count >= expected else {
      throw corrupt("ends early (\(bytes.count) of \(expected) bytes)")
    }
  }
}

/// a · b + c where all are known and nothing overflows.
func productSum(_ a: Int, _ b: Int, plus c: Int = 0) -> Int? {
  let (product, overflow) = a.multipliedReportingOverflow(by: b)
  let (sum, more) = product.addingReportingOverflow(c)
  return overflow || more ? nil : sum
}
