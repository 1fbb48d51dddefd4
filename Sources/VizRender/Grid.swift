public import VizImage

/// Pictures in rows and columns with captions: a contact sheet, or the feature maps of a layer.
///
/// All cells are as large as the largest picture; pictures stand in their middle. Small pictures grow
/// by a whole factor towards `minimumTileSide`, so that their pixels stay crisp; large ones shrink to
/// `maximumTileSide`.
public struct Grid: Sendable {
  public var tiles: [GridTile]
  public var title: String?
  /// What stands below the title, in smaller letters.
  public var subtitle: String?
  public var footer: String?
  /// What the colours mean, between the cells and the footer.
  package var legend: Legend?
  /// Cells of a row; nil chooses what makes the page about 8:5.
  public var columns: Int?
  public var theme: Theme
  public var minimumTileSide: Int
  public var maximumTileSide: Int
  /// Pixels between cells.
  public var spacing: Int
  /// Pixels around everything; nil takes the spacing, or the size of the text if that is larger.
  public var margin: Int?
  /// Whether each picture has a fine frame: colours near the background's end somewhere.
  package var framesPictures = false
  /// Whether cells are as wide as their captions, and not only as the pictures.
  package var fitsCaptions = false
  /// The page is made so wide, whatever stands in it: words need room where pictures are few.
  public var minimumContentWidth = 0
  public var textSize: Int

  public init(
    tiles: [GridTile], title: String? = nil, footer: String? = nil, columns: Int? = nil,
    theme: Theme = .light, minimumTileSide: Int = 96, maximumTileSide: Int = 480,
    spacing: Int = 16, textSize: Int = 13
  ) {
    precondition(columns ?? 1 > 0, "a grid of \(columns ?? 0) columns")
    precondition(
      minimumTileSide > 0 && maximumTileSide > 0 && spacing >= 0,
      "tiles of \(minimumTileSide) to \(maximumTileSide) pixels, \(spacing) apart")
    self.tiles = tiles
    self.title = title
    self.footer = footer
    self.columns = columns
    self.theme = theme
    self.minimumTileSide = minimumTileSide
    self.maximumTileSide = maximumTileSide
    self.spacing = spacing
    self.textSize = textSize
  }

  /// The whole page.
  public func image() -> Image {
    let pictures = tiles.map {
      $0.picture(minimum: minimumTileSide, maximum: maximumTileSide, theme: theme)
    }
    let layout = GridLayout(self, pictures: pictures)
    var canvas = Canvas(width: layout.width, height: layout.height, background: theme.background)
    if let title {
      canvas.draw(
        layout.titleStyle.ellipsized(title, toWidth: layout.contentWidth), x: layout.margin,
        baseline: layout.margin + layout.titleStyle.baseline, style: layout.titleStyle,
        color: theme.text)
    }
    drawMuted(layout.subtitleLines, at: layout.subtitleTop, layout, on: &canvas)
    for (index, tile) in tiles.enumerated() {
      draw(tile, pictures[index], at: layout.origin(of: index), layout, on: &canvas)
    }
    legend?.draw(
      on: &canvas, x: layout.margin, y: layout.legendTop, width: layout.contentWidth,
      textSize: textSize)
    drawMuted(layout.footerLines, at: layout.footerTop, layout, on: &canvas)
    return canvas.image
  }

  private func drawMuted(
    _ lines: [String], at top: Int, _ layout: GridLayout, on canvas: inout Canvas
  ) {
    let style = layout.smallStyle
    var baseline = top + style.baseline
    for line in lines {
      canvas.draw(
        line, x: layout.margin, baseline: baseline, style: style, color: theme.mutedText)
      baseline += style.lineHeight
    }
  }

  private func draw(
    _ tile: GridTile, _ picture: Raster?, at origin: (x: Int, y: Int), _ layout: GridLayout,
    on canvas: inout Canvas
  ) {
    if let picture {
      let x = origin.x + (layout.cellWidth - picture.width) / 2
      let y = origin.y + (layout.cellHeight - picture.height) / 2
      if framesPictures {
        canvas.drawFramed(picture, x: x, y: y, color: theme.line)
      } else {
        canvas.draw(picture, x: x, y: y)
      }
      draw(tile.mark, of: picture, x: x, y: y, on: &canvas)
    } else if case .placeholder(let reason) = tile.content, !reason.isEmpty {
      drawPlaceholder(reason, at: origin, layout, on: &canvas)
    }
    let center = origin.x + layout.cellWidth / 2
    var top = origin.y + layout.cellHeight + layout.captionGap
    let style = layout.captionStyle
    let caption = style.ellipsized(tile.caption, toWidth: layout.cellWidth)
    canvas.draw(
      caption, x: center, baseline: top + style.baseline, style: style, color: theme.text,
      alignment: .center)
    if tile.mark == .dead {
      let width = style.width(of: caption) + style.size / 2
      canvas.fill(
        x: center - width / 2, y: top + style.baseline - style.capHeight / 2, width: width,
        height: 1, color: theme.text)
    }
    guard let subtitle = tile.subtitle else { return }
    top += style.lineHeight
    canvas.draw(
      layout.smallStyle.ellipsized(subtitle, toWidth: layout.cellWidth), x: center,
      baseline: top + layout.smallStyle.baseline, style: layout.smallStyle,
      color: theme.mutedText, alignment: .center)
  }

