public import VizImage

/// What was taken for what: a row for each class as it is, a column for each class as it was told.
///
/// A cell's number counts; its colour is the root of its share of the row, so that a few are seen too.
public struct ConfusionMatrix: Sendable {
  public var title: String?
  public let names: [String]
  /// `counts[actual][told]`.
  public let counts: [[Int]]
  public var theme: Theme

  public init(
    names: [String], counts: [[Int]], title: String? = nil, theme: Theme = .light
  ) {
    precondition(
      !names.isEmpty && counts.count == names.count
        && counts.allSatisfy { $0.count == names.count },
      "\(counts.count) rows for \(names.count) classes")
    self.names = names
    self.counts = counts
    self.title = title
    self.theme = theme
  }

  /// Cells that are still drawn one by one.
  private static let pageSide = 1600

  public func image() -> Image {
    let style = TextStyle(size: 13)
    let titleStyle = TextStyle(size: 14, weight: .bold)
    let margin = SheetLayout.margin
    let side = max(4, min(48, Self.pageSide / names.count))
    let isNamed = side >= style.lineHeight
    let label = isNamed ? min(names.map { style.width(of: $0) }.max() ?? 0, 140) + 8 : 0
    let heading = title == nil ? 0 : titleStyle.lineHeight + 8
    let top = margin + heading + (isNamed ? style.lineHeight : 0)
    let map = side * names.count
    let width = max(2 * margin + label + map, 2 * margin + 240)
    var canvas = Canvas(
      width: width, height: top + map + 2 * style.lineHeight + margin,
      background: theme.background)
    if let title {
      canvas.draw(
        titleStyle.ellipsized(title, toWidth: width - 2 * margin), x: margin,
        baseline: margin + titleStyle.baseline, style: titleStyle, color: theme.text)
    }
    if isNamed { drawNames(on: &canvas, x: margin + label, y: top, side: side, style) }
    drawCells(on: &canvas, x: margin + label, y: top, side: side)
    canvas.draw(
      "rows: what it is; columns: what it was taken for", x: margin,
      baseline: top + map + style.lineHeight, style: style, color: theme.mutedText)
    return canvas.image
  }

  private func drawNames(
    on canvas: inout Canvas, x: Int, y: Int, side: Int, _ style: TextStyle
  ) {
    for (i, name) in names.enumerated() {
      canvas.draw(
        style.ellipsized(name, toWidth: 140), x: x - 8,
        baseline: y + i * side + (side + style.capHeight) / 2, style: style, color: theme.text,
        alignment: .right)
      canvas.draw(
        style.ellipsized(name, toWidth: side), x: x + i * side + side / 2,
        baseline: y - style.lineHeight + style.baseline, style: style, color: theme.text,
        alignment: .center)
    }
  }

  private func drawCells(on canvas: inout Canvas, x: Int, y: Int, side: Int) {
    let numbers = CellNumbers(
      counts.flatMap { $0.map(Double.init) }, width: side, height: side, digits: 4)
    let gap = side >= 12 ? 1 : 0
    let domain = Colormap.sequential.domain
    for (row, cells) in counts.enumerated() {
      let total = max(cells.reduce(0, +), 1)
      for (column, count) in cells.enumerated() {
        let share = (Double(count) / Double(total)).squareRoot()
        let color = Colormap.sequential.color(
          at: domain.lowerBound + share * (domain.upperBound - domain.lowerBound))
        let (left, top) = (x + column * side, y + row * side)
        canvas.fill(x: left, y: top, width: side - gap, height: side - gap, color: color)
        if count > 0 {
          numbers?.draw(
            row * names.count + column, on: &canvas, x: left, y: top, width: side - gap,
            height: side - gap, over: color)
        }
      }
    }
  }
}
