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

  private static let footer = "rows: what it is; columns: what it was taken for"
  private static let colorNote = "colour: the share of the row (its square root)"
  /// A page of many classes is about so wide.
  private static let pageSide = 1600
  /// Names are cut at this width; titles are broken.
  private static let nameWidth = 140
  private static let titleWidth = 560

  public func image() -> Image {
    let style = TextStyle(size: 13)
    let titleStyle = TextStyle(size: 14, weight: .bold)
    let margin = SheetLayout.margin
    let side = max(4, min(48, Self.pageSide / names.count))
    let classes = ClassLabels(names)
    let labels = Labels(classes.texts, side: side, limit: Self.nameWidth)
    let map = side * names.count
    let footer =
      [
        Self.footer + (labels.step == 1 ? "" : "; one of \(labels.step) classes is named"),
        Self.colorNote,
      ]
      + (classes.hasNumbers ? [ClassLabels.note] : [])
    let content = max(
      labels.left + map, footer.map { style.width(of: $0) }.max() ?? 0,
      min(titleStyle.width(of: title ?? ""), Self.titleWidth))
    let headings = titleStyle.wrapped(title ?? "", toWidth: content)
    let heading = headings.count * titleStyle.lineHeight + (headings.isEmpty ? 0 : 8)
    let top = margin + heading + labels.above
    var canvas = Canvas(
      width: content + 2 * margin,
      height: top + map + (footer.count + 1) * style.lineHeight + margin,
      background: theme.background)
    for (i, line) in headings.enumerated() {
      canvas.draw(
        line, x: margin, baseline: margin + i * titleStyle.lineHeight + titleStyle.baseline,
        style: titleStyle, color: theme.text)
    }
    labels.draw(on: &canvas, x: margin + labels.left, y: top, color: theme.text)
    drawCells(on: &canvas, x: margin + labels.left, y: top, side: side)
    for (i, line) in footer.enumerated() {
      canvas.draw(
        line, x: margin, baseline: top + map + (i + 1) * style.lineHeight, style: style,
        color: theme.mutedText)
    }
    return canvas.image
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

/// Names of classes beside rows, and above columns: upright where they are too long to lie there.
private struct Labels {
  private let texts: [String]
  private let side: Int
  private let style: TextStyle
  private let isUpright: Bool
  /// Where cells are smaller than letters only one of so many classes is named.
  let step: Int
  /// Room beside and above the cells.
  let left: Int
  let above: Int

  private static let gap = 8

  init(_ names: [String], side: Int, limit: Int) {
    let style = TextStyle(size: min(13, max(9, side - 3)))
    let texts = names.map { style.ellipsizedInside($0, toWidth: limit) }
    let step = side > style.size ? 1 : (style.size + side) / side
    let longest = texts.map { style.width(of: $0) }.max() ?? 0
    isUpright = longest > side * step - 6
    left = longest + Self.gap
    above = isUpright ? longest + Self.gap : style.lineHeight
    (self.texts, self.side, self.style, self.step) = (texts, side, style, step)
  }

  /// `x` and `y` are the corner of the cells.
  func draw(on canvas: inout Canvas, x: Int, y: Int, color: Color) {
    for i in stride(from: 0, to: texts.count, by: step) {
      let middle = i * side + (side + style.capHeight) / 2
      canvas.draw(
        texts[i], x: x - Self.gap, baseline: y + middle, style: style, color: color,
        alignment: .right)
      if isUpright {
        canvas.drawUpright(
          texts[i], baseline: x + middle, y: y - Self.gap, style: style, color: color)
      } else {
        canvas.draw(
          texts[i], x: x + i * side + side / 2, baseline: y - style.lineHeight + style.baseline,
          style: style, color: color, alignment: .center)
      }
    }
  }
}
