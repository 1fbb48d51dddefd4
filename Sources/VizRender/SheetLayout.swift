/// How the sheets of a layer are laid out, whatever they show.
enum SheetLayout {
  static let gap = 2
  static let leastTileSide = 48
  static let pageWidth = 1920
  static let margin = 16
  static let textSize = 11
  /// Room for a caption and a legend, also under a single small map.
  static let leastContentWidth = 360

  /// Cells of a row.
  static func columns(count: Int) -> Int {
    switch count {
    case ...8: max(count, 1)
    case ...64: 8
    case ...256: 16
    default: 32
    }
  }

  /// How large pictures of a side are shown: the least whole multiple of 48 pixels or more, and no
  /// more than a page is wide.
  static func tileSide(
    for side: Int, columns: Int, spacing: Int = gap, atLeast least: Int = leastTileSide
  ) -> Int {
    let room = max((pageWidth - 2 * margin) / columns - spacing, 16)
    guard side < room else { return room }
    return side * min((least + side - 1) / side, room / side)
  }

  /// A page without its pictures' sizes; without a heading it also has no margin, for pages that say the
  /// same around it.
  static func grid(
    heading: (name: String, details: String)?, tiles: [GridTile], theme: Theme
  ) -> Grid {
    var grid = Grid(
      tiles: tiles, title: heading?.name, theme: theme, spacing: gap, textSize: textSize)
    grid.subtitle = heading?.details
    grid.margin = heading == nil ? 1 : margin
    grid.minimumContentWidth = leastContentWidth
    return grid
  }

  /// The colour bar of a sheet.
  static func legend(
    _ colormap: Colormap, scale: ScaleScope, range: ClosedRange<Double>, theme: Theme
  ) -> Legend {
    var legend = Legend(colormap: colormap, range: range, theme: theme)
    if scale == .map {
      legend.title = "each by its own range"
      legend.endTexts = colormap.isSigned ? ("−max |v|", "max |v|") : ("least, or 0", "greatest")
    }
    return legend
  }
}
