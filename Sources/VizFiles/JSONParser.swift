/// Where a text stops being JSON.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Bytes before the offending place.
  public let offset: Int
  public let expected: String
  public let found: String

  public var description: String {
    "JSON, offset \(offset): expected \(expected), found \(found)"
  }
}

/// How much memory and stack a text from outside may take.
public struct JSONLimits: Sendable {
  public var depth: Int
  public var values: Int

  public init(depth: Int = 64, values: Int = 4_000_000) {
    self.depth = depth
    self.values = values
  }
}

extension JSONValue {
  /// Reads one value that fills the whole text.
  ///
  /// Strict: UTF-8, no comments, no lone surrogates, no number that is none in JSON, and no name
  /// twice in an object, which readers would understand differently.
  ///
  /// - Source: RFC 8259.
  public init(json bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
    var parser = JSONParser(bytes: bytes, limits: limits)
    self = try parser.value(depth: 0)
    parser.skipSpace()
    if parser.position < bytes.count { throw parser.error("nothing after the value") }
  }
}

private struct JSONParser {
  let bytes: [UInt8]
  let limits: JSONLimits
  var position = 0
  var valueCount = 0

  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    skipSpace()
    valueCount += 1
    guard valueCount <= limits.values else { throw error("at most \(limits.values) values") }
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth + 1)
    case UInt8(ascii: "["): return try array(depth: depth + 1)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
    try enter(depth)
    var members: [(String, JSONValue)] = []
    var names: Set<String> = []
    if accept("}") { return .object([]) }
    repeat {
      skipSpace()
      let place = position
      let name = try string()
      guard names.insert(name).inserted else {
        throw error("every name once", found: "'\(printable(name))' again", at: place)
      }
      try expect(":")
      members.append((name, try value(depth: depth)))
    } while accept(",")
    try expect("}")
    return .object(members)
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
    try enter(depth)
    var elements: [JSONValue] = []
    if accept("]") { return .array([]) }
    repeat { elements.append(try value(depth: depth)) } while accept(",")
    try expect("]")
    return .array(elements)
  }

  /// Passes the opening bracket.
  private mutating func enter(_ depth: Int) throws(JSONError) {
    guard depth <= limits.depth else { throw error("nesting of at most \(limits.depth)") }
    position += 1
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
    guard bytes[position...].starts(with: word.utf8) else { throw error(word) }
    position += word.utf8.count
    return value
  }

  mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private mutating func accept(_ mark: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: mark) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ mark: Unicode.Scalar) throws(JSONError) {
    guard accept(mark) else { throw error("'\(mark)'") }
  }

  func error(_ expected: String, found: String? = nil, at place: Int? = nil) -> JSONError {
    let place = place ?? position
    let here = place < bytes.count ? "byte 0x" + String(bytes[place], radix: 16) : "the end"
    return JSONError(offset: place, expected: expected, found: found ?? here)
  }
}

// MARK: - Numbers and strings

extension JSONParser {
  /// A number: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`.
  private mutating func number() throws(JSONError) -> Double {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    let isZero = next == UInt8(ascii: "0")
    let first = position
    try digits("a value")
    if isZero, position - first > 1 { throw error("no leading zero", at: first) }
    if next == UInt8(ascii: ".") {
      position += 1
      try digits("a digit")
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      try digits("a digit")
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard position - start <= 400, let value = Double(text), value.isFinite else {
      throw error("a number that fits into 64 bits", found: "\(text.prefix(40))", at: start)
    }
    return value
  }

  private mutating func digits(_ expected: String) throws(JSONError) {
    let start = position
    while let byte = next, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
    if position == start { throw error(expected) }
  }

  private mutating func string() throws(JSONError) -> String {
    guard next == UInt8(ascii: "\"") else { throw error("a string") }
    position += 1
    let start = position
    var escaped: [UInt8]?
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        let text = escaped ?? Array(bytes[start..<(position - 1)])
        guard let string = String(validating: text, as: UTF8.self) else {
          throw error("UTF-8", found: "other bytes", at: start)
        }
        return string
      case UInt8(ascii: "\\"):
        if escaped == nil { escaped = Array(bytes[start..<position]) }
        let text = try escape()
        escaped?.append(contentsOf: text.utf8)
      case ..<0x20:
        throw error("no control character in a string")
      default:
        escaped?.append(byte)
        position += 1
      }
    }
    throw error("'\"'")
  }

  private mutating func escape() throws(JSONError) -> String {
    position += 1
    guard let mark = next else { throw error("a character after '\\'") }
    position += 1
    switch Unicode.Scalar(mark) {
    case "\"", "\\", "/": return String(Unicode.Scalar(mark))
    case "b": return "\u{8}"
    case "f": return "\u{c}"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "u": return try surrogates()
    default: throw error("an escape", at: position - 1)
    }
  }

  /// The character that one or two escaped UTF-16 units are.
  private mutating func surrogates() throws(JSONError) -> String {
    let place = position
    var units = [try unit()]
    if UTF16.isLeadSurrogate(units[0]), bytes[position...].starts(with: "\\u".utf8) {
      position += 2
      units.append(try unit())
    }
    guard let text = String(validating: units, as: UTF16.self) else {
      throw error("a character", found: "half of a surrogate pair", at: place)
    }
    return text
  }

  private mutating func unit() throws(JSONError) -> UInt16 {
    let digits = bytes[position...].prefix(4)
    let text = String(decoding: digits, as: UTF8.self)
    guard digits.count == 4, !text.hasPrefix("+"), !text.hasPrefix("-"),
      let value = UInt16(text, radix: 16)
    else { throw error("four hexadecimal digits") }
    position += 4
    return value
  }
}
