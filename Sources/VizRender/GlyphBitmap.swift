/// What a drawn glyph depends on.
struct GlyphKey: Hashable, Sendable {
  let character: Character
  let style: TextStyle
}

/// A glyph as coverage 0…255, placed relative to the pen on the baseline.
struct GlyphBitmap: Sendable {
  /// Left edge from the pen, rightwards.
  let left: Int
  /// Top edge from the baseline, upwards.
  let top: Int
  let width: Int
  let height: Int
  private(set) var coverage: [UInt8]

  /// Draws the strokes by the distance to them: a pixel is covered as far as its centre lies inside
  /// of the pen, with a ramp of one pixel at the pen's edge.
  init(_ character: Character, style: TextStyle) {
    let glyph = Glyph.of(character)
    let pen = style.penWidth
    let hints = Hints(glyph, scale: Double(style.size) / 10, pen: pen)
    let strokes = glyph.strokes.map { $0.points.map(hints.pixelPosition) }
    let xs = strokes.joined().map(\.x)
    let ys = strokes.joined().map(\.y)
    guard let minX = xs.min(), let maxX = xs.max(), let minY = ys.min(), let maxY = ys.max() else {
      (left, top, width, height, coverage) = (0, 0, 0, 0, [])
      return
    }
    let margin = pen + 1
    left = Int((minX - margin).rounded(.down))
    top = Int((maxY + margin).rounded(.up))
    width = Int((maxX + margin).rounded(.up)) - left
    height = top - Int((minY - margin).rounded(.down))
    coverage = [UInt8](repeating: 0, count: width * height)
    for points in strokes {
      if points.count == 1 { mark(from: points[0], to: points[0], radius: max(pen * 0.62, 0.75)) }
      for (a, b) in zip(points, points.dropFirst()) { mark(from: a, to: b, radius: pen / 2) }
    }
  }

  /// Raises the coverage of the pixels around one straight piece of a stroke.
  private mutating func mark(from a: Glyph.Point, to b: Glyph.Point, radius: Double) {
    let reach = radius + 1
    let (dx, dy) = (b.x - a.x, b.y - a.y)
    let square = dx * dx + dy * dy
    let firstColumn = max(0, Int((min(a.x, b.x) - reach).rounded(.down)) - left)
    let lastColumn = min(width, Int((max(a.x, b.x) + reach).rounded(.up)) - left)
    let firstRow = max(0, top - Int((max(a.y, b.y) + reach).rounded(.up)))
    let lastRow = min(height, top - Int((min(a.y, b.y) - reach).rounded(.down)))
    for row in firstRow..<lastRow {
      let y = Double(top - row) - 0.5
      for column in firstColumn..<lastColumn {
        let x = Double(left + column) + 0.5
        let along = square > 0 ? ((x - a.x) * dx + (y - a.y) * dy) / square : 0
        let t = min(max(along, 0), 1)
        let (ex, ey) = (x - a.x - t * dx, y - a.y - t * dy)
        let inside = radius + 0.5 - (ex * ex + ey * ey).squareRoot()
        let i = row * width + column
        coverage[i] = max(coverage[i], UInt8(min(max(inside, 0), 1) * 255))
      }
    }
  }
}

/// Moves stems and bars to whole pixels, so that small text has even, sharp strokes.
///
/// Along each axis a few places of the glyph (its stems and bars, the heights that all letters
/// share) are knots with a pixel position of their own; what lies between moves in proportion.
private struct Hints {
  private typealias Knot = (place: Double, pixel: Double)
  private let scale: Double
  private let columns: [Knot]
  private let rows: [Knot]

  init(_ glyph: Glyph, scale: Double, pen: Double) {
    var stems: [Double] = []
    var bars = [Glyph.descender, 0, Glyph.xHeight, Glyph.capHeight, Glyph.ascender]
    for stroke in glyph.strokes {
      for (a, b) in zip(stroke.points, stroke.points.dropFirst()) {
        if a.x == b.x, abs(a.y - b.y) > 1 { stems.append(a.x) }
        if a.y == b.y, abs(a.x - b.x) > 1 { bars.append(a.y) }
      }
      // The sides of a bowl stand like stems.
      let xs = stroke.points.map(\.x)
      if xs.count > 8, let low = xs.min(), let high = xs.max() { stems += [low, high] }
    }
    self.scale = scale
    columns = Self.knots(stems) { ($0 * scale - pen / 2).rounded() + pen / 2 }
    // A letter's outer edges are at 0 and at its height; the pen's middle stays half a pen inside.
    let inner = scale - pen / Glyph.capHeight
    rows = Self.knots(bars) { ($0 * inner).rounded() + pen / 2 }
  }

  func pixelPosition(_ point: Glyph.Point) -> Glyph.Point {
    Glyph.Point(x: moved(point.x, along: columns), y: moved(point.y, along: rows))
  }

  private static func knots(_ places: [Double], pixel: (Double) -> Double) -> [Knot] {
    var result: [Knot] = []
    for place in places.sorted() {
      if let last = result.last, place - last.place < 0.25 { continue }
      result.append((place, pixel(place)))
    }
    return result
  }

  private func moved(_ value: Double, along knots: [Knot]) -> Double {
    guard let first = knots.first, let last = knots.last else { return value * scale }
    if value <= first.place { return first.pixel + (value - first.place) * scale }
    for (a, b) in zip(knots, knots.dropFirst()) where value <= b.place {
      return a.pixel + (value - a.place) / (b.place - a.place) * (b.pixel - a.pixel)
    }
    return last.pixel + (value - last.place) * scale
  }
}
