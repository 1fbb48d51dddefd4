/// The files in a tar archive: ustar's format, POSIX's pax and GNU's long names.
///
///     header of 512 bytes, contents filled up to a multiple of 512, and so on; at last a header of zeros
///
/// Nothing is skipped that is not understood: a header's sum is checked, and what has contents of another kind,
/// such as sparse files, is refused.
///
/// - Source: POSIX.1-2017, the utility pax; GNU tar's manual, "Basic Tar Format".
package struct TarArchive: Sendable {
  /// A file.
  package struct Entry: Equatable, Sendable {
    package let name: String
    /// Where its header begins.
    package let offset: Int
    /// Where its contents stand.
    package let contents: Range<Int>
  }

  /// In their order; of several with one path the last one counts.
  package let entries: [Entry]

  private let file: String
  private static let block = 512

  /// Reads the headers of an archive, which `file` names for errors.
  package init(bytes: [UInt8], file: String = "tar") throws(DatasetError) {
    var entries: [Entry] = []
    var extra = Extra()
    var offset = 0
    while true {
      let header = Header(bytes: bytes, offset: offset, file: file)
      guard offset + Self.block <= bytes.count else {
        throw header.wrong(
          "a header of \(Self.block) bytes", "\(max(0, bytes.count - offset)) bytes")
      }
      if header.isEnd { break }
      try header.check()
      let own = header.tellsOfNext ? Extra() : extra
      let name = own.name ?? header.name
      guard !name.isEmpty else { throw header.wrong("a name", "none") }
      let stored = try header.number(at: 124, count: 12, "a size")
      let size = own.size ?? stored
      let start = offset + Self.block
      guard size <= bytes.count - start else {
        throw header.wrong("\(size) bytes of contents", "\(bytes.count - start)", name)
      }
      let contents = start..<start + size
      switch header.kind {
      case "0", "7", "\0":
        entries.append(Entry(name: name, offset: offset, contents: contents))
        extra = Extra()
      case "L": extra.name = Header.text(bytes[contents])
      case "x": try extra.read(bytes[contents], header)
      case "K", "g": break
      case "1", "2", "3", "4", "5", "6":
        guard size == 0 else { throw header.wrong("no contents", "\(size) bytes", name) }
        extra = Extra()
      default: throw header.wrong("a file, a folder or a link", "kind '\(header.kind)'", name)
      }
      offset = start + (size + Self.block - 1) / Self.block * Self.block
    }
    self.entries = entries
    self.file = file
  }

  /// The file of this name, whatever folder it is in.
  ///
  /// - Throws: where there are files of the name in two folders.
  package func entry(named name: String) throws(DatasetError) -> Entry? {
    let found = entries.filter { $0.parts.last == name[...] }
    guard let last = found.last else { return nil }
    if let other = found.first(where: { $0.parts != last.parts }) {
      throw .archive(
        file: file, entry: last.name, offset: last.offset, expected: "one file \(name)",
        found: "another one, \(other.name)")
    }
    return last
  }
}

extension TarArchive.Entry {
  /// The folders and the file that its name leads through; `./a` and `/a` are unpacked as `a`.
  fileprivate var parts: [Substring] { name.split(separator: "/").filter { $0 != "." } }
}

/// What an entry says about the one behind it.
private struct Extra {
  var name: String?
  var size: Int?

  /// Reads pax's records: `LENGTH KEY=VALUE\n`, the length being that of the whole record.
  mutating func read(_ records: ArraySlice<UInt8>, _ header: Header) throws(DatasetError) {
    var rest = records
    while !rest.isEmpty {
      let digits = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
      guard let length = Int(String(decoding: digits, as: UTF8.self)), length <= rest.count,
        length > digits.count + 1, rest.dropFirst(digits.count).first == UInt8(ascii: " "),
        rest.prefix(length).last == UInt8(ascii: "\n")
      else {
        throw header.wrong("a record, LENGTH KEY=VALUE", Header.text(rest.prefix(32)))
      }
      let record = rest.prefix(length - 1).dropFirst(digits.count + 1)
      rest = rest.dropFirst(length)
      guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else {
        throw header.wrong("KEY=VALUE", Header.text(record.prefix(32)))
      }
      let value = String(decoding: record[record.index(after: equals)...], as: UTF8.self)
      switch String(decoding: record[..<equals], as: UTF8.self) {
      case "path": name = value
      case "size":
        guard let size = Int(value), size >= 0 else {
          throw header.wrong("a size", value)
        }
        self.size = size
      default: break
      }
    }
  }
}

/// A header, which may not be one.
private struct Header {
  let bytes: [UInt8]
  let offset: Int
  let file: String

  func wrong(_ expected: String, _ found: String, _ entry: String? = nil) -> DatasetError {
    .archive(file: file, entry: entry, offset: offset, expected: expected, found: found)
  }

  /// Bytes of a field.
  private func field(_ start: Int, _ count: Int) -> ArraySlice<UInt8> {
    bytes[offset + start..<offset + start + count]
  }

  var isEnd: Bool { field(0, 512).allSatisfy { $0 == 0 } }

  /// Whether its contents are about the entry behind it, or about all of them.
  var tellsOfNext: Bool { "xgLK".contains(kind) }

  var kind: Character { Character(Unicode.Scalar(bytes[offset + 156])) }

  /// The sum of all bytes, its own eight being spaces.
  func check() throws(DatasetError) {
    let stored = try number(at: 148, count: 8, "a check sum")
    let own = field(148, 8).reduce(0) { $0 + Int($1) }
    let sum = field(0, 512).reduce(0) { $0 + Int($1) } - own + 8 * Int(UInt8(ascii: " "))
    guard sum == stored else { throw wrong("the check sum \(stored)", "\(sum)") }
  }

  var name: String {
    let name = Self.text(field(0, 100))
    // GNU's older headers have times where ustar's have a name's beginning.
    let hasPrefix = field(257, 6).elementsEqual("ustar\0".utf8)
    let prefix = hasPrefix ? Self.text(field(345, 155)) : ""
    return prefix.isEmpty ? name : prefix + "/" + name
  }

  /// Octal digits between spaces and an end, or GNU's: bytes behind one of 128.
  func number(at start: Int, count: Int, _ what: String) throws(DatasetError) -> Int {
    let field = field(start, count)
    if field.first == 0x80 {
      guard field.dropFirst().dropLast(7).allSatisfy({ $0 == 0 }) else {
        throw wrong(what + " below 2⁵⁶", "a larger one")
      }
      return field.suffix(7).reduce(0) { $0 << 8 | Int($1) }
    }
    let text = field.drop { $0 == UInt8(ascii: " ") }
      .prefix { $0 != 0 && $0 != UInt8(ascii: " ") }
    guard !text.isEmpty, text.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "7") ~= $0 }) else {
      throw wrong(what + " in octal digits", Self.text(field))
    }
    return text.reduce(0) { $0 << 3 | Int($1 - UInt8(ascii: "0")) }
  }

  /// Bytes up to the first of 0.
  static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