  private func draw(
    _ mark: GridTile.Mark?, of picture: Raster, x: Int, y: Int, on canvas: inout Canvas
  ) {
    switch mark {
    case .dead:
      for inset in [-1, 0] {
        canvas.frame(
          x: x + inset, y: y + inset, width: picture.width - 2 * inset,
          height: picture.height - 2 * inset, color: theme.warning)
      }
    case .constant:
      let corner = Color(
        red: picture.pixels[0], green: picture.pixels[1], blue: picture.pixels[2])
      canvas.fill(x: x + 3, y: y + 3, width: 3, height: 3, color: corner.readableInk)
    case nil: break
    }
  }

  private func drawPlaceholder(
    _ reason: String, at origin: (x: Int, y: Int), _ layout: GridLayout, on canvas: inout Canvas
  ) {
    let (width, height) = (layout.cellWidth, layout.cellHeight)
    canvas.fill(x: origin.x, y: origin.y, width: width, height: height, color: theme.panel)
    canvas.frame(x: origin.x, y: origin.y, width: width, height: height, color: theme.line)
    let style = layout.smallStyle
    var lines = style.wrapped(reason, toWidth: width - 2 * style.size)
    let fitting = max(1, (height - style.size) / style.lineHeight)
    if lines.count > fitting {
      lines = Array(lines.prefix(fitting))
      lines[fitting - 1] = style.ellipsized(
        lines[fitting - 1] + " …", toWidth: width - 2 * style.size)
    }
    var top = origin.y + (height - lines.count * style.lineHeight) / 2
    for line in lines {
      canvas.draw(
        line, x: origin.x + width / 2, baseline: top + style.baseline, style: style,
        color: theme.mutedText, alignment: .center)
      top += style.lineHeight
    }
  }
}

/// Where everything of a grid stands.
private struct GridLayout {
  let columns: Int
  let cellWidth: Int
  let cellHeight: Int
  let margin: Int
  let contentWidth: Int
  let width: Int
  let height: Int
  let subtitleTop: Int
  let subtitleLines: [String]
  let legendTop: Int
  let footerTop: Int
  let footerLines: [String]
  let titleStyle: TextStyle
  let captionStyle: TextStyle
  let smallStyle: TextStyle
  let captionGap: Int
  private let top: Int
  private let stepX: Int
  private let stepY: Int

  init(_ grid: Grid, pictures: [Raster?]) {
    let captionStyle = TextStyle(size: grid.textSize)
    titleStyle = TextStyle(size: grid.textSize * 13 / 10, weight: .bold)
    self.captionStyle = captionStyle
    smallStyle = TextStyle(size: max(grid.textSize - 1, 1))
    captionGap = grid.textSize / 3
    margin = grid.margin ?? max(grid.spacing, grid.textSize)
    // A cell without a picture needs room for its reason.
    let hasPlaceholder = pictures.contains { $0 == nil }
    let leastWidth = hasPlaceholder ? max(grid.minimumTileSide, 11 * grid.textSize) : 0
    let leastHeight = hasPlaceholder ? max(grid.minimumTileSide, 7 * grid.textSize) : 1
    let captionWidth =
      grid.fitsCaptions ? grid.tiles.map { captionStyle.width(of: $0.caption) }.max() ?? 0 : 0
    cellWidth = pictures.reduce(max(leastWidth, captionWidth, 4 * grid.textSize)) {
      max($0, $1?.width ?? 0)
    }
    cellHeight = pictures.reduce(leastHeight) { max($0, $1?.height ?? 0) }
    let hasCaption = grid.tiles.contains { !$0.caption.isEmpty }
    let hasSubtitle = grid.tiles.contains { $0.subtitle != nil }
    let captionHeight =
      (hasCaption || hasSubtitle ? captionGap + captionStyle.lineHeight : 0)
      + (hasSubtitle ? smallStyle.lineHeight : 0)
    stepX = cellWidth + grid.spacing
    stepY = cellHeight + captionHeight + grid.spacing
    let count = max(grid.tiles.count, 1)
    columns = min(
      count, grid.columns ?? Self.columns(count: count, stepX: stepX, stepY: stepY))
    let rows = (count + columns - 1) / columns
    contentWidth = max(columns * stepX - grid.spacing, grid.minimumContentWidth)
    width = contentWidth + 2 * margin
    subtitleLines = smallStyle.wrapped(grid.subtitle ?? "", toWidth: contentWidth)
    subtitleTop = margin + (grid.title == nil ? 0 : titleStyle.lineHeight)
    let hasHeading = grid.title != nil || !subtitleLines.isEmpty
    top =
      subtitleTop + subtitleLines.count * smallStyle.lineHeight
      + (hasHeading ? grid.textSize : 0)
    // Parts below the cells are as far apart as the cells, and no nearer than lines of text.
    let gap = max(grid.spacing, grid.legend == nil ? 0 : grid.textSize)
    legendTop = top + rows * stepY - grid.spacing + gap
    let legendHeight = grid.legend.map { $0.height(textSize: grid.textSize) + gap } ?? 0
    footerLines = smallStyle.wrapped(grid.footer ?? "", toWidth: contentWidth)
    footerTop = legendTop + legendHeight
    height =
      footerTop - gap + margin
      + (footerLines.isEmpty ? 0 : footerLines.count * smallStyle.lineHeight + gap)
  }

  func origin(of index: Int) -> (x: Int, y: Int) {
    (margin + index % columns * stepX, top + index / columns * stepY)
  }

  /// The number of columns that brings the page closest to 8:5.
  private static func columns(count: Int, stepX: Int, stepY: Int) -> Int {
    func distance(_ columns: Int) -> Double {
      let rows = (count + columns - 1) / columns
      let ratio = Double(columns * stepX) / (Double(rows * stepY) * 1.6)
      let empty = Double(rows * columns - count) / Double(count)
      return max(ratio, 1 / ratio) + empty
    }
    return (1...count).min { distance($0) < distance($1) } ?? 1
  }
}
