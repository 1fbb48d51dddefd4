/// A colour bar with its ends (and zero, in a signed map) numbered, under a title.
///
/// Text grows with the picture, from 12 pixels to 72. The strip is as wide as the picture; only
/// where the numbers would not fit, the canvas widens and the picture stands in its middle.
package struct Legend: Sendable {
  package var colormap: Colormap
  package var range: ClosedRange<Double>
  package var title: String?
  package var theme: Theme
  /// What stands at the ends instead of numbers, where each picture has a range of its own.
  package var endTexts: (low: String, high: String)?

  package init(
    colormap: Colormap, range: ClosedRange<Double>, title: String? = nil, theme: Theme = .light
  ) {
    self.colormap = colormap
    self.range = range
    self.title = title
    self.theme = theme
  }

  /// The text size that suits a picture.
  package static func textSize(width: Int, height: Int) -> Int {
    min(max(min(width, 2 * height) / 58, 12), 72)
  }

  /// The numbers under the bar with their places, 0…1 from the left.
  package var ticks: [(place: Double, text: String)] {
    let (low, high) = (range.lowerBound, range.upperBound)
    if let endTexts { return [(0, endTexts.low), (1, endTexts.high)] }
    if low == high { return [(colormap.isSigned ? 0.5 : 0, ShortNumber.text(low))] }
    let ends = [(0.0, ShortNumber.text(low)), (1.0, ShortNumber.text(high))]
    guard low < 0, high > 0 else { return ends }
    let zero = -low / (high - low)
    return 0.2...0.8 ~= zero ? [ends[0], (zero, "0"), ends[1]] : ends
  }

  /// The least width at which the numbers stay apart.
  package func minimumWidth(textSize: Int) -> Int {
    let style = TextStyle(size: textSize)
    let widest = ticks.map { style.width(of: $0.text) }.max() ?? 0
    return widest * ticks.count + textSize * (ticks.count + 1)
  }

  package func height(textSize: Int) -> Int {
    Self.height(textSize: textSize, hasTitle: title != nil)
  }

  private static func height(textSize: Int, hasTitle: Bool) -> Int {
    let titleHeight = hasTitle ? TextStyle(size: textSize).lineHeight + textSize / 4 : 0
    return titleHeight + textSize * 9 / 10 + TextStyle(size: textSize).lineHeight + textSize * 3 / 4
  }

  /// The rows that the legend adds below a picture.
  static func stripHeight(textSize: Int, hasTitle: Bool) -> Int {
    textSize * 3 / 4 + height(textSize: textSize, hasTitle: hasTitle)
  }

  /// A picture with the legend below it.
  package func below(_ picture: Raster) -> Raster {
    let size = Self.textSize(width: picture.width, height: picture.height)
    let width = max(picture.width, minimumWidth(textSize: size))
    let strip = Self.stripHeight(textSize: size, hasTitle: title != nil)
    var canvas = Canvas(
      width: width, height: picture.height + strip, background: theme.background)
    canvas.draw(picture, x: (width - picture.width) / 2, y: 0)
    drawStrip(on: &canvas, y: picture.height, textSize: size)
    return canvas.raster
  }

  /// Draws the legend on its background over the canvas's whole width, from row `y` to the end.
  func drawStrip(on canvas: inout Canvas, y: Int, textSize: Int) {
    let gap = textSize * 3 / 4
    canvas.fill(
      x: 0, y: y, width: canvas.width, height: canvas.height - y, color: theme.background)
    draw(on: &canvas, x: gap, y: y + gap, width: canvas.width - 2 * gap, textSize: textSize)
  }

  /// Draws title, bar and numbers with the upper left corner at `x`, `y`.
  package func draw(on canvas: inout Canvas, x: Int, y: Int, width: Int, textSize: Int) {
    let style = TextStyle(size: textSize)
    var top = y
    if let title {
      canvas.draw(
        style.ellipsized(title, toWidth: width), x: x, baseline: top + style.baseline,
        style: style, color: theme.text)
      top += style.lineHeight + textSize / 4
    }
    // A very wide bar is no easier to read.
    let barWidth = width <= 54 * textSize ? width : 36 * textSize
    let barHeight = textSize * 9 / 10
    drawBar(on: &canvas, x: x, y: top, width: barWidth, height: barHeight)
    let tickHeight = max(2, textSize / 4)
    let tickWidth = max(1, textSize / 14)
    for (place, text) in ticks {
      let center = x + Int((place * Double(barWidth - 1)).rounded())
      let left = min(max(center - tickWidth / 2, x), x + barWidth - tickWidth)
      canvas.fill(
        x: left, y: top + barHeight, width: tickWidth, height: tickHeight, color: theme.mutedText)
      let alignment: Canvas.Alignment = place == 0 ? .left : place == 1 ? .right : .center
      let edge = place == 1 ? x + barWidth : place == 0 ? x : center
      canvas.draw(
        text, x: edge, baseline: top + barHeight + tickHeight / 2 + style.baseline + 1,
        style: style, color: theme.mutedText, alignment: alignment)
    }
  }

  private func drawBar(on canvas: inout Canvas, x: Int, y: Int, width: Int, height: Int) {
    let domain = colormap.domain
    for column in 0..<width {
      let t = Double(column) / Double(max(width - 1, 1))
      let value = domain.lowerBound + t * (domain.upperBound - domain.lowerBound)
      canvas.fill(
        x: x + column, y: y, width: 1, height: height,
        color: range.lowerBound == range.upperBound
          ? colormap.color(at: 0) : colormap.color(at: value))
    }
  }
}
