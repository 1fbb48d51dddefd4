/// Size and weight of a text, and how much room it takes.
///
/// The font is drawn by this module itself (`Glyph`), so a picture looks the same on every machine.
/// Sizes are in pixels from descender to ascender, as in CSS; letters are about 0.7 of it high.
public struct TextStyle: Sendable, Hashable {
  public enum Weight: Sendable, Hashable {
    case regular, bold
  }

  public let size: Int
  public let weight: Weight

  public init(size: Int, weight: Weight = .regular) {
    precondition(size > 0, "a text of \(size) pixels")
    self.size = size
    self.weight = weight
  }

  /// From one baseline to the next.
  public var lineHeight: Int { Int((Double(size) * 1.4).rounded()) }
  /// From the top of a line to its baseline.
  package var baseline: Int { Int((Double(size) * 1.04).rounded()) }
  /// The height of capitals and digits.
  package var capHeight: Int { Int((Double(size) * 0.7).rounded()) }

  /// The width of the pen in pixels; small text gets a relatively bolder one to stay legible.
  var penWidth: Double {
    let regular = max(1.15, Double(size) * 0.088)
    return weight == .bold ? regular * 1.5 : regular
  }

  /// How far the pen moves for one character, in whole pixels.
  func advance(of character: Character) -> Int {
    let bolder = weight == .bold ? 0.35 : 0
    return max(1, Int(((Glyph.of(character).advance + bolder) * Double(size) / 10).rounded()))
  }

  /// The width of a line of text in pixels.
  public func width(of text: String) -> Int {
    text.reduce(0) { $0 + advance(of: $1) }
  }

  /// The text if it fits, else as much of its start as fits before `…`; empty if nothing does.
  public func ellipsized(_ text: String, toWidth limit: Int) -> String {
    guard width(of: text) > limit else { return text }
    var room = limit - width(of: "…")
    guard room >= 0 else { return "" }
    var kept = ""
    for character in text {
      room -= advance(of: character)
      if room < 0 { break }
      kept.append(character)
    }
    while kept.last == " " { kept.removeLast() }
    return kept + "…"
  }

  /// The text if it fits, else its start and its end around `…`: of names that begin alike the ends differ.
  public func ellipsizedInside(_ text: String, toWidth limit: Int) -> String {
    guard width(of: text) > limit else { return text }
    let room = limit - width(of: "…")
    guard room >= 0 else { return "" }
    let start = longest(text, toWidth: room / 2)
    let end = longest(text.reversed(), toWidth: room - width(of: String(start)))
    return String(start) + "…" + String(end.reversed())
  }

  /// As many of the first characters as fit.
  private func longest(_ characters: some Sequence<Character>, toWidth limit: Int) -> [Character] {
    var room = limit
    return characters.prefix { character in
      room -= advance(of: character)
      return room >= 0
    }
  }

  /// The text in lines of at most `limit` pixels, broken at spaces; a longer word is broken inside.
  public func wrapped(_ text: String, toWidth limit: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      let longer = line.isEmpty ? String(word) : line + " " + word
      if width(of: longer) <= limit {
        line = longer
        continue
      }
      if !line.isEmpty { lines.append(line) }
      line = ""
      for character in word {
        if !line.isEmpty, width(of: line + String(character)) > limit {
          lines.append(line)
          line = ""
        }
        line.append(character)
      }
    }
    return line.isEmpty ? lines : lines + [line]
  }
}

extension Canvas {
  /// Where a text stands to the given x.
  package enum Alignment: Sendable {
    case left, center, right
  }

  /// Draws one line of text on the baseline `y`.
  package mutating func draw(
    _ text: String, x: Int, baseline y: Int, style: TextStyle, color: Color,
    alignment: Alignment = .left
  ) {
    var pen =
      switch alignment {
      case .left: x
      case .center: x - style.width(of: text) / 2
      case .right: x - style.width(of: text)
      }
    for character in text {
      let glyph = bitmap(of: character, style: style)
      for row in 0..<glyph.height {
        for column in 0..<glyph.width {
          blend(
            x: pen + glyph.left + column, y: y - glyph.top + row, color: color,
            coverage: glyph.coverage[row * glyph.width + column])
        }
      }
      pen += style.advance(of: character)
    }
  }

  /// Draws one line of text that runs upwards from `y`; its letters stand on the vertical at `x`.
  package mutating func drawUpright(
    _ text: String, baseline x: Int, y: Int, style: TextStyle, color: Color
  ) {
    var pen = y
    for character in text {
      let glyph = bitmap(of: character, style: style)
      for row in 0..<glyph.height {
        for column in 0..<glyph.width {
          blend(
            x: x - glyph.top + row, y: pen - glyph.left - column - 1, color: color,
            coverage: glyph.coverage[row * glyph.width + column])
        }
      }
      pen -= style.advance(of: character)
    }
  }

  private mutating func bitmap(of character: Character, style: TextStyle) -> GlyphBitmap {
    let key = GlyphKey(character: character, style: style)
    if let known = glyphs[key] { return known }
    let glyph = GlyphBitmap(character, style: style)
    glyphs[key] = glyph
    return glyph
  }
}
