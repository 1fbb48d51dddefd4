public import VizImage

/// The kernels of a convolution layer on one page, a tile for each filter.
///
/// - Filters of one kernel: the kernel, negative and positive in two colours.
/// - Filters of three, which read colour pictures: the filter in true colour, zero as middle gray, and
///   its kernels for red, green and blue.
/// - Kernels of one weight: all of them as a matrix, filters in rows and inputs in columns.
/// - Deeper ones: a strip of kernels for each filter. At most 64 filters of 16 kernels are shown: those
///   with the greatest norms, in the order of the layer; the caption says so.
public struct KernelSheet: Sendable {
  public var name: String
  /// `weights[((filter · inputs + input) · height + y) · width + x]`.
  public let weights: [Float]
  public let inputs: Int
  public let width: Int
  public let height: Int
  /// A line below each filter; empty for none.
  public var labels: [String]
  /// What else the caption says.
  public var notes: [String]
  public var scale: ScaleScope
  public var colormap: Colormap
  public var columns: Int?
  public var theme: Theme

  public static let mostFilters = 64
  public static let mostInputs = 16
  private static let filterGap = 8

  public init(
    name: String, weights: [Float], inputs: Int, width: Int, height: Int, labels: [String] = [],
    notes: [String] = [], scale: ScaleScope = .layer, colormap: Colormap = .redBlue,
    columns: Int? = nil, theme: Theme = .light
  ) {
    precondition(
      inputs > 0 && width > 0 && height > 0 && !weights.isEmpty
        && weights.count % (inputs * width * height) == 0,
      "\(weights.count) weights for filters of \(inputs)×\(height)×\(width)")
    precondition(columns ?? 1 > 0, "a sheet of \(columns ?? 0) columns")
    self.name = name
    self.weights = weights
    self.inputs = inputs
    self.width = width
    self.height = height
    self.labels = labels
    self.notes = notes
    self.scale = scale
    self.colormap = colormap
    self.columns = columns
    self.theme = theme
  }

  public var filterCount: Int { weights.count / (inputs * width * height) }

  /// What the page shows in one line: `conv2 · 16×8×3×3 · [−0.52, 0.61] · scale layer`.
  public var caption: String { "\(name) · \(details)" }

  /// The caption without the name.
  public var details: String { facts(choice).joined(separator: " · ") }

  /// The whole page; without a heading, name and details do not stand above the kernels.
  public func image(heading: Bool = true) -> Image {
    let choice = choice
    let ends = ends
    let tiles = isMatrix ? [matrixTile(ends)] : choice.filters.map { tile($0, choice, ends) }
    var grid = SheetLayout.grid(
      heading: heading ? (name, facts(choice).joined(separator: " · ")) : nil, tiles: tiles,
      theme: theme)
    grid.columns = columns ?? columns(for: tiles.count)
    grid.spacing = Self.filterGap
    grid.framesPictures = true
    (grid.minimumTileSide, grid.maximumTileSide) =
      isMatrix ? (1, Self.matrixSide.largest) : (1, SheetLayout.pageWidth)
    grid.legend = legend(ends)
    return grid.image()
  }

  /// The kernels for a page, a tile for each filter.
  public func tiles() throws(ImageError) -> ReportTiles {
    let choice = choice
    let ends = ends
    var dark = self
    (dark.theme, dark.colormap) = (.dark, colormap.onDark)
    var tiles: [ReportTiles.Tile] = []
    for filter in isMatrix ? [0] : filtersOnPage {
      let drawn = isMatrix ? matrix(ends) : raster(filter, choice, ends)
      let onDark = isMatrix ? dark.matrix(ends) : dark.raster(filter, choice, ends)
      let label = label(of: filter)
      tiles.append(
        .init(
          try ReportPicture(
            drawn.image, dark: onDark.image,
            alternative: isMatrix ? "kernels of \(name)" : "filter \(filter) of \(name)"),
          label: isMatrix ? "" : "\(filter)", caption: isMatrix ? "" : label,
          details: isMatrix ? "" : "filter \(label ?? "\(filter)")",
          isDead: !isMatrix && isZero(filter)))
    }
    return ReportTiles(
      tiles: tiles, width: tiles.map(\.picture.width).max() ?? 1, legend: ReportLegend(legend(ends))
    )
  }

