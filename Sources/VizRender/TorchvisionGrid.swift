public import VizImage

/// A grid as torchvision's `make_grid` makes it and `save_image` writes it, pixel for pixel.
///
///     grid[c, y, x] = (min(max(v, low), high) − low) / max(high − low, 1e-5)     where `normalizes`
///     pixel = ⌊min(max(255 · grid + 0.5, 0), 255)⌋                               all in Float32
///
/// Gaps of `padding` pixels run around every image and the whole; a single image has none. Images of one
/// channel become gray. NaN, which has no defined byte there, becomes 0.
///
/// - Source: behaviour of torchvision 0.29; numbers in the tests are printed by it.
public struct TorchvisionGrid: Sendable {
  /// Images, each with its one or three channels, all Float and of one size.
  public let images: [[Plane]]
  /// Images of a row; torchvision calls it `nrow`.
  public var columns = 8
  public var padding = 2
  public var paddingValue: Float = 0
  public var normalizes = false
  /// What becomes 0 and 1; nil takes the least and the greatest number.
  public var range: ClosedRange<Double>?
  /// Whether each image has its own least and greatest number.
  public var scalesEach = false

  /// - Precondition: there is an image, and all of them are alike.
  public init(_ images: [[Plane]]) {
    let planes = images.joined()
    guard let first = planes.first else { preconditionFailure("a grid without images") }
    precondition(
      [1, 3].contains(images[0].count)
        && images.allSatisfy { $0.count == images[0].count }
        && planes.allSatisfy {
          $0.width == first.width && $0.height == first.height && $0.sampleType == .float
        }, "images of different sizes, or of other than one or three Float channels")
    self.images = images
  }

  public func image() -> Image {
    precondition(columns > 0 && padding >= 0, "\(columns) columns, \(padding) pixels apart")
    let samples = scaledSamples
    let (width, height) = (images[0][0].width, images[0][0].height)
    let gap = images.count == 1 ? 0 : padding
    let columns = min(columns, images.count)
    let rows = (images.count + columns - 1) / columns
    let pageWidth = (width + gap) * columns + gap
    let pageHeight = (height + gap) * rows + gap
    var pixels = [UInt8](repeating: byte(paddingValue), count: 3 * pageWidth * pageHeight)
    for (k, channels) in samples.enumerated() {
      let (left, top) = (
        gap + k % columns * (width + gap), gap + k / columns * (height + gap)
      )
      for i in 0..<(width * height) {
        let target = 3 * ((top + i / width) * pageWidth + left + i % width)
        for c in 0..<3 { pixels[target + c] = byte(channels[channels.count == 1 ? 0 : c][i]) }
      }
    }
    return Image(width: pageWidth, height: pageHeight, layout: .rgb, samples: pixels)
  }

  /// The numbers of every image and channel, normalised where that is asked for.
  private var scaledSamples: [[[Float]]] {
    let samples = images.map { image in image.map { $0.samples(as: Float.self) } }
    guard normalizes else { return samples }
    let whole = range ?? Self.range(of: samples.joined())
    return samples.map { image in
      let range = range ?? (scalesEach ? Self.range(of: image[...]) : whole)
      return image.map { scaled($0, range) }
    }
  }

  private func scaled(_ samples: [Float], _ range: ClosedRange<Double>) -> [Float] {
    let (low, high) = (Float(range.lowerBound), Float(range.upperBound))
    let extent = Float(max(range.upperBound - range.lowerBound, 1e-5))
    return samples.map { (($0 < low ? low : $0 > high ? high : $0) - low) / extent }
  }

  private static func range(of channels: some Sequence<[Float]>) -> ClosedRange<Double> {
    var (low, high) = (Float.infinity, -Float.infinity)
    for channel in channels {
      for value in channel { (low, high) = (min(low, value), max(high, value)) }
    }
    return low <= high ? Double(low)...Double(high) : 0...0
  }

  private func byte(_ value: Float) -> UInt8 {
    let scaled = value * 255 + 0.5
    return scaled.isNaN ? 0 : UInt8(min(max(scaled, 0), 255))
  }
}
