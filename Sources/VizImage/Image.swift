package import VizKernels

/// Which channels a pixel has, in the order they are stored.
public enum ChannelLayout: String, Sendable, CaseIterable {
  case gray, grayAlpha, rgb, rgba

  /// The layout of so many channels.
  public init(hasColor: Bool, hasAlpha: Bool) {
    self = hasColor ? (hasAlpha ? .rgba : .rgb) : (hasAlpha ? .grayAlpha : .gray)
  }

  /// Samples of one pixel.
  public var channels: Int {
    switch self {
    case .gray: 1
    case .grayAlpha: 2
    case .rgb: 3
    case .rgba: 4
    }
  }

  public var hasAlpha: Bool { self == .grayAlpha || self == .rgba }
  public var hasColor: Bool { self == .rgb || self == .rgba }
  /// Channels without alpha.
  public var colorChannels: Int { hasColor ? 3 : 1 }
}

/// What a file says of its picture beside the pixels, kept through a filter.
public struct ImageMetadata: Sendable, Equatable {
  /// The ICC colour profile, as the file holds it.
  public var iccProfile: [UInt8]?

  public init(iccProfile: [UInt8]? = nil) {
    self.iccProfile = iccProfile
  }
}

/// A picture as a codec gives it: interleaved samples, rows without gaps between them.
///
///     sample(x, y, c) = samples[(y · width + x) · channels + c]
///
/// Integer samples span their type's range (0…255, 0…65535); Float samples 0…1. Alpha is not
/// premultiplied.
public struct Image: Sendable {
  public let width: Int
  public let height: Int
  public let layout: ChannelLayout
  public let sampleType: SampleType
  public var metadata: ImageMetadata
  package let storage: SampleBuffer

  /// An image over a buffer that its maker has filled.
  package init(
    width: Int, height: Int, layout: ChannelLayout, sampleType: SampleType,
    storage: SampleBuffer, metadata: ImageMetadata = ImageMetadata()
  ) {
    precondition(width > 0 && height > 0, "an image of \(width)×\(height) pixels")
    precondition(
      storage.byteCount >= width * height * layout.channels * sampleType.byteCount,
      "\(storage.byteCount) bytes for \(width)×\(height) \(layout) \(sampleType) pixels")
    self.width = width
    self.height = height
    self.layout = layout
    self.sampleType = sampleType
    self.storage = storage
    self.metadata = metadata
  }

  /// An image of the given interleaved samples.
  public init<S: Sample>(
    width: Int, height: Int, layout: ChannelLayout, samples: [S],
    metadata: ImageMetadata = ImageMetadata()
  ) {
    precondition(
      samples.count == width * height * layout.channels,
      "\(samples.count) samples for \(width)×\(height) \(layout)")
    self.init(
      width: width, height: height, layout: layout, sampleType: S.sampleType,
      storage: SampleBuffer(samples), metadata: metadata)
  }

  /// All samples, interleaved; `S` is the image's own sample type.
  public func samples<S: Sample>(as type: S.Type) -> [S] {
    precondition(S.sampleType == sampleType, "\(sampleType) samples read as \(S.sampleType)")
    return storage.elements(of: S.self, count: width * height * layout.channels)
  }
}
