/// Small pictures of a page, in rows as wide as the page is, with what their colours mean.
public struct ReportTiles: Sendable {
  public struct Tile: Sendable {
    public var picture: ReportPicture
    /// What the tile's address ends with; empty for none.
    public var label: String
    /// What stands below the tile.
    public var caption: String
    /// What a pointer that rests on the tile is told.
    public var details: String
    /// Whether there is nothing to see in it; it is outlined then.
    public var isDead: Bool
    /// Whether the tile is shown before all are asked for.
    public var isFirst: Bool

    public init(
      _ picture: ReportPicture, label: String, caption: String? = nil, details: String = "",
      isDead: Bool = false, isFirst: Bool = true
    ) {
      self.picture = picture
      self.label = label
      self.caption = caption ?? label
      self.details = details
      self.isDead = isDead
      self.isFirst = isFirst
    }
  }

  public var tiles: [Tile]
  /// Pixels from the left of a tile to its right on the page.
  public var width: Int
  let legend: ReportLegend

  /// A map's side on the page: the least whole multiple of 64 pixels or more; large ones shrink.
  static func side(for side: Int) -> Int {
    side < leastSide ? side * ((leastSide + side - 1) / side) : min(side, largestSide)
  }

  private static let leastSide = 64
  private static let largestSide = 160

  func write(to page: inout HTMLWriter, anchor: String) {
    let later = tiles.count { !$0.isFirst }
    if later > 0 {
      let name = anchor + "-all"
      page.open("input", [("type", "checkbox"), ("class", "all"), ("id", name)])
      page.element("label", ["for": name]) { page in
        page.element("span", ["class": "more"]) { $0.text("show \(later) more") }
        page.element("span", ["class": "fewer"]) { $0.text("show fewer") }
      }
      page.raw("\n")
    }
    page.element("div", ["class": classes, "style": "--width:\(width)px", "tabindex": "0"]) {
      page in
      for tile in tiles { write(tile, to: &page, anchor: anchor) }
    }
    page.raw("\n")
    legend.write(to: &page)
  }

  /// One picture that is wider than tiles are scrolls in its place.
  private var classes: String {
    let shown = tiles.map(\.picture.width).max() ?? 0
    return "tiles" + (tiles.count == 1 && width > Self.largestSide ? " wide" : "")
      + (shown > width ? " smooth" : "") + (legend.isSigned ? " framed" : "")
      + (legend.turnsDark && tiles.allSatisfy { $0.picture.darkPNG == nil } ? " turned" : "")
  }

  private func write(_ tile: Tile, to page: inout HTMLWriter, anchor: String) {
    let classes = (tile.isDead ? ["dead"] : []) + (tile.isFirst ? [] : ["later"])
    page.open(
      "figure",
      (tile.label.isEmpty ? [] : [("id", "\(anchor)-\(tile.label)")])
        + (classes.isEmpty ? [] : [("class", classes.joined(separator: " "))])
        + (tile.details.isEmpty ? [] : [("title", tile.details)]))
    tile.picture.writeImage(to: &page)
    if !tile.caption.isEmpty { page.element("figcaption") { $0.text(tile.caption) } }
    page.raw("</figure>\n")
  }
}

/// A colour bar of a page, with its numbers.
struct ReportLegend: Sendable {
  private let legend: Legend

  init(_ legend: Legend) { self.legend = legend }

  var isSigned: Bool { legend.colormap.isSigned }
  /// Whether dark pages have other colours.
  var turnsDark: Bool { legend.colormap.onDark.name != legend.colormap.name }

  func write(to page: inout HTMLWriter) {
    page.open("div", [("class", "legend")])
    if let title = legend.title { page.element("div", ["class": "caption"]) { $0.text(title) } }
    page.element(
      "div",
      [
        "class": turnsDark ? "bar turned" : "bar",
        "style": "background:\(gradient(legend.colormap))",
      ]
    ) { _ in }
    page.element("div", ["class": "ends"]) { page in
      for (_, text) in legend.ticks { page.element("span") { $0.text(text) } }
    }
    page.raw("</div>\n")
  }

  /// The map in as many steps as an eye can tell apart on a bar.
  private func gradient(_ map: Colormap) -> String {
    let steps = 24
    let low = map.domain.lowerBound
    let isFlat = legend.range.lowerBound == legend.range.upperBound && legend.endTexts == nil
    let colors = (0...steps).map { i in
      map.color(at: isFlat ? 0 : low + (1 - low) * Double(i) / Double(steps)).css
    }
    return "linear-gradient(to right,\(colors.joined(separator: ",")))"
  }
}

extension Color {
  fileprivate var css: String {
    let digits = [red, green, blue].map { part in
      (part < 16 ? "0" : "") + String(part, radix: 16)
    }
    return "#" + digits.joined()
  }
}
