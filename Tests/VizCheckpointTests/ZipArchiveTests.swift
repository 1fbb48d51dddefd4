import Testing
import VizCheckpoint

/// Archives that no honest program writes, byte by byte.
struct ZipBuilder {
  struct Entry {
    var name = "a/data.pkl"
    var contents: [UInt8] = [0x80, 2, 0x7D, 0x2E]  // an empty dictionary
    var localName: String?
    var method: UInt16 = 0
    var flags: UInt16 = 0
    /// What the directory says, where it does not tell the truth.
    var size: UInt32?
    var compressedSize: UInt32?
    var offset: UInt32?
    var checkSum: UInt32 = 0
    var extra: [UInt8] = []
  }

  var entries: [Entry] = [Entry()]
  var entryCount: UInt16?
  var directoryOffset: UInt32?
  var directorySize: UInt32?
  var comment: [UInt8] = []
  var behindEnd: [UInt8] = []
  var beforeEnd: [UInt8] = []

  static func number<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { [UInt8]($0) }
  }

  var bytes: [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      let offset = entry.offset ?? UInt32(file.count)
      let size = UInt32(entry.contents.count)
      let name = Array(entry.name.utf8)
      let localName = Array((entry.localName ?? entry.name).utf8)
      let numbers =
        Self.number(entry.checkSum) + Self.number(entry.compressedSize ?? size)
        + Self.number(entry.size ?? size)
      file += [0x50, 0x4B, 3, 4, 20, 0] + Self.number(entry.flags) + Self.number(entry.method)
      file += [0, 0, 0, 0] + numbers + Self.number(UInt16(localName.count)) + [0, 0]
      file += localName + entry.contents
      directory += [0x50, 0x4B, 1, 2, 20, 0, 20, 0] + Self.number(entry.flags)
      directory += Self.number(entry.method) + [0, 0, 0, 0] + numbers
      directory += Self.number(UInt16(name.count)) + Self.number(UInt16(entry.extra.count))
      directory += [UInt8](repeating: 0, count: 10) + Self.number(offset) + name + entry.extra
    }
    let start = UInt32(file.count)
    let count = Self.number(entryCount ?? UInt16(entries.count))
    file += directory + beforeEnd
    file += [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + count + count
    file += Self.number(directorySize ?? UInt32(directory.count))
    file += Self.number(directoryOffset ?? start)
    file += Self.number(UInt16(comment.count)) + comment + behindEnd
    return file
  }
}

@Suite("Zip archives")
struct ZipArchiveTests {
  /// What reading says: the error's text, or `no tensors` where the archive itself is fine.
  private func outcome(_ builder: ZipBuilder) -> String {
    do {
      _ = try WeightFile(ByteRegion(builder.bytes))
      return "read"
    } catch {
      return error == .noStateDict(key: nil, choices: []) ? "no tensors" : "\(error)"
    }
  }

  @Test("an archive of stored entries is read, with a comment too")
  func honest() {
    #expect(outcome(ZipBuilder()) == "no tensors")
    #expect(outcome(ZipBuilder(comment: Array("hello".utf8))) == "no tensors")
  }

  @Test("the pickle's check sum is right, or none, and a changed byte of it is told")
  func checkSums() throws {
    #expect(outcome(ZipBuilder(entries: [.init(checkSum: 0x89DE_B73D)])) == "no tensors")
    #expect(
      outcome(ZipBuilder(entries: [.init(checkSum: 0x89DE_B73C)]))
        == "zip entry 'a/data.pkl': its bytes are damaged; expected the check sum 89deb73c, "
        + "found 89deb73d")
    // Another length of a tensor, which would be read as that without the sum.
    var bytes = try Fixtures.bytes("zip.pt")
    let name = try #require(bytes.indices.first { bytes[$0...].starts(with: "conv1.weight".utf8) })
    bytes[name] = UInt8(ascii: "k")
    #expect(throws: CheckpointError.self) { try WeightFile(ByteRegion(bytes)) }
  }

  @Test("an archive that lies is refused, with the reason", arguments: Self.lies)
  func refusesLies(_ lie: (builder: ZipBuilder, reason: String)) {
    let outcome = self.outcome(lie.builder)
    #expect(outcome.contains(lie.reason), "\(outcome)")
  }

  static let lies: [(builder: ZipBuilder, reason: String)] = {
    typealias Entry = ZipBuilder.Entry
    let second = Entry(name: "a/data/0", contents: [1, 2, 3, 4])
    return [
      (ZipBuilder(entries: [Entry(method: 8)]), "compression (method 8)"),
      (ZipBuilder(entries: [Entry(flags: 1)]), "encryption"),
      (ZipBuilder(entries: [Entry(), Entry()]), "every name once"),
      (ZipBuilder(entries: [Entry(localName: "a/evil.pkl")]), "the header of this entry"),
      (ZipBuilder(entries: [Entry(size: 5)]), "equal sizes"),
      (ZipBuilder(entries: [Entry(size: 500, compressedSize: 500)]), "ends early"),
      (
        ZipBuilder(entries: [Entry(size: 4_000_000_000, compressedSize: 4_000_000_000)]),
        "ends early"
      ),
      (ZipBuilder(entries: [Entry(offset: 1)]), "the header of this entry"),
      (ZipBuilder(entries: [Entry(offset: 4_000_000_000)]), "ends early"),
      // The first entry claims the second one's bytes.
      (
        ZipBuilder(entries: [Entry(size: 45, compressedSize: 45), second]), "an overlap"
      ),
      // zip64 says so, and there is no field that says how many.
      (
        ZipBuilder(entries: [Entry(size: .max, compressedSize: .max)]), "ends early"
      ),
      (
        ZipBuilder(
          entries: [
            Entry(
              size: .max, compressedSize: .max,
              extra: [1, 0, 16, 0] + ZipBuilder.number(UInt64.max) + ZipBuilder.number(UInt64.max))
          ]), "ends early"
      ),
      (
        ZipBuilder(entries: [Entry(size: .max, compressedSize: .max, extra: [1, 0, 4, 0])]),
        "ends early"
      ),
      (ZipBuilder(entryCount: 0), "more bytes"),
      (ZipBuilder(entryCount: 2), "at most 1 entries"),
      (ZipBuilder(entryCount: 65_535), "at most 1 entries"),
      (ZipBuilder(directoryOffset: 3), "a directory that ends"),
      (ZipBuilder(directorySize: 3), "a directory that ends"),
      (ZipBuilder(directoryOffset: .max, directorySize: .max), "a directory that ends"),
      (ZipBuilder(behindEnd: [0]), "its directory at the end is missing"),
      (ZipBuilder(beforeEnd: [0]), "a directory that ends"),
      // A zip64 locator without its record.
      (
        ZipBuilder(beforeEnd: [0x50, 0x4B, 6, 7] + [UInt8](repeating: 0, count: 16)),
        "a zip64 record before its locator"
      ),
      (ZipBuilder(entries: [second]), "without data.pkl"),
    ]
  }()
}