  /// Filters of one or three kernels that a page has no room for; the sheet has all of them.
  public var isCutOnPage: Bool { !isMatrix && inputs <= 3 && filterCount > Self.mostFilters }

  private var filtersOnPage: [Int] {
    isCutOnPage ? Self.greatest(Self.mostFilters, of: filterSquares) : choice.filters
  }

  private var filterSquares: [Double] {
    (0..<filterCount).map { weights(of: $0).reduce(0) { $0 + Double($1) * Double($1) } }
  }

  private func legend(_ ends: ClosedRange<Double>) -> Legend {
    SheetLayout.legend(colormap, scale: scale, range: ends, theme: theme)
  }

  // MARK: - What is shown

  private var isMatrix: Bool { width == 1 && height == 1 && inputs > 3 }
  /// Whether a filter is several kernels side by side.
  private var isStrip: Bool { inputs > 1 && !isMatrix }

  private struct Choice {
    let filters: [Int]
    let inputs: [Int]
  }

  private var choice: Choice {
    guard inputs > 3, !isMatrix else {
      return Choice(filters: Array(0..<filterCount), inputs: Array(0..<inputs))
    }
    let taps = width * height
    var inputSquares = [Double](repeating: 0, count: inputs)
    for (i, weight) in weights.enumerated() {
      inputSquares[i / taps % inputs] += Double(weight) * Double(weight)
    }
    return Choice(
      filters: Self.greatest(Self.mostFilters, of: filterSquares),
      inputs: Self.greatest(Self.mostInputs, of: inputSquares))
  }

  /// The indices of the greatest numbers, in their order; NaN counts as greatest, for it must be seen.
  private static func greatest(_ count: Int, of numbers: [Double]) -> [Int] {
    let keys = numbers.map { $0.isNaN ? .infinity : $0 }
    let order = keys.indices.sorted { keys[$0] == keys[$1] ? $0 < $1 : keys[$0] > keys[$1] }
    return order.prefix(count).sorted()
  }

  private var ends: ClosedRange<Double> {
    if case .global(let range) = scale { return colormap.ends(for: range) }
    return colormap.ends(for: wholeRange)
  }

  /// From the least finite weight to the greatest.
  var wholeRange: ClosedRange<Double> {
    PlaneRendering(colormap: .gray).range(
      of: Plane(width: weights.count, height: 1, samples: weights))
  }

  private func facts(_ choice: Choice) -> [String] {
    var left: [String] = []
    if choice.filters.count < filterCount {
      left.append("\(choice.filters.count) of \(filterCount) filters")
    }
    if choice.inputs.count < inputs { left.append("\(choice.inputs.count) of \(inputs) inputs") }
    return [
      "\(filterCount)×\(inputs)×\(height)×\(width)", wholeRange.shortText, "scale \(scale.name)",
    ]
      + (isMatrix ? ["filters in rows, inputs in columns"] : [])
      + (inputs == 3 && !isMatrix ? ["true colour, red, green, blue"] : [])
      + (left.isEmpty ? [] : [left.joined(separator: ", ") + ": those of the greatest norms"])
      + notes
  }

  // MARK: - Tiles

  /// The side of a kernel in pixels: larger where there is room and labels need it.
  private var panelSide: Int {
    let least = inputs > 3 ? 24 : inputs == 1 && filterCount <= 64 ? 96 : 48
    let panels = inputs == 3 ? 4 : min(inputs, Self.mostInputs)
    return SheetLayout.tileSide(
      for: max(width, height), columns: columns(for: filterCount) * panels,
      spacing: isStrip ? 3 : Self.filterGap,
      atLeast: least)
  }

