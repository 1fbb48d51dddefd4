package import VizKernels

/// One channel of a picture: rows of one sample type, without gaps between them.
///
///     plane[x, y],   0 ≤ x < width, 0 ≤ y < height
///
/// A plane is a value that never changes; filters return new ones.
public struct Plane: Sendable {
  public let width: Int
  public let height: Int
  public let sampleType: SampleType
  package let storage: SampleBuffer

  /// A plane over a buffer that its maker has filled.
  package init(width: Int, height: Int, sampleType: SampleType, storage: SampleBuffer) {
    precondition(width > 0 && height > 0, "a plane of \(width)×\(height) samples")
    precondition(
      storage.byteCount >= width * height * sampleType.byteCount,
      "\(storage.byteCount) bytes for \(width)×\(height) \(sampleType) samples")
    self.width = width
    self.height = height
    self.sampleType = sampleType
    self.storage = storage
  }

  /// A plane of the given samples in row-major order.
  public init<S: Sample>(width: Int, height: Int, samples: [S]) {
    precondition(
      samples.count == width * height, "\(samples.count) samples for \(width)×\(height)")
    self.init(
      width: width, height: height, sampleType: S.sampleType, storage: SampleBuffer(samples))
  }

  /// All samples in row-major order; `S` is the plane's own sample type.
  public func samples<S: Sample>(as type: S.Type) -> [S] {
    precondition(S.sampleType == sampleType, "\(sampleType) samples read as \(S.sampleType)")
    return storage.elements(of: S.self, count: width * height)
  }

  /// All samples in row-major order as Float64, whatever their type.
  public var values: [Double] {
    switch sampleType {
    case .uint8: samples(as: UInt8.self).map(Double.init)
    case .uint16: samples(as: UInt16.self).map(Double.init)
    case .int16: samples(as: Int16.self).map(Double.init)
    case .float: samples(as: Float.self).map(Double.init)
    }
  }

  /// One sample as Float64.
  public subscript(x: Int, y: Int) -> Double {
    precondition(
      0..<width ~= x && 0..<height ~= y, "sample \(x),\(y) of a plane of \(width)×\(height)")
    let i = y * width + x
    return switch sampleType {
    case .uint8: Double(unsafe storage.bytes.load(fromByteOffset: i, as: UInt8.self))
    case .uint16: Double(unsafe storage.bytes.load(fromByteOffset: i * 2, as: UInt16.self))
    case .int16: Double(unsafe storage.bytes.load(fromByteOffset: i * 2, as: Int16.self))
    case .float: Double(unsafe storage.bytes.load(fromByteOffset: i * 4, as: Float.self))
    }
  }
}
