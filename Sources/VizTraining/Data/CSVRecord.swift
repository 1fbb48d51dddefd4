/// A record of a table: fields with commas between them.
///
/// A field within double quotes may hold commas, line ends, and a quote that is written twice. Spaces and tabs
/// around a field do not belong to it.
///
/// - Source: RFC 4180, section 2.
struct CSVRecord: Sendable {
  /// The number of its first line, from 1.
  let line: Int
  let fields: [String]
  /// As it stands in the file.
  let text: String
  let hasQuotes: Bool

  /// The records of a text that are not empty.
  ///
  /// - Throws: where a quote is not closed, or something stands between it and the next comma.
  static func all(in text: String, file: String) throws(DatasetError) -> [CSVRecord] {
    var scanner = CSVScanner(bytes: Array(text.utf8), file: file)
    var records: [CSVRecord] = []
    while !scanner.isAtEnd {
      let record = try scanner.record()
      if record.fields != [""] || record.hasQuotes { records.append(record) }
    }
    return records
  }
}

/// Walks through a table's bytes: a sign that combines with a comma or a quote before it is a sign of its own.
private struct CSVScanner {
  let bytes: [UInt8]
  let file: String
  private var place = 0
  private var line = 1

  private static let (quote, comma) = (UInt8(ascii: "\""), UInt8(ascii: ","))
  private static let spaces: Set = [UInt8(ascii: " "), UInt8(ascii: "\t")]
  private static let lineEnds: Set = [UInt8(ascii: "\n"), UInt8(ascii: "\r")]

  init(bytes: [UInt8], file: String) {
    (self.bytes, self.file) = (bytes, file)
  }

  var isAtEnd: Bool { place == bytes.count }

  /// The record that begins here, with the end of its line.
  mutating func record() throws(DatasetError) -> CSVRecord {
    let (start, first) = (place, line)
    var fields: [String] = []
    var hasQuotes = false
    while true {
      skipSpaces()
      if next == Self.quote {
        hasQuotes = true
        fields.append(try quoted())
      } else {
        fields.append(plain())
      }
      guard next == Self.comma else { break }
      place += 1
    }
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    skipLineEnd()
    return CSVRecord(line: first, fields: fields, text: text, hasQuotes: hasQuotes)
  }

  private var next: UInt8? { isAtEnd ? nil : bytes[place] }

  private mutating func skipSpaces() {
    while let byte = next, Self.spaces.contains(byte) { place += 1 }
  }

  private mutating func skipLineEnd() {
    guard let byte = next else { return }
    place += 1
    if byte == UInt8(ascii: "\r"), next == UInt8(ascii: "\n") { place += 1 }
    line += 1
  }

  private mutating func plain() -> String {
    let start = place
    while let byte = next, byte != Self.comma, !Self.lineEnds.contains(byte) { place += 1 }
    return Self.trimmed(bytes[start..<place])
  }

  private mutating func quoted() throws(DatasetError) -> String {
    let first = line
    place += 1
    var field: [UInt8] = []
    while let byte = next {
      place += 1
      if byte == Self.quote {
        guard next == Self.quote else {
          try checkEndOfField()
          return String(decoding: field, as: UTF8.self)
        }
        place += 1
      } else if byte == UInt8(ascii: "\n")
        || (byte == UInt8(ascii: "\r") && next != UInt8(ascii: "\n"))
      {
        line += 1
      }
      field.append(byte)
    }
    throw .row(file: file, line: first, expected: "a quote that ends the field", found: "none")
  }

  /// Behind a quoted field.
  private mutating func checkEndOfField() throws(DatasetError) {
    skipSpaces()
    guard let byte = next, byte != Self.comma, !Self.lineEnds.contains(byte) else { return }
    throw .row(
      file: file, line: line, expected: "a comma behind a quoted field, with quotes in it doubled",
      found: plain())
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
    var bytes = bytes
    while let byte = bytes.first, spaces.contains(byte) { bytes = bytes.dropFirst() }
    while let byte = bytes.last, spaces.contains(byte) { bytes = bytes.dropLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}
