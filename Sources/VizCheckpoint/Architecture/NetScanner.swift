/// The words and marks of a `.net` text, with their lines.
///
/// Line ends count only outside of brackets; `#` hides the rest of its line.
struct NetScanner {
  enum Token: Equatable {
    /// A name with dots and hyphens: `nn.Conv2d`, `layer1.0`, `sobel-x`.
    case word(String)
    case string(String)
    case int(Int)
    case float(Double)
    case mark(Character)
    case lineEnd
    case end
  }

  /// Longest text; a network of a thousand layers takes 100 KB.
  static let longest = 4 << 20

  private let scalars: [Unicode.Scalar]
  private var position = 0
  private(set) var line = 1

  init(_ text: String) throws(CheckpointError) {
    guard text.utf8.count <= Self.longest else {
      throw .tooLarge(
        part: "bytes of a network's text", found: text.utf8.count, limit: Self.longest)
    }
    scalars = Array(text.unicodeScalars)
  }

  private func scalar(at offset: Int = 0) -> Unicode.Scalar? {
    position + offset < scalars.count ? scalars[position + offset] : nil
  }

  /// All tokens and the line of each; the last one is `end`.
  static func tokens(
    of text: String
  ) throws(CheckpointError) -> [(token: Token, line: Int)] {
    var scanner = try NetScanner(text)
    var tokens: [(token: Token, line: Int)] = []
    repeat {
      scanner.skipBlanks()
      let line = scanner.line
      tokens.append((try scanner.next(), line))
    } while tokens.last?.token != .end
    return tokens
  }

  private mutating func skipBlanks() {
    while let scalar = scalar() {
      if scalar == "#" {
        while let scalar = self.scalar(), scalar != "\n" { position += 1 }
      } else if scalar == " " || scalar == "\t" || scalar == "\r" || scalar == "\u{FEFF}" {
        position += 1
      } else if scalar == "\\", self.scalar(at: 1) == "\n" {  // a line goes on
        position += 2
        line += 1
      } else {
        return
      }
    }
  }

  private mutating func next() throws(CheckpointError) -> Token {
    guard let scalar = scalar() else { return .end }
    let following = self.scalar(at: 1)
    if scalar == "\n" || scalar == ";" {
      position += 1
      if scalar == "\n" { line += 1 }
      return .lineEnd
    }
    if scalar == "\"" || scalar == "'" { return .string(try string(quote: scalar)) }
    let isSigned = scalar == "-" || scalar == "+" || scalar == "."
    if Self.isDigit(scalar)
      || isSigned && (following.map { Self.isDigit($0) || $0 == "." } ?? false)
    {
      return try number()
    }
    if Self.isLetter(scalar) { return .word(word()) }
    guard "()[]{}:,=-".unicodeScalars.contains(scalar) else {
      throw .invalidText(
        line: line, expected: "a name, a bracket or a number", found: "'\(scalar)'")
    }
    position += 1
    return .mark(Character(scalar))
  }

  private mutating func word() -> String {
    var word = String.UnicodeScalarView()
    while let scalar = scalar() {
      let isInner = scalar == "." || scalar == "-"
      guard
        Self.isLetter(scalar) || Self.isDigit(scalar)
          || isInner && (self.scalar(at: 1).map { Self.isLetter($0) || Self.isDigit($0) } ?? false)
      else { break }
      word.append(scalar)
      position += 1
    }
    return String(word)
  }

  private mutating func number() throws(CheckpointError) -> Token {
    var text = String.UnicodeScalarView()
    while let scalar = scalar() {
      let isSign = scalar == "-" || scalar == "+"
      let isExponent = text.last == "e" || text.last == "E"
      guard
        Self.isDigit(scalar) || scalar == "." || scalar == "e" || scalar == "E" || scalar == "_"
          || isSign && (text.isEmpty || isExponent)
      else { break }
      text.append(scalar)
      position += 1
    }
    let word = String(text).replacing("_", with: "")
    if let int = Int(word) { return .int(int) }
    guard let float = Double(word), float.isFinite else {
      throw .invalidText(line: line, expected: "a number", found: "'\(word.prefix(40))'")
    }
    return .float(float)
  }

  private mutating func string(quote: Unicode.Scalar) throws(CheckpointError) -> String {
    position += 1
    var text = String.UnicodeScalarView()
    while let scalar = scalar(), scalar != "\n" {
      position += 1
      if scalar == quote { return String(text) }
      if scalar == "\\", let escaped = self.scalar() {
        position += 1
        text.append(escaped == "n" ? "\n" : escaped == "t" ? "\t" : escaped)
      } else {
        text.append(scalar)
      }
    }
    throw .invalidText(line: line, expected: "\(quote) at the end of a text", found: "a line end")
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { "0"..."9" ~= scalar }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    "a"..."z" ~= scalar || "A"..."Z" ~= scalar || scalar == "_" || scalar.value > 127
  }
}
