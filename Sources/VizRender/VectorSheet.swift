public import VizImage

/// A vector as a strip of coloured cells, in rows that begin with the index of their first number.
///
/// Up to 256 numbers are written into their cells; more get smaller cells. NaN is magenta.
public struct VectorSheet: Sendable {
  public var name: String
  public var values: [Float]
  /// What else the caption says.
  public var notes: [String]
  /// The numbers at the ends of the colours; nil takes them from the values.
  public var range: ClosedRange<Double>?
  /// nil takes viridis where nothing is negative, else red below zero and blue above.
  public var colormap: Colormap?
  public var theme: Theme

  public init(
    name: String, values: [Float], notes: [String] = [], range: ClosedRange<Double>? = nil,
    colormap: Colormap? = nil, theme: Theme = .light
  ) {
    self.name = name
    self.values = values
    self.notes = notes
    self.range = range
    self.colormap = colormap
    self.theme = theme
  }

  /// What the picture shows in one line: `fc1 · 32 · [0, 4.37]`.
  public var caption: String { "\(name) · \(details)" }

  /// Strip, legend and words; without a heading, name and details do not stand above the strip.
  public func image(heading: Bool = true) -> Image {
    let map = colormap ?? .standard(isNonNegative: found.lowerBound >= 0)
    let ends = map.ends(for: range ?? found)
    let strip = strip(map, ends)
    // Drawn pixel for pixel: a page whose only tile is the strip.
    let tile = GridTile(.image(strip.image), caption: "")
    var grid = SheetLayout.grid(
      heading: heading ? (name, details) : nil, tiles: [tile], theme: theme)
    (grid.minimumTileSide, grid.maximumTileSide) = (1, max(strip.width, strip.height))
    grid.legend = SheetLayout.legend(map, scale: .layer, range: ends, theme: theme)
    return grid.image()
  }

  /// The strip for a page.
  public func tiles() throws(ImageError) -> ReportTiles {
    let map = colormap ?? .standard(isNonNegative: found.lowerBound >= 0)
    let ends = map.ends(for: range ?? found)
    var dark = self
    dark.theme = .dark
    let picture = try ReportPicture(
      strip(map, ends).image, dark: dark.strip(map.onDark, ends).image,
      alternative: "\(values.count) numbers of \(name)")
    return ReportTiles(
      tiles: [.init(picture, label: "")], width: picture.width,
      legend: ReportLegend(SheetLayout.legend(map, scale: .layer, range: ends, theme: theme)))
  }

  /// From the least to the greatest finite number.
  private var found: ClosedRange<Double> {
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return 0...0 }
    return Double(low)...Double(high)
  }

  /// The caption without the name.
  public var details: String {
    let undefined = values.count { !$0.isFinite }
    let facts =
      ["\(values.count)", undefined == values.count ? "no finite numbers" : found.shortText]
      + (undefined > 0 ? ["NaN or infinite \(undefined)"] : []) + notes
    return facts.joined(separator: " · ")
  }

  /// Cells of a row, and their size.
  private var cells: (columns: Int, width: Int, height: Int) {
    switch values.count {
    case ...256: (16, 48, 26)
    case ...1024: (32, 24, 16)
    case ...8192: (64, 12, 12)
    default: (max(128, Int(Double(values.count).squareRoot())), 6, 6)
    }
  }

  private func strip(_ map: Colormap, _ ends: ClosedRange<Double>) -> Raster {
    let (most, width, height) = cells
    let count = max(values.count, 1)
    let columns = min(most, count)
    let rows = (count + columns - 1) / columns
    let style = TextStyle(size: SheetLayout.textSize - 1)
    let gutter = rows > 1 ? style.width(of: String(count)) + style.size : 0
    var canvas = Canvas(
      width: gutter + columns * width, height: rows * height, background: theme.background)
    let plane = Plane(width: count, height: 1, samples: values.isEmpty ? [.nan] : values)
    let colors = PlaneRendering(colormap: map, range: ends).raster(of: plane).pixels
    let numbers = CellNumbers(values.map(Double.init), width: width, height: height, digits: 2)
    for i in values.indices {
      let (x, y) = (gutter + i % columns * width, i / columns * height)
      let color = Color(red: colors[3 * i], green: colors[3 * i + 1], blue: colors[3 * i + 2])
      canvas.fill(x: x, y: y, width: width - 1, height: height - 1, color: color)
      if values[i].isInfinite {
        canvas.hatch(x: x, y: y, width: width - 1, height: height - 1, isPositive: values[i] > 0)
      }
      numbers?.draw(i, on: &canvas, x: x, y: y, width: width - 1, height: height - 1, over: color)
    }
    // Rows that are lower than a line of text are numbered where there is room.
    let step = (style.lineHeight + height - 1) / height
    for row in stride(from: 0, to: gutter > 0 ? rows : 0, by: step) {
      canvas.draw(
        String(row * columns), x: gutter - style.size / 2,
        baseline: row * height + (height + style.capHeight) / 2, style: style,
        color: theme.mutedText, alignment: .right)
    }
    return canvas.raster
  }
}
