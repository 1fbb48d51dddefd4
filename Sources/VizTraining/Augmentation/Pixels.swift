public import VizImage
internal import VizInput

/// A picture while it is augmented: bytes of gray, or of red, then of green, then of blue.
///
///     sample(x, y, c) = samples[(c · height + y) · width + x]
public struct Pixels: Equatable, Sendable {
  public let width: Int
  public let height: Int
  /// 1 or 3.
  public let channels: Int
  public let samples: [UInt8]

  public init(width: Int, height: Int, channels: Int, samples: [UInt8]) {
    precondition(width > 0 && height > 0, "a picture of \(width)×\(height)")
    precondition(channels == 1 || channels == 3, "a picture of \(channels) channels")
    precondition(
      samples.count == width * height * channels,
      "\(samples.count) samples for \(width)×\(height)×\(channels)")
    self.width = width
    self.height = height
    self.channels = channels
    self.samples = samples
  }

  /// A picture of any kind: over white, in bytes, in gray or in colour.
  public init(_ image: Image, channels: Int) {
    let bytes = image.opaqueBytes
    let planes =
      channels == 1
      ? [bytes.grayscale]
      : bytes.layout.hasColor ? bytes.colorPlanes : Array(repeating: bytes.grayscale, count: 3)
    self.init(
      width: image.width, height: image.height, channels: channels,
      samples: planes.flatMap { $0.samples(as: UInt8.self) })
  }

  public var image: Image {
    Image(
      planes: (0..<channels).map { c in
        Plane(width: width, height: height, samples: Array(samples[plane(c)]))
      }, jobs: 1)
  }

  var planeSize: Int { width * height }

  /// Where the samples of a channel stand.
  func plane(_ c: Int) -> Range<Int> { c * planeSize..<(c + 1) * planeSize }
}
