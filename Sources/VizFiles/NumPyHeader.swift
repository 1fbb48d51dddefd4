/// The header of a `.npy` file: a Python dictionary in plain text.
///
///     {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
struct NumPyHeader: Equatable {
  /// What an element is, without its byte order: `f4`.
  var typeCode = ""
  var isBigEndian = false
  var isFortranOrder = false
  var shape: [Int] = []

  /// Product of the shape; checked against overflow by the parser.
  var count: Int { shape.reduce(1, *) }

  static let typeCodes = [
    "b1", "u1", "u2", "u4", "i1", "i2", "i4", "i8", "f2", "f4", "f8",
  ]
}

// MARK: - Reading

extension NumPyHeader {
  private static let longest = 65_536

  /// Reads magic, version and dictionary, and leaves the reader at the first element.
  init(_ reader: inout ByteReader) throws(NumPyError) {
    let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    do {
      guard try reader.read(magic.count) == magic else { throw NumPyError.notNumPy }
      let (major, minor) = (try reader.read(1)[0], try reader.read(1)[0])
      guard 1...3 ~= major, minor == 0 else {
        throw NumPyError.unsupportedVersion(major: Int(major), minor: Int(minor))
      }
      let length =
        major == 1
        ? Int(try reader.littleEndian(UInt16.self)) : Int(try reader.littleEndian(UInt32.self))
      let start = reader.offset
      if length > Self.longest {
        throw NumPyError.invalidHeader(
          offset: start - 4, expected: "a length of at most \(Self.longest)")
      }
      var parser = NumPyHeaderParser(text: try reader.read(length), start: start)
      self = try parser.parse()
    } catch let error as ByteError {
      throw .wrongLength(error)
    } catch let error as NumPyError {
      throw error
    } catch {
      preconditionFailure("reading a .npy header: \(error)")
    }
  }
}

/// A strict parser of the header's dictionary: three keys in any order, each once.
private struct NumPyHeaderParser {
  let text: [UInt8]
  /// The offset of the text in the file, for messages.
  let start: Int
  var position = 0

  mutating func parse() throws(NumPyError) -> NumPyHeader {
    var header = NumPyHeader()
    var missing: Set = ["descr", "fortran_order", "shape"]
    try expect("{")
    while !accept("}") {
      let place = position
      let key = try string()
      guard missing.remove(key) != nil else {
        throw invalid("'descr', 'fortran_order' and 'shape', each once", at: place)
      }
      try expect(":")
      switch key {
      case "descr": try type(into: &header)
      case "fortran_order": header.isFortranOrder = try bool()
      default: header.shape = try tuple()
      }
      if accept(",") { continue }
      try expect("}")
      break
    }
    skipSpace()
    guard position == text.count else { throw invalid("nothing after the dictionary") }
    guard text.last == UInt8(ascii: "\n") else { throw invalid("a line end") }
    guard missing.isEmpty else { throw invalid("the key '\(missing.sorted()[0])'") }
    return header
  }

  private mutating func type(into header: inout NumPyHeader) throws(NumPyError) {
    skipSpace()
    let expected = "one of " + NumPyHeader.typeCodes.joined(separator: " ")
    if text.indices.contains(position), text[position] == UInt8(ascii: "[") {
      throw .unsupported(found: "structured elements", expected: expected)
    }
    let place = position
    let word = try string()
    guard let order = word.first, "<>|=".contains(order) else {
      throw invalid("a byte order (< > |) and a type", at: place)
    }
    header.typeCode = String(word.dropFirst())
    header.isBigEndian = order == ">"
    guard NumPyHeader.typeCodes.contains(header.typeCode) else {
      throw .unsupported(found: "elements of type '\(word)'", expected: expected)
    }
  }

  private mutating func tuple() throws(NumPyError) -> [Int] {
    var lengths: [Int] = []
    var needsComma = false
    try expect("(")
    while !accept(")") {
      if needsComma { throw invalid("',' or ')'") }
      lengths.append(try number())
      needsComma = !accept(",")
      // (3) is a number in Python, (3,) is a tuple.
      if needsComma, lengths.count == 1 { throw invalid("','") }
    }
    guard lengths.count <= NumPyArray.mostDimensions else {
      throw .unsupported(
        found: "\(lengths.count) dimensions", expected: "at most \(NumPyArray.mostDimensions)")
    }
    let overflows = lengths.reduce((8, false)) { product, length in
      let (value, overflow) = product.0.multipliedReportingOverflow(by: max(length, 1))
      return (value, product.1 || overflow)
    }
    if overflows.1 { throw invalid("a shape that fits into memory, found \(lengths)") }
    return lengths
  }

  private mutating func number() throws(NumPyError) -> Int {
    skipSpace()
    let place = position
    while position < text.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= text[position] {
      position += 1
    }
    guard let value = Int(String(decoding: text[place..<position], as: UTF8.self)) else {
      throw invalid("a length", at: place)
    }
    return value
  }

  private mutating func bool() throws(NumPyError) -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)]
    where text[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw invalid("True or False")
  }

  private mutating func string() throws(NumPyError) -> String {
    skipSpace()
    guard position < text.count, [UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(text[position])
    else { throw invalid("a quoted word") }
    let quote = text[position]
    guard let end = text[(position + 1)...].firstIndex(of: quote) else {
      throw invalid("a closing quote")
    }
    defer { position = end + 1 }
    return String(decoding: text[(position + 1)..<end], as: UTF8.self)
  }

  private mutating func accept(_ mark: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < text.count, text[position] == UInt8(ascii: mark) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ mark: Unicode.Scalar) throws(NumPyError) {
    guard accept(mark) else { throw invalid("'\(mark)'") }
  }

  private mutating func skipSpace() {
    while position < text.count, " \n\t".utf8.contains(text[position]) { position += 1 }
  }

  private func invalid(_ expected: String, at place: Int? = nil) -> NumPyError {
    .invalidHeader(offset: start + (place ?? position), expected: expected)
  }
}

// MARK: - Writing

extension NumPyHeader {
  /// Magic, version 1.0, length and text; the elements start at a multiple of 64 bytes.
  var encoded: [UInt8] {
    let order = isBigEndian ? ">" : typeCode.hasSuffix("1") ? "|" : "<"
    let lengths = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text =
      "{'descr': '\(order)\(typeCode)', 'fortran_order': \(isFortranOrder ? "True" : "False"), "
      + "'shape': (\(lengths)), }"
    let prefix = 10
    text += String(repeating: " ", count: 63 - (prefix + text.utf8.count) % 64) + "\n"
    let length = UInt16(text.utf8.count)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xff), UInt8(length >> 8)]
      + Array(text.utf8)
  }
}
