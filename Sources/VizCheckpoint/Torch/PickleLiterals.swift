internal import VizFiles

// Numbers, texts and bytes that stand in the program itself.

extension PickleMachine {
  mutating func literal(_ opcode: Opcode) throws(CheckpointError) -> Pickle.Node {
    switch opcode {
    case .binInt: return .int(Int(try number(Int32.self)))
    case .binInt1: return .int(Int(try byte()))
    case .binInt2: return .int(Int(try number(UInt16.self)))
    case .long1: return integer(try bytes(Int(try byte())))
    case .long4: return integer(try bytes(Int(try number(Int32.self))))
    case .int, .long: return try integerLine()
    case .binFloat:
      let bits = try read { (reader) throws(ByteError) in try reader.bigEndian(UInt64.self) }
      return .float(Double(bitPattern: bits))
    case .float:
      let text = try line()
      guard let value = Double(text) else { throw error("a number", "'\(text.prefix(40))'") }
      return .float(value)
    default: return try textOrBytes(opcode)
    }
  }

  private mutating func textOrBytes(_ opcode: Opcode) throws(CheckpointError) -> Pickle.Node {
    switch opcode {
    case .shortBinUnicode: try text(Int(try byte()))
    case .binUnicode: try text(Int(try number(UInt32.self)))
    case .binUnicode8: try text(Int(clamping: try number(UInt64.self)))
    // Python 2's strings: names of tensors more often than bytes.
    case .shortBinString: .string(latin1(try bytes(Int(try byte()))))
    case .binString: .string(latin1(try bytes(Int(try number(Int32.self)))))
    case .shortBinBytes: .bytes(try bytes(Int(try byte())))
    case .binBytes: .bytes(try bytes(Int(try number(UInt32.self))))
    case .binBytes8, .byteArray8: .bytes(try bytes(Int(clamping: try number(UInt64.self))))
    default: .string(try PickleText(line: try line(), isQuoted: opcode == .string).decoded(error))
    }
  }

  private mutating func bytes(_ count: Int) throws(CheckpointError) -> [UInt8] {
    try read { (reader) throws(ByteError) in try reader.read(count) }
  }

  private mutating func text(_ count: Int) throws(CheckpointError) -> Pickle.Node {
    // Lone surrogates, which Python allows, become U+FFFD.
    .string(String(decoding: try bytes(count), as: UTF8.self))
  }

  private func latin1(_ bytes: [UInt8]) -> String {
    String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }

  /// The bytes up to the end of the line.
  mutating func line() throws(CheckpointError) -> String {
    var text: [UInt8] = []
    while true {
      let byte = try byte()
      if byte == UInt8(ascii: "\n") { return String(decoding: text, as: UTF8.self) }
      text.append(byte)
    }
  }

  mutating func decimalLine() throws(CheckpointError) -> Int {
    let text = try line()
    guard let value = Int(text), value >= 0 else {
      throw error("a number", "'\(text.prefix(40))'")
    }
    return value
  }

  /// `I01` and `I00` are booleans, `L12L` is a long.
  private mutating func integerLine() throws(CheckpointError) -> Pickle.Node {
    let text = try line()
    if text == "00" || text == "01" { return .bool(text == "01") }
    let digits = text.hasSuffix("L") ? text.dropLast() : text[...]
    if let value = Int(digits) { return .int(value) }
    guard digits.utf8.count <= 400, let bytes = Self.magnitude(digits) else {
      throw error("a whole number", "'\(text.prefix(40))'")
    }
    return .bigInteger(bytes)
  }

  /// A positive number of any length, least significant byte first.
  private static func magnitude(_ digits: Substring) -> [UInt8]? {
    var bytes: [UInt8] = []
    for digit in digits.utf8 {
      guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
      var carry = Int(digit - UInt8(ascii: "0"))
      for i in bytes.indices {
        carry += Int(bytes[i]) * 10
        bytes[i] = UInt8(carry & 0xFF)
        carry >>= 8
      }
      if carry > 0 { bytes.append(UInt8(carry)) }
    }
    return bytes.isEmpty ? nil : bytes
  }

  /// Two's complement of any length.
  private func integer(_ bytes: [UInt8]) -> Pickle.Node {
    guard bytes.count <= 8 else { return .bigInteger(bytes) }
    let isNegative = (bytes.last ?? 0) & 0x80 != 0
    let value = bytes.reversed().reduce(isNegative ? -1 : 0) { $0 << 8 | Int($1) }
    return .int(value)
  }
}

/// A text as protocol 0 writes it: in quotes with Python's escapes, or bare with `\u` alone.
private struct PickleText {
  let line: String
  let isQuoted: Bool

  func decoded(
    _ error: (_ expected: String, _ found: String) -> CheckpointError
  ) throws(CheckpointError) -> String {
    var scalars = Array(line.unicodeScalars)
    if isQuoted {
      guard let quote = scalars.first, quote == "'" || quote == "\"", scalars.count >= 2,
        scalars.last == quote
      else { throw error("a text in quotes", "'\(line.prefix(40))'") }
      scalars = Array(scalars.dropFirst().dropLast())
    }
    var result = String.UnicodeScalarView()
    var i = 0
    while i < scalars.count {
      guard scalars[i] == "\\", i + 1 < scalars.count else {
        result.append(scalars[i])
        i += 1
        continue
      }
      let mark = scalars[i + 1]
      let digits = ["u": 4, "U": 8, "x": isQuoted ? 2 : 0][mark] ?? 0
      let simple: [Unicode.Scalar: Unicode.Scalar] = [
        "n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", "\"": "\"",
      ]
      if digits > 0 {
        let code = String(String.UnicodeScalarView(scalars[(i + 2)...].prefix(digits)))
        guard code.unicodeScalars.count == digits, let value = UInt32(code, radix: 16) else {
          throw error("\(digits) hexadecimal digits", "'\(code)'")
        }
        result.append(Unicode.Scalar(value) ?? "\u{FFFD}")
        i += 2 + digits
      } else if isQuoted, let scalar = simple[mark] {
        result.append(scalar)
        i += 2
      } else {
        result.append(scalars[i])
        i += 1
      }
    }
    return String(result)
  }
}
