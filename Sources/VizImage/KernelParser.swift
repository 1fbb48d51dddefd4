/// Reads kernels as people and other tools write them.
///
/// - Source: the grammars of ImageMagick's user kernels (`3x3+1+1: …`) and libvips' `.mat` files;
///   matrices of rows with numbers between commas, semicolons (which end a row), tabs or blanks.
public enum KernelParser {
  /// Longest text that is looked at; 255×255 numbers fit many times over.
  public static let maximumBytes = 4 << 20

  /// The kernel that a text describes.
  ///
  /// With `isMat` the first line is a libvips header, `width height [scale offset]`; without it such
  /// a header is still recognised where the text is no matrix otherwise.
  ///
  /// - Throws: `KernelSyntaxError` with the line and column of the offending place.
  public static func parse(
    _ text: String, isMat: Bool = false
  ) throws(KernelSyntaxError) -> Kernel {
    guard text.utf8.count <= maximumBytes else {
      throw KernelSyntaxError("\(text.utf8.count) bytes are too many for a kernel")
    }
    var scanner = KernelScanner(text)
    if let size = try scanner.takeSize() { return try sized(size, &scanner) }
    let rows = try scanner.takeRows(startingNewRowAtSemicolon: true)
    guard let first = rows.first else {
      throw KernelSyntaxError("it is empty; expected numbers, as in 3x3: 0,-1,0, -1,5,-1, 0,-1,0")
    }
    let looksLikeMat =
      !text.utf8.contains(where: { ",;".utf8.contains($0) })
      && [2, 4].contains(first.count) && rows.count > 1
      && first[0].value == Double(rows[1].count)
      && rows.contains { $0.count != first.count }
    return isMat || looksLikeMat ? try mat(rows) : try matrix(rows)
  }

  /// `WxH+X+Y: numbers`, with the numbers in any arrangement.
  private static func sized(
    _ size: KernelScanner.Size, _ scanner: inout KernelScanner
  ) throws(KernelSyntaxError) -> Kernel {
    try check(width: size.width, height: size.height, at: size.place)
    let numbers = try scanner.takeRows(startingNewRowAtSemicolon: false).flatMap(\.self)
    let expected = size.width * size.height
    guard numbers.count == expected else {
      let place = numbers.count > expected ? numbers[expected].place : scanner.place
      throw KernelSyntaxError(
        "found \(numbers.count) numbers; \(size.width)x\(size.height) needs \(expected)",
        line: place.line, column: place.column)
    }
    if let anchor = size.anchor, anchor.x >= size.width || anchor.y >= size.height {
      throw KernelSyntaxError(
        "the anchor +\(anchor.x)+\(anchor.y) lies outside \(size.width)x\(size.height)",
        line: size.place.line, column: size.place.column)
    }
    return Kernel(
      width: size.width, height: size.height, taps: numbers.map(\.value),
      anchorX: size.anchor?.x, anchorY: size.anchor?.y)
  }

  /// Rows of numbers.
  private static func matrix(
    _ rows: [[KernelScanner.Number]]
  ) throws(KernelSyntaxError) -> Kernel {
    let width = rows[0].count
    for row in rows where row.count != width {
      let place = row[min(width, row.count) - 1].place
      throw KernelSyntaxError(
        "this row has \(row.count) numbers; the first has \(width)", line: place.line,
        column: row[0].place.column)
    }
    try check(width: width, height: rows.count, at: rows[0][0].place)
    return Kernel(width: width, height: rows.count, taps: rows.flatMap { $0.map(\.value) })
  }

  /// libvips: a line of width, height, scale and offset, then the rows; sums are divided by scale.
  private static func mat(_ rows: [[KernelScanner.Number]]) throws(KernelSyntaxError) -> Kernel {
    let header = rows[0]
    let place = header[0].place
    guard [2, 4].contains(header.count) else {
      throw KernelSyntaxError(
        "the first line has \(header.count) numbers; expected: width height [scale offset]",
        line: place.line, column: place.column)
    }
    guard let width = Int(exactly: header[0].value), let height = Int(exactly: header[1].value)
    else {
      throw KernelSyntaxError(
        "width and height are whole numbers", line: place.line, column: place.column)
    }
    try check(width: width, height: height, at: place)
    let (scale, offset) = header.count == 4 ? (header[2].value, header[3].value) : (1, 0)
    guard scale != 0 else {
      throw KernelSyntaxError(
        "a scale of 0 divides by zero", line: place.line, column: header[2].place.column)
    }
    guard (1 / scale).isFinite else {
      throw KernelSyntaxError(
        "a scale of \(scale) is too small to divide by", line: place.line,
        column: header[2].place.column)
    }
    let body = rows.dropFirst()
    guard body.count == height else {
      throw KernelSyntaxError(
        "found \(body.count) rows after the header; it says \(height)", line: place.line,
        column: place.column)
    }
    for row in body where row.count != width {
      throw KernelSyntaxError(
        "this row has \(row.count) numbers; the header says \(width)", line: row[0].place.line,
        column: row[0].place.column)
    }
    return Kernel(
      width: width, height: height, taps: body.flatMap { $0.map(\.value) }, scale: 1 / scale,
      offset: offset)
  }

