/// One character as pen strokes, in tenths of the font size, y upwards from the baseline.
///
/// The path's commands are absolute: `M x y` lifts the pen and moves, `L x y` draws a line,
/// `C x1 y1 x2 y2 x y` a cubic curve, `E cx cy rx ry from to` an arc in degrees (joined to where the
/// pen was unless it was lifted by `M` without coordinates), `D x y` a dot.
struct Glyph: Sendable {
  /// The pen's way to the next character.
  let advance: Double
  let strokes: [Stroke]

  /// A line of straight pieces; a single point is a dot.
  struct Stroke: Sendable {
    var points: [Point]
  }

  struct Point: Sendable, Equatable {
    var x: Double
    var y: Double
  }

  /// A glyph of the table, set a little narrower and wider apart than it was drawn: at the sizes of
  /// captions open spacing is what keeps letters apart.
  init(advance: Double, path: String) {
    let (condensation, tracking) = (0.92, 0.36)
    self.advance = advance * condensation + tracking
    strokes = PathReader(path).strokes.map { stroke in
      Stroke(
        points: stroke.points.map { Point(x: $0.x * condensation + tracking / 2, y: $0.y) })
    }
  }

  /// A letter with a sign, whose path is drawn around a point.
  init(_ letter: Glyph, with sign: String, x: Double, y: Double) {
    advance = letter.advance
    strokes =
      letter.strokes
      + PathReader(sign).strokes.map { stroke in
        Stroke(points: stroke.points.map { Point(x: $0.x + x, y: $0.y + y) })
      }
  }

  /// Heights that all letters share: descender, baseline, x-height, capitals, ascender.
  static let descender = -2.0
  static let xHeight = 5.0
  static let capHeight = 7.0
  static let ascender = 7.4

  /// The strokes of a character; an empty box where the font does not have it.
  static func of(_ character: Character) -> Glyph {
    known(character) ?? missing
  }

  /// Whether the font has a character.
  static func isKnown(_ character: Character) -> Bool { known(character) != nil }

  private static func known(_ character: Character) -> Glyph? {
    GlyphTable.plain[character] ?? GlyphTable.accented[character]
  }

  static let missing = Glyph(advance: 6, path: "M 1 0 L 5 0 L 5 7 L 1 7 L 1 0")
}

/// Turns the text of a path into strokes of straight pieces.
private struct PathReader {
  private(set) var strokes: [Glyph.Stroke] = []
  private var numbers: [Double] = []
  private var command: Character = "M"

  init(_ path: String) {
    for word in path.split(separator: " ") {
      if let number = Double(word) {
        numbers.append(number)
        if numbers.count == Self.argumentCount(command) { finish() }
      } else if let letter = word.first {
        command = letter
        numbers = []
        if letter == "M" { strokes.append(Glyph.Stroke(points: [])) }
      }
    }
    strokes.removeAll { $0.points.isEmpty }
  }

  private static func argumentCount(_ command: Character) -> Int {
    switch command {
    case "C", "E": 6
    default: 2
    }
  }

  /// Carries out the command whose numbers are complete; more numbers repeat it.
  private mutating func finish() {
    let n = numbers
    numbers = []
    switch command {
    case "D": strokes.append(Glyph.Stroke(points: [.init(x: n[0], y: n[1])]))
    case "C": appendCurve(n)
    case "E": appendArc(n)
    default: append(.init(x: n[0], y: n[1]))
    }
  }

  private mutating func append(_ point: Glyph.Point) {
    if strokes.isEmpty { strokes.append(Glyph.Stroke(points: [])) }
    let last = strokes.count - 1
    if strokes[last].points.last != point { strokes[last].points.append(point) }
  }

  private mutating func appendCurve(_ n: [Double]) {
    guard let start = strokes.last?.points.last else { return }
    let steps = 10
    for step in 1...steps {
      let t = Double(step) / Double(steps)
      let u = 1 - t
      let (b0, b1, b2, b3) = (u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t)
      append(
        .init(
          x: b0 * start.x + b1 * n[0] + b2 * n[2] + b3 * n[4],
          y: b0 * start.y + b1 * n[1] + b2 * n[3] + b3 * n[5]))
    }
  }

  /// A superellipse of exponent 2.25: a little fuller than a circle, as letters are.
  private mutating func appendArc(_ n: [Double]) {
    let steps = max(6, Int(abs(n[5] - n[4]) / 10))
    for step in 0...steps {
      let angle = (n[4] + (n[5] - n[4]) * Double(step) / Double(steps)) * .pi / 180
      append(.init(x: n[0] + n[2] * fuller(cosine(angle)), y: n[1] + n[3] * fuller(sine(angle))))
    }
  }
}
