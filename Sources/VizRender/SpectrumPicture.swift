public import VizImage

/// The Fourier spectrum of a picture, brightness by the logarithm of the magnitude, with a line that
/// says where the low and the high frequencies are.
public struct SpectrumPicture: Sendable {
  public let width: Int
  public let height: Int
  /// Log-magnitudes in row-major order, frequency zero at `(width / 2, height / 2)`.
  public let logMagnitudes: [Float]
  public var caption: String
  public var theme: Theme
  public var colormap: Colormap

  public init(
    width: Int, height: Int, logMagnitudes: [Float],
    caption: String = "log magnitude · centre: low frequencies, flat areas · "
      + "borders: high frequencies, fine detail",
    theme: Theme = .light, colormap: Colormap = .gray
  ) {
    precondition(
      width > 0 && height > 0 && logMagnitudes.count == width * height,
      "\(logMagnitudes.count) magnitudes for \(width)×\(height) frequencies")
    self.width = width
    self.height = height
    self.logMagnitudes = logMagnitudes
    self.caption = caption
    self.theme = theme
    self.colormap = colormap
  }

  /// The spectrum pixel for pixel, without words.
  public func plainImage() -> Image { raster.image }

  /// The spectrum above its caption.
  public func image() -> Image {
    let picture = raster
    let size = Legend.textSize(width: width, height: height)
    let style = TextStyle(size: size)
    let canvasWidth = max(width, 14 * size)
    let lines = style.wrapped(caption, toWidth: canvasWidth - size)
    var canvas = Canvas(
      width: canvasWidth, height: height + lines.count * style.lineHeight + size,
      background: theme.background)
    canvas.draw(picture, x: (canvasWidth - width) / 2, y: 0)
    var top = height + size / 2
    for line in lines {
      canvas.draw(
        line, x: canvasWidth / 2, baseline: top + style.baseline, style: style,
        color: theme.mutedText, alignment: .center)
      top += style.lineHeight
    }
    return canvas.image
  }

  private var raster: Raster {
    let plane = Plane(width: width, height: height, samples: logMagnitudes)
    return PlaneRendering(colormap: colormap, range: range).raster(of: plane)
  }

  /// All but the faintest twentieth and the strongest thousandth: a few frequencies that hardly exist,
  /// and the mean in the centre, would leave little contrast for the rest.
  ///
  /// About a million of them say where these lie; they are counted in steps too fine to see, because
  /// sorting millions takes longer than the transform.
  private var range: ClosedRange<Double>? {
    let distance = logMagnitudes.count / 1_000_000 | 1
    let samples = stride(from: 0, to: logMagnitudes.count, by: distance)
      .map { logMagnitudes[$0] }.filter(\.isFinite)
    guard samples.count >= 1000, let largest = samples.max(), largest > 0 else { return nil }
    let steps = 4096
    var counts = [Int](repeating: 0, count: steps + 1)
    for value in samples { counts[Int(max(0, value) / largest * Float(steps))] += 1 }
    func quantile(_ place: Int) -> Double {
      var below = 0
      let step = counts.firstIndex { count in
        below += count
        return below > place
      }
      return Double(step ?? steps) / Double(steps) * Double(largest)
    }
    let low = quantile(samples.count / 20)
    let high = quantile(samples.count - samples.count / 1000)
    return low < high ? low...high : nil
  }
}
