package import VizImage

/// Lines, dots and words at places, as pixels or as SVG.
package struct Drawing: Sendable {
  package enum Mark: Sendable {
    case fill(x: Double, y: Double, width: Double, height: Double, Color)
    /// Joined by straight lines; `dash` is the length of a dash and of a gap, 0 for none.
    case line([Point], width: Double, dash: Double = 0, Color)
    case dot(Point, radius: Double, Color)
    case text(String, Point, TextStyle, Color, Canvas.Alignment = .left)
  }

  package struct Point: Sendable, Equatable {
    package var x: Double
    package var y: Double

    package init(_ x: Double, _ y: Double) {
      (self.x, self.y) = (x, y)
    }
  }

  package let width: Int
  package let height: Int
  package let background: Color
  package var marks: [Mark] = []

  package init(width: Int, height: Int, background: Color) {
    (self.width, self.height, self.background) = (width, height, background)
  }

  /// As pixels, each mark's edges smoothed.
  package var image: Image {
    var canvas = Canvas(width: width, height: height, background: background)
    for mark in marks {
      switch mark {
      case .fill(let x, let y, let width, let height, let color):
        canvas.fill(
          x: Int(x.rounded()), y: Int(y.rounded()), width: max(1, Int(width.rounded())),
          height: max(1, Int(height.rounded())), color: color)
      case .line(let points, let width, let dash, let color):
        for (a, b) in zip(points, points.dropFirst()) {
          canvas.stroke(from: a, to: b, width: width, dash: dash, color: color)
        }
      case .dot(let center, let radius, let color):
        canvas.stroke(from: center, to: center, width: 2 * radius, dash: 0, color: color)
      case .text(let text, let place, let style, let color, let alignment):
        canvas.draw(
          text, x: Int(place.x.rounded()), baseline: Int(place.y.rounded()), style: style,
          color: color, alignment: alignment)
      }
    }
    return canvas.image
  }

  /// A file of SVG that needs nothing from outside.
  package var svg: String {
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
        + "viewBox=\"0 0 \(width) \(height)\" font-family=\"Helvetica, Arial, sans-serif\">",
      "<rect width=\"\(width)\" height=\"\(height)\" fill=\"\(background.hexText)\"/>",
    ]
    lines += marks.map(Self.svg)
    return (lines + ["</svg>", ""]).joined(separator: "\n")
  }

  private static func svg(_ mark: Mark) -> String {
    switch mark {
    case .fill(let x, let y, let width, let height, let color):
      return "<rect x=\"\(short(x))\" y=\"\(short(y))\" width=\"\(short(width))\" "
        + "height=\"\(short(height))\" fill=\"\(color.hexText)\"/>"
    case .line(let points, let width, let dash, let color):
      let places = points.map { "\(short($0.x)),\(short($0.y))" }.joined(separator: " ")
      return "<polyline points=\"\(places)\" fill=\"none\" stroke=\"\(color.hexText)\" "
        + "stroke-width=\"\(short(width))\" stroke-linejoin=\"round\" stroke-linecap=\"round\""
        + (dash > 0 ? " stroke-dasharray=\"\(short(dash)) \(short(dash))\"" : "") + "/>"
    case .dot(let center, let radius, let color):
      return "<circle cx=\"\(short(center.x))\" cy=\"\(short(center.y))\" r=\"\(short(radius))\" "
        + "fill=\"\(color.hexText)\"/>"
    case .text(let text, let place, let style, let color, let alignment):
      let anchor =
        switch alignment {
        case .left: "start"
        case .center: "middle"
        case .right: "end"
        }
      return "<text x=\"\(short(place.x))\" y=\"\(short(place.y))\" font-size=\"\(style.size)\""
        + (style.weight == .bold ? " font-weight=\"bold\"" : "")
        + " text-anchor=\"\(anchor)\" fill=\"\(color.hexText)\">\(HTMLWriter.escaped(text))</text>"
    }
  }

  /// To tenths of a pixel.
  private static func short(_ value: Double) -> String { decimal((value * 10).rounded() / 10) }
}

extension Color {
  /// `#rrggbb`.
  fileprivate var hexText: String {
    let digits = [red, green, blue].map { value in
      let text = String(value, radix: 16)
      return text.count == 1 ? "0" + text : text
    }
    return "#" + digits.joined()
  }
}

extension Canvas {
  /// A straight line with round ends; what of a pixel's middle is nearer than half its width is covered.
  fileprivate mutating func stroke(
    from a: Drawing.Point, to b: Drawing.Point, width lineWidth: Double, dash: Double, color: Color
  ) {
    let reach = lineWidth / 2 + 1
    let columns =
      max(
        0, Int(min(a.x, b.x) - reach))..<max(
        max(0, Int(min(a.x, b.x) - reach)), min(width, Int(max(a.x, b.x) + reach) + 1))
    let rows =
      max(
        0, Int(min(a.y, b.y) - reach))..<max(
        max(0, Int(min(a.y, b.y) - reach)), min(height, Int(max(a.y, b.y) + reach) + 1))
    let (dx, dy) = (b.x - a.x, b.y - a.y)
    let length = (dx * dx + dy * dy).squareRoot()
    for y in rows {
      for x in columns {
        let (px, py) = (Double(x) + 0.5 - a.x, Double(y) + 0.5 - a.y)
        let along =
          length == 0 ? 0 : min(max((px * dx + py * dy) / (length * length), 0), 1)
        if dash > 0, Int(along * length / dash) % 2 == 1 { continue }
        let (ex, ey) = (px - along * dx, py - along * dy)
        let distance = (ex * ex + ey * ey).squareRoot()
        let coverage = min(max(lineWidth / 2 + 0.5 - distance, 0), 1)
        blend(x: x, y: y, color: color, coverage: UInt8(coverage * 255))
      }
    }
  }
}
