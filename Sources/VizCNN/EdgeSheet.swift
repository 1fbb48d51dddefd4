public import VizImage
public import VizRender

/// The same filter under every edge mode, side by side: what a border does to a result.
public struct EdgeSheet: Sendable {
  /// The chain, whatever its own edge mode is.
  public var chain: FilterChain
  public var display: DisplayMode
  public var jobs: Int

  public init(chain: FilterChain, display: DisplayMode = .clip, jobs: Int? = nil) {
    self.chain = chain
    self.display = display
    self.jobs = jobs ?? Engine.processorCount
  }

  /// One tile for each mode; a mode that cannot be says why.
  ///
  /// `normalize` and `signed` take one range for all tiles, so that they compare.
  public func grid(for image: Image, title: String) throws(ImageError) -> Grid {
    var results: [(mode: EdgeMode, result: FilterResult?, reason: String)] = []
    for mode in EdgeMode.all {
      do throws(ImageError) {
        let chain = try FilterChain(chain.steps, options: options(mode))
        results.append((mode, try chain.apply(to: image, output: .float, jobs: jobs), ""))
      } catch ImageError.notApplicable(let reason) {
        results.append((mode, nil, reason))
      } catch {
        throw error
      }
    }
    let shown = SheetDisplay(
      display, depth: image.sampleType, results: results.compactMap(\.result), jobs: jobs)
    var tiles: [GridTile] = []
    let side = cornerSide(image)
    // One factor for all, so that a cropped result is seen to be smaller.
    let factor = side == nil ? Int((160 / Double(max(image.width, image.height))).rounded(.up)) : 1
    for (mode, result, reason) in results {
      guard let result else {
        tiles.append(GridTile(.placeholder(reason: reason), caption: mode.name))
        if side != nil { tiles.append(GridTile(.placeholder(reason: ""), caption: "")) }
        continue
      }
      let picture = shown.picture(of: result)
      tiles.append(
        GridTile(
          .image(factor == 1 ? picture : picture.enlarged(by: factor)), caption: mode.name,
          subtitle: "\(Self.diagram(mode))   \(picture.width)×\(picture.height)"))
      if let side {
        tiles.append(
          GridTile(.image(picture.enlargedCorner(side: side)), caption: "its top left corner"))
      }
    }
    let legend =
      switch display {
      case .clip: shown.hasNegatives ? "; values below 0 are black" : ""
      case .abs, .offset, .normalize, .signed: "; display \(display.rawValue)"
      }
    return Grid(
      tiles: tiles, title: title,
      footer: "What the filter sees outside of a row abcdefgh is written below each mode\(legend).",
      columns: 4, minimumTileSide: 1, maximumTileSide: 480)
  }

  /// How much of a corner shows the border well; nil where the whole picture does.
  private func cornerSide(_ image: Image) -> Int? {
    let side = min(image.width, image.height) / 8
    return max(image.width, image.height) > 64 && side >= 8 ? min(side, 24) : nil
  }

  private func options(_ mode: EdgeMode) -> FilterOptions {
    var options = chain.options
    options.edge = mode
    return options
  }

  private static func diagram(_ mode: EdgeMode) -> String {
    switch mode {
    case .extend: "aaa|abcdefgh|hhh"
    case .pad: "000|abcdefgh|000"
    case .crop: "|abcdefgh|"
    case .mirror: "cba|abcdefgh|hgf"
    case .reflect101: "dcb|abcdefgh|gfe"
    case .wrap: "fgh|abcdefgh|abc"
    case .renormalize: "---|abcdefgh|---"
    }
  }
}

/// One way of showing for results that are compared.
private struct SheetDisplay {
  private let mode: DisplayMode
  private let depth: SampleType
  private let jobs: Int
  private let range: ClosedRange<Double>
  let hasNegatives: Bool

  init(_ mode: DisplayMode, depth: SampleType, results: [FilterResult], jobs: Int) {
    self.mode = mode
    self.depth = depth == .int16 ? .uint16 : depth
    self.jobs = jobs
    let extremes = results.map { Plane.extremes(of: $0.planes) }
    let (low, high) = (extremes.map(\.low).min() ?? 0, extremes.map(\.high).max() ?? 0)
    let side = max(abs(low), abs(high))
    hasNegatives = low < 0
    range = mode == .signed ? -side...side : low...max(low, high)
  }

  func picture(of result: FilterResult) -> Image {
    switch mode {
    case .signed, .normalize:
      let map: Colormap = mode == .signed ? .diverging : .gray
      let rendering = PlaneRendering(colormap: map, range: range)
      if result.planes.count == 1 { return rendering.image(of: result.planes[0]) }
      let strongest = result.displayed(mode == .signed ? .abs : .normalize, as: depth, jobs: jobs)
      return Image(planes: strongest.planes, jobs: jobs)
    case .clip, .abs, .offset:
      let shown = result.displayed(mode, as: depth, jobs: jobs)
      return Image(planes: shown.planes, jobs: jobs)
    }
  }
}

extension Image {
  /// The top left corner, enlarged to at most the size of the picture or of a tile.
  fileprivate func enlargedCorner(side: Int) -> Image {
    let (columns, rows) =
      width >= height ? (side * width / height, side) : (side, side * height / width)
    let factor = max(1, min(480, max(width, height)) / max(columns, rows))
    let corners = colorPlanes.map { plane in
      plane.cropped(
        left: 0, top: 0, width: min(columns, plane.width), height: min(rows, plane.height))
    }
    return Image(planes: corners).enlarged(by: factor)
  }

  fileprivate func enlarged(by factor: Int) -> Image {
    Raster(self, over: Theme.light.panel).enlarged(by: factor).image
  }
}
