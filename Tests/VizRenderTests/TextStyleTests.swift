import Testing
import VizRender

@Suite("TextStyle") struct TextStyleTests {
  private let style = TextStyle(size: 13)

  @Test("the width of a text is the sum of its characters") func widthIsAdditive() {
    #expect(style.width(of: "") == 0)
    #expect(style.width(of: "sobel-x") == "sobel-x".reduce(0) { $0 + style.width(of: String($1)) })
    #expect(style.width(of: "i") < style.width(of: "m"))
  }

  @Test("digits stand in columns") func digitsAreTabular() {
    for size in 10...40 {
      #expect(Set("0123456789".map { TextStyle(size: size).width(of: String($0)) }).count == 1)
    }
  }

  @Test("a text is shortened to any width, and only if it must be") func ellipsisFits() {
    let text = "renormalize needs taps ≥ 0"
    let full = style.width(of: text)
    #expect(style.ellipsized(text, toWidth: full) == text)
    for limit in 0..<full {
      let short = style.ellipsized(text, toWidth: limit)
      #expect(style.width(of: short) <= limit)
      #expect(short.isEmpty || short.hasSuffix("…"), "\(limit): \(short)")
    }
    #expect(style.ellipsized(text, toWidth: full - 1) == "renormalize needs taps ≥…")
  }

  @Test("names that begin alike keep their ends") func ellipsisInside() {
    let names = (0..<20).map { "photos of the same long beginning \($0)" }
    for limit in [70, 140] {
      let short = names.map { style.ellipsizedInside($0, toWidth: limit) }
      #expect(Set(short).count == 20 && short.allSatisfy { style.width(of: $0) <= limit })
    }
    let full = style.width(of: names[0])
    #expect(style.ellipsizedInside(names[0], toWidth: full) == names[0])
    for limit in 0..<full {
      let short = style.ellipsizedInside(names[0], toWidth: limit)
      #expect(style.width(of: short) <= limit && (short.isEmpty || short.contains("…")), "\(limit)")
    }
  }

  @Test("wrapped lines fit and lose no letter") func wrappingFits() {
    let text = "renormalize needs taps ≥ 0; aVeryLongWordThatFitsInNoLineAtAll has some"
    for limit in [20, 60, 100, 1000] {
      let lines = style.wrapped(text, toWidth: limit)
      for line in lines { #expect(style.width(of: line) <= limit, "\(limit): \(line)") }
      #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
    }
    #expect(style.wrapped("", toWidth: 50).isEmpty)
  }

  @Test("every character of the font leaves ink, and none looks like a missing one")
  func glyphsAreDrawn() {
    let ascii = (33...126).map { Character(Unicode.Scalar($0)) }
    let missing = drawing(of: "\u{2603}")
    let letters = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ¡¿«»łŁśčžőę"
    for character in ascii + Array("×±−…·→←↑↓µσ°Σ√²≤≥πω∞≈" + letters) {
      let pixels = drawing(of: character)
      #expect(pixels.contains { $0 < 120 }, "\(character) is empty")
      #expect(pixels != missing, "\(character) is missing")
    }
  }

  @Test("a letter with a sign is as wide as without, composed or not, and the sign leaves ink")
  func accents() {
    for (composed, letter) in [("ö", "o"), ("Ü", "U"), ("é", "e"), ("ç", "c"), ("ñ", "n")] {
      let (composed, letter) = (Character(composed), Character(letter))
      #expect(style.width(of: String(composed)) == style.width(of: String(letter)))
      #expect(drawing(of: composed) != drawing(of: letter), "\(composed)")
    }
    #expect(drawing(of: Character("o\u{308}")) == drawing(of: "\u{F6}"))
    #expect(drawing(of: "\u{EF}") != drawing(of: "i"))
  }

  @Test("text past the border is cut without harm") func drawingIsClipped() {
    var canvas = Canvas(width: 9, height: 5, background: Color(hex: 0xFFFFFF))
    canvas.draw("sobel", x: -8, baseline: 3, style: style, color: Color(hex: 0))
    canvas.draw("sobel", x: 5, baseline: 40, style: style, color: Color(hex: 0))
    canvas.fill(x: -3, y: -3, width: 100, height: 4, color: Color(hex: 0x112233))
    canvas.frame(x: 20, y: 20, width: 4, height: 4, color: Color(hex: 0))
    #expect(Array(canvas.pixels[0..<3]) == [0x11, 0x22, 0x33])
  }

  private func drawing(of character: Character) -> [UInt8] {
    var canvas = Canvas(width: 24, height: 24, background: Color(hex: 0xFFFFFF))
    canvas.draw(
      String(character), x: 4, baseline: 18, style: TextStyle(size: 14), color: Color(hex: 0))
    return canvas.pixels
  }
}