  private static func check(
    width: Int, height: Int, at place: KernelScanner.Place
  ) throws(KernelSyntaxError) {
    guard 1...Kernel.maximumSide ~= width, 1...Kernel.maximumSide ~= height else {
      throw KernelSyntaxError(
        "\(width)×\(height) taps; 1 to \(Kernel.maximumSide) a side are possible",
        line: place.line, column: place.column)
    }
  }
}

/// Walks over the text of a kernel and knows where it is.
struct KernelScanner {
  struct Place: Equatable {
    var line = 1
    var column = 1
  }

  struct Number {
    let value: Double
    let place: Place
  }

  struct Size {
    let width: Int
    let height: Int
    let anchor: (x: Int, y: Int)?
    let place: Place
  }

  /// The taps of the largest kernel and the header of a mat file.
  private static let largestCount = Kernel.maximumSide * Kernel.maximumSide + 4
  /// Bytes of a number at most.
  private static let longestNumber = 400

  private let bytes: [UInt8]
  private var position = 0
  private(set) var place = Place()

  init(_ text: String) {
    bytes = Array(text.utf8)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }  // a byte-order mark
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func advance() {
    if bytes[position] == UInt8(ascii: "\n") {
      place = Place(line: place.line + 1, column: 1)
    } else if bytes[position] & 0xC0 != 0x80 {  // a character's first byte
      place.column += 1
    }
    position += 1
  }

  /// `WxH` or `WxH+X+Y` and a colon, or nothing at all.
  mutating func takeSize() throws(KernelSyntaxError) -> Size? {
    while let byte = next {
      if byte == UInt8(ascii: "#") {
        skipComment()
      } else if Self.isBlank(byte) || byte == UInt8(ascii: "\n") {
        advance()
      } else {
        break
      }
    }
    let line = bytes[position...].prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "#") }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    let start = place
    let text = String(decoding: bytes[position..<min(colon, position + 200)], as: UTF8.self)
    while position <= colon { advance() }
    let parts = text.split(separator: "+", omittingEmptySubsequences: false)
    let sides = parts[0].split(separator: "x", omittingEmptySubsequences: false)
    let numbers = (sides + parts.dropFirst()).map { Int(Self.trimmed($0)) }
    guard sides.count <= 2, parts.count == 1 || parts.count == 3,
      numbers.allSatisfy({ $0.map { 0...100_000 ~= $0 } ?? false })
    else {
      throw KernelSyntaxError(
        "'\(text.prefix(40))' is no size; expected 3x3 or 3x3+1+1 before the colon",
        line: start.line, column: start.column)
    }
    let values = numbers.compactMap(\.self)
    let anchor = parts.count == 3 ? (x: values[values.count - 2], y: values[values.count - 1]) : nil
    return Size(
      width: values[0], height: sides.count == 2 ? values[1] : values[0], anchor: anchor,
      place: start)
  }

  /// All rows with numbers in them, to the end of the text.
  mutating func takeRows(
    startingNewRowAtSemicolon: Bool
  ) throws(KernelSyntaxError) -> [[Number]] {
    var rows: [[Number]] = [[]]
    var numberCount = 0
    var separator: Place?  // a comma that no number has followed yet
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\n"):
        rows.append([])
        advance()
      case UInt8(ascii: ";") where startingNewRowAtSemicolon:
        rows.append([])
        advance()
      case UInt8(ascii: ","):
        if separator != nil || numberCount == 0 {
          throw KernelSyntaxError("a number is missing", line: place.line, column: place.column)
        }
        separator = place
        advance()
      case UInt8(ascii: "#"):
        skipComment()
      case _ where Self.isBlank(byte) || byte == UInt8(ascii: "\""):
        advance()
      default:
        let number = try takeNumber()
        numberCount += 1
        guard numberCount <= Self.largestCount else {
          throw KernelSyntaxError(
            "more numbers than \(Kernel.maximumSide)×\(Kernel.maximumSide) taps",
            line: number.place.line, column: number.place.column)
        }
        rows[rows.count - 1].append(number)
        separator = nil
      }
    }
    if let separator {
      throw KernelSyntaxError(
        "a number is missing after the comma", line: separator.line, column: separator.column)
    }
    return rows.filter { !$0.isEmpty }
  }

  private mutating func skipComment() {
    while let byte = next, byte != UInt8(ascii: "\n") { advance() }
  }

  /// A decimal number, or a fraction of two.
  private mutating func takeNumber() throws(KernelSyntaxError) -> Number {
    let start = place
    let first = position
    advance()
    while let byte = next, !Self.isBlank(byte), !",;\n\"#".utf8.contains(byte) { advance() }
    let end = min(position, first + Self.longestNumber)
    let word = String(decoding: bytes[first..<end], as: UTF8.self)
    let parts = word.split(separator: "/", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in
      part.utf8.allSatisfy { "0123456789.+-eE".utf8.contains($0) } ? Double(part) : nil
    }
    guard end == position, numbers.count == parts.count, numbers.count <= 2 else {
      let isNumber = word.lowercased().contains("nan") || word.lowercased().contains("inf")
      throw KernelSyntaxError(
        isNumber
          ? "'\(word.prefix(40))' is no weight; every tap is a finite number"
          : "'\(word.prefix(40))' is no number", line: start.line, column: start.column)
    }
    let value = numbers.count == 2 ? numbers[0] / numbers[1] : numbers[0]
    guard value.isFinite else {
      throw KernelSyntaxError(
        "'\(word.prefix(40))' is not finite", line: start.line, column: start.column)
    }
    return Number(value: value, place: start)
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return text
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }
}