  private func columns(for count: Int) -> Int {
    if isMatrix { return 1 }
    if isStrip { return min(count, inputs <= 3 && count > 16 ? 8 : 4) }
    return SheetLayout.columns(count: count)
  }

  private func plane(_ filter: Int, _ input: Int) -> Plane {
    let first = (filter * inputs + input) * width * height
    return Plane(
      width: width, height: height, samples: Array(weights[first..<(first + width * height)]))
  }

  private func weights(of filter: Int) -> ArraySlice<Float> {
    let count = inputs * width * height
    return weights[(filter * count)..<((filter + 1) * count)]
  }

  private func isZero(_ filter: Int) -> Bool { weights(of: filter).allSatisfy { $0 == 0 } }

  private func label(of filter: Int) -> String? {
    filter < labels.count && !labels[filter].isEmpty ? labels[filter] : nil
  }

  private func tile(
    _ filter: Int, _ choice: Choice, _ ends: ClosedRange<Double>
  ) -> GridTile {
    let label = label(of: filter)
    // A strip has room for words beside the number.
    return GridTile(
      .image(raster(filter, choice, ends).image),
      caption: isStrip ? label ?? "\(filter)" : "\(filter)",
      subtitle: isStrip ? nil : label, mark: isZero(filter) ? .dead : nil)
  }

  private func raster(
    _ filter: Int, _ choice: Choice, _ ends: ClosedRange<Double>
  ) -> Raster {
    let side = panelSide
    let own = Plane(
      width: inputs * width * height, height: 1, samples: Array(weights(of: filter)))
    let ends = scale == .map ? PlaneRendering(colormap: colormap).range(of: own) : ends
    let rendering = PlaneRendering(colormap: colormap, range: ends)
    var panels = choice.inputs.map {
      rendering.picture(of: plane(filter, $0), minimum: side, maximum: side)
    }
    if inputs == 3 {
      panels.insert(trueColor(filter, ends).fitted(minimum: side, maximum: side), at: 0)
    }
    return joined(panels)
  }

  private func joined(_ panels: [Raster]) -> Raster {
    guard panels.count > 1 else { return panels[0] }
    let (width, height) = (panels[0].width, panels[0].height)
    var canvas = Canvas(
      width: panels.count * (width + SheetLayout.gap) - SheetLayout.gap, height: height,
      background: theme.line)
    for (i, panel) in panels.enumerated() {
      canvas.draw(panel, x: i * (width + SheetLayout.gap), y: 0)
    }
    return canvas.raster
  }

  /// Three kernels as red, green and blue: zero is middle gray, the ends are none and all.
  private func trueColor(_ filter: Int, _ ends: ClosedRange<Double>) -> Raster {
    let reach = max(-ends.lowerBound, ends.upperBound)
    let planes = (0..<3).map { plane(filter, $0).values }
    let pixels = (0..<(3 * width * height)).map { i -> UInt8 in
      let value = planes[i % 3][i / 3]
      guard reach > 0, !value.isNaN else { return 128 }
      return UInt8((min(max(0.5 + value / (2 * reach), 0), 1) * 255).rounded())
    }
    return Raster(width: width, height: height, pixels: pixels)
  }

  private static let matrixSide = (least: 640, largest: 1280)

  private func matrixTile(_ ends: ClosedRange<Double>) -> GridTile {
    GridTile(.image(matrix(ends).image), caption: "")
  }

  private func matrix(_ ends: ClosedRange<Double>) -> Raster {
    let matrix = Plane(width: inputs, height: filterCount, samples: weights)
    return PlaneRendering(colormap: colormap, range: ends).picture(
      of: matrix, minimum: Self.matrixSide.least, maximum: Self.matrixSide.largest)
  }
}
