// Letters of European languages beyond ASCII: names of classes are written in all of them.
extension GlyphTable {
  /// A letter with every sign that may stand at it: what nobody writes does no harm.
  static let accented: [Character: Glyph] = {
    var accented: [Character: Glyph] = [:]
    for letter in "ACDEGINORSTUWYZacdeginorstuwyz" {
      // A sign takes the place of the dot.
      guard let base = letter == "i" ? dotless : plain[letter] else { continue }
      for sign in signsOfLetters {
        // What Unicode composes of the two is the same character.
        guard let character = "\(letter)\(sign.mark)".first else { continue }
        let height = letter.isUppercase ? Glyph.capHeight : Glyph.xHeight
        accented[character] = Glyph(
          base, with: sign.path, x: base.advance / 2, y: sign.standsBelow ? 0 : height)
      }
    }
    return accented
  }()

  private static let dotless = Glyph(advance: 2.4, path: "M 1.2 5 L 1.2 0")

  /// Unicode's combining marks, drawn around x = 0 above y = 0, or below it.
  private static let signsOfLetters: [(mark: Unicode.Scalar, path: String, standsBelow: Bool)] = [
    ("\u{300}", "M -1 2.3 L 0.4 1", false),
    ("\u{301}", "M 1 2.3 L -0.4 1", false),
    ("\u{302}", "M -1.4 1 L 0 2.3 1.4 1", false),
    ("\u{303}", "M -1.6 1.2 C -1.2 2.3 -0.6 2.2 0 1.7 C 0.6 1.2 1.2 1.1 1.6 2.2", false),
    ("\u{304}", "M -1.3 1.6 L 1.3 1.6", false),
    ("\u{308}", "D -1.2 1.8 D 1.2 1.8", false),
    ("\u{30A}", "M E 0 1.8 0.9 0.95 0 360", false),
    ("\u{30B}", "M 0 2.3 L -1 1 M 1.6 2.3 L 0.6 1", false),
    ("\u{30C}", "M -1.4 2.3 L 0 1 1.4 2.3", false),
    ("\u{327}", "M 0.1 0 L -0.1 -0.7 C 1 -0.7 1 -2 -0.1 -2 L -0.8 -1.85", true),
    ("\u{328}", "M 0.5 0 C -0.6 -0.8 -0.6 -2 0.9 -1.9", true),
  ]

  /// Letters that are none with a sign.
  static let ligatures: [Entry] = [
    (
      "ß", 6.1,
      "M 0.95 0 L 0.95 5.2 C 0.95 6.6 1.7 7.4 2.9 7.4 C 4.1 7.4 4.8 6.8 4.8 5.8 "
        + "C 4.8 4.7 3.7 4.4 3.3 4 L 3.4 4 C 4.8 3.8 5.4 3 5.4 2 C 5.4 0.7 4.6 0 3.3 0 "
        + "C 2.9 0 2.6 0.1 2.3 0.3"
    ),
    (
      "æ", 9,
      "M 0.95 3.85 C 1.2 4.6 1.85 5 2.75 5 C 4 5 4.4 4.35 4.4 3.3 L 4.4 2 "
        + "C 4.2 0.8 3.4 0 2.3 0 C 1.3 0 0.75 0.5 0.75 1.4 C 0.75 2.7 2.2 2.6 4.4 2.6 "
        + "L 8.3 2.6 E 6.3 2.5 2 2.5 4 316"
    ),
    (
      "Æ", 10,
      "M 0.4 0 L 4 7 9.2 7 M 5 7 L 5 0 9.4 0 M 5 3.6 L 8.8 3.6 M 1.5 2.2 L 5 2.2"
    ),
    ("ø", 5.8, "M E 2.9 2.5 2.25 2.5 0 360 M 0.6 -0.4 L 5.2 5.4"),
    ("Ø", 7.6, "M E 3.8 3.5 3.15 3.5 0 360 M 0.8 -0.4 L 6.8 7.4"),
    ("œ", 9.2, "M E 2.7 2.5 2.1 2.5 0 360 M 4.6 2.6 L 8.5 2.6 E 6.5 2.5 2 2.5 4 316"),
    (
      "Œ", 10.2,
      "M 9.4 7 L 3.8 7 E 3.8 3.5 3.15 3.5 90 270 L 9.6 0 M 5.2 7 L 5.2 0 M 5.2 3.6 L 9 3.6"
    ),
    ("ð", 5.8, "M E 2.9 2.2 2.25 2.2 0 360 M 5.1 2.6 C 5.1 5 3.6 6.6 1.8 7.4 M 1.3 5.6 L 4.3 6.8"),
    (
      "Ð", 7.4,
      "M 1.1 7 L 3.3 7 E 3.3 3.5 3.25 3.5 90 -90 L 1.1 0 1.1 7 M 0.1 3.6 L 3.4 3.6"
    ),
    ("þ", 6, "M 0.95 7.4 L 0.95 -2 M E 3.1 2.5 2.15 2.5 0 360"),
    ("Þ", 6.4, "M 0.95 7 L 0.95 0 M 0.95 5.6 L 3.5 5.6 E 3.5 3.6 2.2 2 90 -90 L 0.95 1.6"),
    ("ł", 2.9, "M 1.3 7.4 L 1.3 1.1 C 1.3 0.3 1.6 0 2.3 0 M 0.2 2.9 L 2.5 4.5"),
    ("Ł", 5.7, "M 1.1 7 L 1.1 0 5.3 0 M 0.1 2.6 L 3 4.6"),
    ("¡", 2.8, "D 1.4 4.9 M 1.4 2.8 L 1.4 -2"),
    (
      "¿", 5.4,
      "M 4.65 -0.4 C 4.5 -1.4 3.8 -2 2.7 -2 C 1.5 -2 0.8 -1.3 0.8 -0.3 C 0.8 1 2.8 1.1 2.8 2.8 "
        + "D 2.8 4.9"
    ),
    ("«", 6, "M 2.9 4.3 L 0.8 2.5 2.9 0.7 M 5.2 4.3 L 3.1 2.5 5.2 0.7"),
    ("»", 6, "M 0.8 4.3 L 2.9 2.5 0.8 0.7 M 3.1 4.3 L 5.2 2.5 3.1 0.7"),
  ]
}
