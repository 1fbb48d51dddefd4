public import VizImage

/// How strongly a kernel lets each spatial frequency through, as a picture with axes.
///
/// The middle is frequency zero (flat areas); the borders are ±π radians a pixel, the finest pattern
/// that pixels can hold.
public struct FrequencyResponse: Sendable {
  public let width: Int
  public let height: Int
  /// Magnitudes in row-major order, frequency zero at `(width / 2, height / 2)`.
  public let magnitudes: [Double]
  public var title: String?
  public var theme: Theme
  public var colormap: Colormap

  public init(
    width: Int, height: Int, magnitudes: [Double], title: String? = nil, theme: Theme = .light,
    colormap: Colormap = .sequential
  ) {
    precondition(
      width > 0 && height > 0 && magnitudes.count == width * height,
      "\(magnitudes.count) magnitudes for \(width)×\(height) frequencies")
    self.width = width
    self.height = height
    self.magnitudes = magnitudes
    self.title = title
    self.theme = theme
    self.colormap = colormap
  }

  /// The response with its axes, above a colour bar from 0 to the largest magnitude.
  public func image() -> Image {
    let top = magnitudes.reduce(0) { $1.isFinite ? max($0, $1) : $0 }
    let plane = Plane(width: width, height: height, samples: magnitudes.map { Float($0) })
    let map = PlaneRendering(colormap: colormap, range: 0...top).raster(of: plane)
      .fitted(minimum: 384, maximum: 1024)
    let size = Legend.textSize(width: map.width, height: map.height) + 1
    let style = TextStyle(size: size)
    let legend = Legend(
      colormap: colormap, range: 0...top, title: "magnitude of the response", theme: theme)
    let titleHeight = title == nil ? 0 : style.lineHeight + size
    let left = size + style.width(of: "−π") + size
    let content = max(map.width, legend.minimumWidth(textSize: size - 1))
    let axisHeight = 2 * style.lineHeight + size
    var canvas = Canvas(
      width: left + content + 2 * size,
      height: size + titleHeight + map.height + axisHeight
        + legend.height(textSize: size - 1) + size / 2,
      background: theme.background)
    if let title {
      let bold = TextStyle(size: size + 2, weight: .bold)
      canvas.draw(
        bold.ellipsized(title, toWidth: left + content), x: size, baseline: size + bold.baseline,
        style: bold, color: theme.text)
    }
    let y = size + titleHeight
    canvas.draw(map, x: left, y: y)
    drawAxes(on: &canvas, x: left, y: y, width: map.width, height: map.height, style)
    legend.draw(
      on: &canvas, x: left, y: y + map.height + axisHeight, width: content, textSize: size - 1)
    return canvas.image
  }

  private func drawAxes(
    on canvas: inout Canvas, x: Int, y: Int, width: Int, height: Int, _ style: TextStyle
  ) {
    let size = style.size
    canvas.frame(x: x - 1, y: y - 1, width: width + 2, height: height + 2, color: theme.line)
    for (place, text) in [(0.0, "−π"), (0.5, "0"), (1.0, "π")] {
      let column = x + Int(place * Double(width - 1))
      let row = y + Int(place * Double(height - 1))
      canvas.fill(x: column, y: y + height, width: 1, height: size / 3, color: theme.mutedText)
      canvas.fill(x: x - size / 3, y: row, width: size / 3, height: 1, color: theme.mutedText)
      canvas.draw(
        text, x: column, baseline: y + height + size / 3 + style.baseline, style: style,
        color: theme.mutedText, alignment: .center)
      canvas.draw(
        text, x: x - size / 2 - 1, baseline: row + style.capHeight / 2, style: style,
        color: theme.mutedText, alignment: .right)
    }
    let small = TextStyle(size: max(size - 1, 1))
    canvas.draw(
      small.ellipsized("→ ωx   ↓ ωy   in radians a pixel", toWidth: width), x: x + width / 2,
      baseline: y + height + size / 3 + style.lineHeight + small.baseline, style: small,
      color: theme.mutedText, alignment: .center)
  }
}
