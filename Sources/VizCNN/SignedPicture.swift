internal import VizImage
internal import VizRender

/// Responses in diverging colours, zero neutral, with a legend below.
///
/// Three planes of a coloured picture stand side by side, in colours of one range.
struct SignedPicture {
  private let planes: [Plane]
  private let range: ClosedRange<Double>
  private let title: String

  /// The picture of Float responses.
  init(_ responses: FilterResult, title: String) {
    planes = responses.planes
    self.title = title
    let ranges = planes.map { PlaneRendering.signed.range(of: $0) }
    let side = ranges.map { max(-$0.lowerBound, $0.upperBound) }.max() ?? 0
    range = -side...side
  }

  var image: Image {
    let rendering = PlaneRendering(colormap: .diverging, range: range)
    if planes.count == 1 { return rendering.image(of: planes[0], title: title) }
    let side = max(planes[0].width, planes[0].height)
    let tiles = zip(["red", "green", "blue"], planes).map { name, plane in
      GridTile(.plane(plane, rendering), caption: name)
    }
    return Grid(
      tiles: tiles, title: title,
      footer: "negative in red to −\(limit) · positive in blue to \(limit)",
      columns: planes[0].width > 2 * planes[0].height ? 1 : 3, maximumTileSide: side
    ).image()
  }

  /// What the colours mean, for the file.
  var texts: [(key: String, value: String)] {
    [("vizcnn:signed", "red -\(limit), white 0, blue +\(limit)")]
  }

  private var limit: String { decimal((range.upperBound * 1000).rounded() / 1000) }
}
