public import VizImage

/// Pictures in rows that have a name each, with a few words below every picture.
///
/// All cells are alike: small pictures grow by a whole factor, large ones shrink, so that the page is no
/// wider than a screen as far as that can be.
public struct PictureRows: Sendable {
  public struct Row: Sendable {
    public var name: String
    /// Below the name, in smaller letters.
    public var detail: String
    public var pictures: [(image: Image, caption: String)]

    public init(_ name: String, detail: String, pictures: [(image: Image, caption: String)]) {
      (self.name, self.detail, self.pictures) = (name, detail, pictures)
    }
  }

  public var title: String
  public var footer: String
  public var rows: [Row]
  public var theme: Theme

  public init(title: String, footer: String, rows: [Row], theme: Theme = .light) {
    (self.title, self.footer, self.rows, self.theme) = (title, footer, rows, theme)
  }

  /// How large pictures are shown where `columns` of them stand in a row.
  public static func tileSide(columns: Int) -> Int {
    precondition(columns > 0, "\(columns) columns")
    return min(max((SheetLayout.pageWidth - nameWidth) / columns - gap, 16), 96)
  }

  private static let gap = 8
  /// No name of a class takes more room than this.
  private static let nameWidth = 180
  private static let leastContentWidth = 420
  private let titleStyle = TextStyle(size: 16, weight: .bold)
  private let nameStyle = TextStyle(size: 13, weight: .bold)
  private let smallStyle = TextStyle(size: 11)

  public func image() -> Image {
    let (margin, gap) = (SheetLayout.margin, Self.gap)
    let columns = max(rows.map(\.pictures.count).max() ?? 1, 1)
    let side = Self.tileSide(columns: columns)
    let pictures = rows.map { $0.pictures.map { fitted($0.image, side) } }
    let cell = pictures.joined().reduce((width: side / 2, height: 2 * nameStyle.lineHeight)) {
      (max($0.width, $1.width), max($0.height, $1.height))
    }
    let names = min(Self.nameWidth, rows.reduce(0) { max($0, width(of: $1)) }) + 2 * gap
    let step = (x: cell.width + gap, y: cell.height + smallStyle.lineHeight + gap)
    let content = max(names + columns * step.x - gap, Self.leastContentWidth)
    let notes = smallStyle.wrapped(footer, toWidth: content)
    let top = margin + titleStyle.lineHeight + gap
    let bottom = top + rows.count * step.y
    var canvas = Canvas(
      width: content + 2 * margin, height: bottom + notes.count * smallStyle.lineHeight + margin,
      background: theme.background)
    canvas.draw(
      titleStyle.ellipsized(title, toWidth: content), x: margin,
      baseline: margin + titleStyle.baseline, style: titleStyle, color: theme.text)
    for (i, row) in rows.enumerated() {
      let y = top + i * step.y
      drawName(of: row, x: margin, y: y, width: names - 2 * gap, height: cell.height, on: &canvas)
      for (j, picture) in pictures[i].enumerated() {
        let x = margin + names + j * step.x
        draw(picture, row.pictures[j].caption, x: x, y: y, cell, on: &canvas)
      }
    }
    for (i, line) in notes.enumerated() {
      canvas.draw(
        line, x: margin, baseline: bottom + i * smallStyle.lineHeight + smallStyle.baseline,
        style: smallStyle, color: theme.mutedText)
    }
    return canvas.image
  }

  private func fitted(_ image: Image, _ side: Int) -> Raster {
    Raster(image, over: theme.panel).fitted(minimum: side, maximum: side)
  }

  private func width(of row: Row) -> Int {
    max(nameStyle.width(of: row.name), smallStyle.width(of: row.detail))
  }

  private func drawName(
    of row: Row, x: Int, y: Int, width: Int, height: Int, on canvas: inout Canvas
  ) {
    let first = y + (height - nameStyle.lineHeight - smallStyle.lineHeight) / 2
    canvas.draw(
      nameStyle.ellipsized(row.name, toWidth: width), x: x, baseline: first + nameStyle.baseline,
      style: nameStyle, color: theme.text)
    canvas.draw(
      smallStyle.ellipsized(row.detail, toWidth: width), x: x,
      baseline: first + nameStyle.lineHeight + smallStyle.baseline, style: smallStyle,
      color: theme.mutedText)
  }

  private func draw(
    _ picture: Raster, _ caption: String, x: Int, y: Int, _ cell: (width: Int, height: Int),
    on canvas: inout Canvas
  ) {
    // Pictures of other sizes than the cell stand in it.
    canvas.fill(x: x, y: y, width: cell.width, height: cell.height, color: theme.panel)
    canvas.drawFramed(
      picture, x: x + (cell.width - picture.width) / 2, y: y + (cell.height - picture.height) / 2,
      color: theme.line)
    canvas.draw(
      smallStyle.ellipsized(caption, toWidth: cell.width), x: x + cell.width / 2,
      baseline: y + cell.height + smallStyle.baseline, style: smallStyle, color: theme.mutedText,
      alignment: .center)
  }
}
