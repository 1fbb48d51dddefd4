public import VizImage

/// Pictures in rows that differ by one thing each, and columns by how much of it there is.
///
/// The column of the pictures that nothing was changed in is marked.
public struct VariationSheet: Sendable {
  public struct Row: Sendable {
    public var label: String
    /// Below the label, in smaller letters.
    public var detail: String
    /// One for each column, all of one size.
    public var pictures: [Image]

    public init(_ label: String, detail: String, pictures: [Image]) {
      (self.label, self.detail, self.pictures) = (label, detail, pictures)
    }
  }

  public var title: String
  public var subtitle: String
  /// What stands beside the title, each with its words: the input and what is drawn of it.
  public var examples: [(picture: Image, label: String)]
  public var columns: [String]
  public var rows: [Row]
  /// The column without a change.
  public var middle: Int
  public var theme: Theme

  public init(
    title: String, subtitle: String, examples: [(picture: Image, label: String)],
    columns: [String], rows: [Row], middle: Int, theme: Theme = .light
  ) {
    precondition(
      rows.allSatisfy { $0.pictures.count == columns.count } && columns.indices ~= middle,
      "\(rows.map(\.pictures.count)) pictures for \(columns.count) columns")
    (self.title, self.subtitle, self.examples) = (title, subtitle, examples)
    (self.columns, self.rows, self.middle, self.theme) = (columns, rows, middle, theme)
  }

  private static let cellSide = 64
  private static let exampleSide = 84
  private static let gap = 6
  private let titleStyle = TextStyle(size: 18, weight: .bold)
  private let style = TextStyle(size: 13)
  private let boldStyle = TextStyle(size: 13, weight: .bold)
  private let smallStyle = TextStyle(size: 11)

  public func image() -> Image {
    let margin = 2 * SheetLayout.margin
    let cells = rows.map { $0.pictures.map { fitted($0, Self.cellSide) } }
    let shown = examples.map { (picture: fitted($0.picture, Self.exampleSide), label: $0.label) }
    // Words beside and above small pictures need room too.
    let heading = columns.reduce(0) { max($0, boldStyle.width(of: $1)) } + Self.gap
    let words = boldStyle.lineHeight + smallStyle.lineHeight
    let cell = cells.joined().reduce((width: heading, height: words)) {
      (max($0.width, $1.width), max($0.height, $1.height))
    }
    let step = (x: cell.width + Self.gap, y: cell.height + Self.gap)
    let label =
      rows.reduce(0) { max($0, boldStyle.width(of: $1.label), smallStyle.width(of: $1.detail)) }
      + 3 * Self.gap
    let width = 2 * margin + label + columns.count * step.x - Self.gap
    let room = max(width - 2 * margin - examplesWidth(shown) - margin, 200)
    let titles = titleStyle.wrapped(title, toWidth: room)
    let below = margin + titles.count * titleStyle.lineHeight + 4
    let lines = style.wrapped(subtitle, toWidth: room)
    let headingHeight = max(
      below - margin + lines.count * style.lineHeight,
      shown.reduce(0) { max($0, $1.picture.height + smallStyle.lineHeight) })
    let top = margin + headingHeight + style.lineHeight + 4 * Self.gap
    var canvas = Canvas(
      width: width, height: top + rows.count * step.y - Self.gap + margin,
      background: theme.background)
    for (i, line) in titles.enumerated() {
      canvas.draw(
        line, x: margin, baseline: margin + i * titleStyle.lineHeight + titleStyle.baseline,
        style: titleStyle, color: theme.text)
    }
    for (i, line) in lines.enumerated() {
      canvas.draw(
        line, x: margin, baseline: below + i * style.lineHeight + style.baseline, style: style,
        color: theme.mutedText)
    }
    draw(shown, right: width - margin, top: margin, on: &canvas)
    drawColumns(x: margin + label, top: top, step: step.x, cell: cell.width, on: &canvas)
    for (i, row) in rows.enumerated() {
      let y = top + i * step.y
      draw(row, x: margin, y: y, height: cell.height, on: &canvas)
      for (j, picture) in cells[i].enumerated() {
        canvas.drawFramed(
          picture, x: margin + label + j * step.x + (cell.width - picture.width) / 2,
          y: y + (cell.height - picture.height) / 2, color: theme.line)
      }
    }
    let x = margin + label + middle * step.x
    for inset in [1, 2] {
      canvas.frame(
        x: x - inset, y: top - inset, width: cell.width + 2 * inset,
        height: rows.count * step.y - Self.gap + 2 * inset, color: theme.accent)
    }
    return canvas.image
  }

  private func fitted(_ image: Image, _ side: Int) -> Raster {
    Raster(image, over: theme.panel).fitted(minimum: side, maximum: side)
  }

  private func examplesWidth(_ shown: [(picture: Raster, label: String)]) -> Int {
    shown.reduce(0) { $0 + max($1.picture.width, smallStyle.width(of: $1.label)) + 12 } - 12
  }

  private func draw(
    _ shown: [(picture: Raster, label: String)], right: Int, top: Int, on canvas: inout Canvas
  ) {
    var x = right - examplesWidth(shown)
    for (picture, label) in shown {
      let width = max(picture.width, smallStyle.width(of: label))
      canvas.drawFramed(picture, x: x + (width - picture.width) / 2, y: top, color: theme.line)
      canvas.draw(
        label, x: x + width / 2, baseline: top + picture.height + 2 + smallStyle.baseline,
        style: smallStyle, color: theme.mutedText, alignment: .center)
      x += width + 12
    }
  }

  private func drawColumns(x: Int, top: Int, step: Int, cell: Int, on canvas: inout Canvas) {
    for (j, column) in columns.enumerated() {
      canvas.draw(
        column, x: x + j * step + cell / 2, baseline: top - 2 * Self.gap,
        style: j == middle ? boldStyle : style, color: j == middle ? theme.accent : theme.text,
        alignment: .center)
    }
  }

  private func draw(_ row: Row, x: Int, y: Int, height: Int, on canvas: inout Canvas) {
    let first = y + (height - boldStyle.lineHeight - smallStyle.lineHeight) / 2
    canvas.draw(
      row.label, x: x, baseline: first + boldStyle.baseline, style: boldStyle, color: theme.text)
    canvas.draw(
      row.detail, x: x, baseline: first + boldStyle.lineHeight + smallStyle.baseline,
      style: smallStyle, color: theme.mutedText)
  }
}
