public import VizImage

/// A kernel as a signed heat map, with its numbers in the cells where they fit.
public struct KernelPicture: Sendable {
  public let width: Int
  public let height: Int
  /// Row-major: `values[y · width + x]`.
  public let values: [Double]
  public var title: String?
  public var theme: Theme
  public var colormap: Colormap
  /// The size that the longer side of the map aims at, in pixels.
  public var targetSide: Int

  public init(
    width: Int, height: Int, values: [Double], title: String? = nil, theme: Theme = .light,
    colormap: Colormap = .diverging, targetSide: Int = 400
  ) {
    precondition(
      width > 0 && height > 0 && values.count == width * height,
      "\(values.count) values for a kernel of \(width)×\(height)")
    precondition(targetSide > 0, "a kernel picture of \(targetSide) pixels")
    self.width = width
    self.height = height
    self.values = values
    self.title = title
    self.theme = theme
    self.colormap = colormap
    self.targetSide = targetSide
  }

  /// The heat map above its legend.
  public func image() -> Image {
    let reach = values.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
    let low = colormap.isSigned ? -reach : values.reduce(0) { $1.isFinite ? min($0, $1) : $0 }
    let legend = Legend(colormap: colormap, range: low...reach, title: title, theme: theme)
    let size = 13
    let side = min(max(targetSide / max(width, height), 1), 84)
    let margin = size
    let mapWidth = width * side
    let content = max(mapWidth, legend.minimumWidth(textSize: size), titleWidth(size))
    var canvas = Canvas(
      width: content + 2 * margin,
      height: height * side + 3 * margin + legend.height(textSize: size),
      background: theme.background)
    drawCells(on: &canvas, x: margin + (content - mapWidth) / 2, y: margin, side: side, low...reach)
    legend.draw(
      on: &canvas, x: margin, y: height * side + 2 * margin, width: content, textSize: size)
    return canvas.image
  }

  /// What the title asks for, within reason.
  private func titleWidth(_ size: Int) -> Int {
    min(title.map { TextStyle(size: size).width(of: $0) } ?? 0, targetSide)
  }

  private func drawCells(
    on canvas: inout Canvas, x: Int, y: Int, side: Int, _ range: ClosedRange<Double>
  ) {
    let gap = side >= 12 ? 1 : 0
    let extent = range.upperBound - range.lowerBound
    let numbers = CellNumbers(values, width: side, height: side)
    for (i, value) in values.enumerated() {
      let t = extent > 0 ? (value - range.lowerBound) / extent : 0.5
      let domain = colormap.domain
      let color = colormap.color(
        at: domain.lowerBound + t * (domain.upperBound - domain.lowerBound))
      let (left, top) = (x + i % width * side, y + i / width * side)
      canvas.fill(x: left, y: top, width: side - gap, height: side - gap, color: color)
      numbers?.draw(
        i, on: &canvas, x: left, y: top, width: side - gap, height: side - gap, over: color)
    }
  }
}
