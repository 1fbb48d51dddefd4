public import VizImage

/// One channel of a layer's output.
public struct FeatureMap: Sendable {
  public var plane: Plane
  public var label: String
  /// Whether the channel has nothing to show; it is outlined then.
  public var isDead: Bool

  public init(_ plane: Plane, label: String, isDead: Bool = false) {
    self.plane = plane
    self.label = label
    self.isDead = isDead
  }
}

/// The feature maps of a layer on one page, with what their colours mean.
///
/// Small maps grow by the least whole factor that makes them 48 pixels high or wide, so that single
/// numbers stay crisp; large ones shrink to what a page of 1920 pixels has room for. Columns: as many as
/// maps up to 8, then 8 up to 64 maps, 16 up to 256, and 32. NaN is magenta; a map of equal numbers has
/// a dot in its corner.
public struct FeatureMapSheet: Sendable {
  public var name: String
  public var maps: [FeatureMap]
  /// What else the caption says, such as the receptive field.
  public var notes: [String]
  public var scale: ScaleScope
  /// nil takes viridis where nothing is negative, else red below zero and blue above.
  public var colormap: Colormap?
  public var columns: Int?
  public var theme: Theme

  public init(
    name: String, maps: [FeatureMap], notes: [String] = [], scale: ScaleScope = .layer,
    colormap: Colormap? = nil, columns: Int? = nil, theme: Theme = .light
  ) {
    precondition(columns ?? 1 > 0, "a sheet of \(columns ?? 0) columns")
    self.name = name
    self.maps = maps
    self.notes = notes
    self.scale = scale
    self.colormap = colormap
    self.columns = columns
    self.theme = theme
  }

  /// What the page shows in one line: `conv2 · 32×11×11 · [0, 4.37] · scale layer · dead 3/32`.
  public var caption: String { "\(name) · \(details)" }

  /// The caption without the name.
  public var details: String { facts(ranges.whole).joined(separator: " · ") }

  /// The whole page; without a heading, name and details do not stand above the maps.
  public func image(heading: Bool = true) -> Image {
    let ranges = ranges
    let map = colormap ?? .standard(isNonNegative: ranges.whole.lowerBound >= 0)
    let columns = columns ?? SheetLayout.columns(count: maps.count)
    let side = maps.map { max($0.plane.width, $0.plane.height) }.max() ?? 1
    let tileSide = SheetLayout.tileSide(for: side, columns: columns)
    let tiles = zip(maps, ranges.each).map { item, range in
      let rendering = PlaneRendering(colormap: map, range: ends(of: map, range, ranges.whole))
      let isConstant = range.lowerBound == range.upperBound && !item.plane.isUndefined
      return GridTile(
        .plane(item.plane, rendering), caption: tileSide >= 32 ? item.label : "",
        mark: item.isDead ? .dead : isConstant ? .constant : nil)
    }
    var grid = SheetLayout.grid(
      heading: heading ? (name, facts(ranges.whole).joined(separator: " · ")) : nil, tiles: tiles,
      theme: theme)
    grid.columns = columns
    grid.framesPictures = map.isSigned
    grid.minimumTileSide = tileSide
    grid.maximumTileSide = tileSide
    grid.legend = legend(map, ranges.whole)
    return grid.image()
  }

  /// The maps for a page, of which `first` are shown before all are asked for.
  public func tiles(first: Set<Int>) throws(ImageError) -> ReportTiles {
    let ranges = ranges
    let map = colormap ?? .standard(isNonNegative: ranges.whole.lowerBound >= 0)
    var tiles: [ReportTiles.Tile] = []
    for (i, (item, range)) in zip(maps, ranges.each).enumerated() {
      let rendering = PlaneRendering(colormap: map, range: ends(of: map, range, ranges.whole))
      let found = item.plane.isUndefined ? "no finite numbers" : range.shortText
      tiles.append(
        .init(
          try ReportPicture(
            pagePicture(of: item.plane, rendering), alternative: "map \(item.label) of \(name)"),
          label: item.label, details: "map \(item.label) · \(found)", isDead: item.isDead,
          isFirst: first.contains(i)))
    }
    let side = maps.map { max($0.plane.width, $0.plane.height) }.max() ?? 1
    return ReportTiles(
      tiles: tiles, width: ReportTiles.side(for: side),
      legend: ReportLegend(legend(map, ranges.whole)))
  }

  /// One pixel for each sample, which the page enlarges; hatched ones need some more.
  private func pagePicture(of plane: Plane, _ rendering: PlaneRendering) -> Image {
    plane.hasInfinities
      ? rendering.picture(of: plane, minimum: 192, maximum: .max).image : rendering.image(of: plane)
  }

  private func legend(_ map: Colormap, _ whole: ClosedRange<Double>) -> Legend {
    SheetLayout.legend(map, scale: scale, range: ends(of: map, whole, whole), theme: theme)
  }

  /// From the least to the greatest finite number of each map, and of all.
  private var ranges: (each: [ClosedRange<Double>], whole: ClosedRange<Double>) {
    let each = maps.map { PlaneRendering(colormap: .gray).range(of: $0.plane) }
    let whole = each.dropFirst().reduce(each.first ?? 0...0) { $0.union($1) }
    return (each, whole)
  }

  private func ends(
    of colormap: Colormap, _ own: ClosedRange<Double>, _ whole: ClosedRange<Double>
  ) -> ClosedRange<Double> {
    switch scale {
    case .layer: colormap.ends(for: whole)
    case .map: colormap.ends(for: own)
    case .global(let range): colormap.ends(for: range)
    }
  }

  private func facts(_ range: ClosedRange<Double>) -> [String] {
    let size = maps.first.map { "\(maps.count)×\($0.plane.height)×\($0.plane.width)" } ?? "no maps"
    let dead = maps.count(where: \.isDead)
    let undefined = maps.reduce(0) { $0 + $1.plane.nonFiniteCount }
    let isUndefined = !maps.isEmpty && maps.allSatisfy(\.plane.isUndefined)
    return [size, isUndefined ? "no finite numbers" : range.shortText, "scale \(scale.name)"]
      + (dead > 0 ? ["dead \(dead)/\(maps.count)"] : [])
      + (undefined > 0 ? ["NaN or infinite \(undefined)"] : []) + notes
  }
}

extension Plane {
  /// How many samples are NaN or infinite.
  fileprivate var nonFiniteCount: Int {
    sampleType == .float ? samples(as: Float.self).count { !$0.isFinite } : 0
  }

  fileprivate var hasInfinities: Bool {
    sampleType == .float && samples(as: Float.self).contains(where: \.isInfinite)
  }

  /// Whether no sample is a finite number.
  fileprivate var isUndefined: Bool { nonFiniteCount == width * height }
}
