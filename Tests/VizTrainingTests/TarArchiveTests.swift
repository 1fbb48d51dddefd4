import Foundation
import Testing
import VizTraining

@Suite("Archives of CIFAR-10")
struct TarArchiveTests {
  /// What Python's tarfile wrote: Fixtures/make_tar.py.
  private func fixture(_ name: String) throws -> [UInt8] {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/\(name).tar.gz")
    return try #require(Gzip.expanded([UInt8](try Data(contentsOf: url)), limit: 1 << 20))
  }

  private func error(_ bytes: [UInt8]) -> DatasetError? {
    do throws(DatasetError) {
      _ = try TarArchive(bytes: bytes, file: "x.tar")
      return nil
    } catch {
      return error
    }
  }

  @Test("ustar's, pax's and GNU's entries", arguments: ["ustar", "pax", "gnu"])
  func forms(_ form: String) throws {
    let bytes = try fixture(form)
    let tar = try TarArchive(bytes: bytes)
    let folder = Array(repeating: "folder", count: 14).joined(separator: "-")
    let long = Array(repeating: "long", count: 18).joined(separator: "-")
    #expect(
      tar.entries.map(\.name) == [
        "data/a.bin", "data/empty.bin", "\(folder)/\(long)-.bin", "data/b.bin",
      ])
    let contents = tar.entries.map { Array(bytes[$0.contents]) }
    #expect(contents[0].count == 768 && contents[0][700] == 188 && contents[1] == [])
    #expect(contents[2] == Array("long name".utf8))
    #expect(contents[3] == [UInt8](repeating: 7, count: 512))
    #expect(try tar.entry(named: "b.bin")?.name == "data/b.bin")
    for name in [".bin", "link"] { #expect(try tar.entry(named: name) == nil) }
  }

  @Test("an archive that ends early or was changed is refused", arguments: ["ustar", "pax", "gnu"])
  func damage(_ form: String) throws {
    let bytes = try fixture(form)
    let end = try #require(try TarArchive(bytes: bytes).entries.last?.contents.upperBound)
    for count in 0..<end + 512 {
      guard case .archive("x.tar", _, _, _, _)? = error(Array(bytes[..<count])) else {
        Issue.record("\(count) bytes are taken")
        return
      }
    }
    // Any byte of a header is told by its sum; the sum's own end, a 0 and a space, may be others.
    for place in 0..<512 where !(154...155).contains(place) {
      var changed = bytes
      changed[place] ^= 0x41
      guard case .archive("x.tar", nil, 0, _, _)? = error(changed) else {
        Issue.record("byte \(place) was changed, and nobody says so")
        return
      }
    }
  }

  /// A header with a right sum.
  private func header(_ name: String, size: String, kind: Character = "0") -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 512)
    bytes.replaceSubrange(0..<name.utf8.count, with: name.utf8)
    bytes.replaceSubrange(124..<124 + size.utf8.count, with: size.utf8)
    bytes.replaceSubrange(148..<156, with: "        ".utf8)
    bytes[156] = kind.asciiValue ?? 0
    let sum = bytes.reduce(0) { $0 + Int($1) }
    bytes.replaceSubrange(148..<154, with: String(sum + 0o1000000, radix: 8).utf8.dropFirst())
    return bytes
  }

  @Test("what is not understood is told, with entry and offset")
  func refuses() throws {
    let end = [UInt8](repeating: 0, count: 1024)
    let first = header("a", size: "00000000000")
    #expect(
      error(first + header("b", size: "77777777777") + end)
        == .archive(
          file: "x.tar", entry: "b", offset: 512, expected: "8589934591 bytes of contents",
          found: "1024"))
    #expect(
      error(first + header("b", size: "0000000000x") + end)
        == .archive(
          file: "x.tar", entry: nil, offset: 512, expected: "a size in octal digits",
          found: "0000000000x"))
    #expect(
      error(header("s", size: "00000000000", kind: "S") + end)
        == .archive(
          file: "x.tar", entry: "s", offset: 0, expected: "a file, a folder or a link",
          found: "kind 'S'"))
    #expect(
      error(header("", size: "00000000000") + end)
        == .archive(file: "x.tar", entry: nil, offset: 0, expected: "a name", found: "none"))
    for record in [
      "", "9 path=", "99999999999999999999 path=a\n", "5 abc\n", "1 \n", "x", "12 size=-1x\n",
    ] {
      let size = String(record.utf8.count + 0o100000000000, radix: 8).dropFirst()
      let block = Array(record.utf8) + [UInt8](repeating: 0, count: 512 - record.utf8.count)
      let bytes = header("p", size: "0" + size, kind: "x") + block + first + end
      #expect((error(bytes) == nil) == record.isEmpty, "\(record)")
    }
  }

  @Test("of one path the later entry counts, and one name in two folders is refused")
  func names() throws {
    let end = [UInt8](repeating: 0, count: 1024)
    func headers(_ names: String...) -> [UInt8] {
      names.flatMap { header($0, size: "00000000000") } + end
    }
    let same = try TarArchive(bytes: headers("cifar/a", "b", "./cifar/a", "a.old", "cifar/aa"))
    #expect(try same.entry(named: "a")?.offset == 1024)
    let two = try TarArchive(bytes: headers("cifar/a", "b", "backup/a"), file: "x.tar")
    #expect(try two.entry(named: "b")?.offset == 512)
    #expect(
      throws: DatasetError.archive(
        file: "x.tar", entry: "backup/a", offset: 1024, expected: "one file a",
        found: "another one, cifar/a")
    ) { try two.entry(named: "a") }
  }

  @Test("CIFAR-10 is read from its archive, or from a folder that has it")
  func cifar() throws {
    let scratch = try Scratch()
    func batch(_ value: UInt8) -> [UInt8] {
      (0..<10).flatMap { [UInt8($0)] + [UInt8](repeating: value &+ UInt8($0), count: 3072) }
    }
    var names = (1...5).map { ("data_batch_\($0).bin", batch(UInt8($0) * 20)) }
    names += [("test_batch.bin", batch(200)), ("readme.html", [1, 2, 3])]
    for (name, bytes) in names { try scratch.write(bytes, to: "make/cifar-10-batches-bin/\(name)") }
    let archive = scratch["data/cifar-10-binary.tar.gz"]
    func pack(_ options: String...) throws {
      try scratch.write([], to: "data/cifar-10-binary.tar.gz")
      let tar = Process()
      tar.executableURL = URL(filePath: "/usr/bin/env")
      tar.arguments =
        ["tar", "-czf", archive, "-C", scratch["make"]] + options + ["cifar-10-batches-bin"]
      try tar.run()
      tar.waitUntilExit()
      #expect(tar.terminationStatus == 0)
    }
    try pack()
    for path in [archive, scratch["data"], scratch["data/"]] {
      let source = try DataSource("cifar10:\(path)")
      let data = try source.read(.training)
      #expect(data.count == 50 && data.labels == (0..<50).map { $0 % 10 })
      #expect(try data.pixels(at: 23).samples[5] == 63)
      #expect(try source.read(.test).count == 10)
      #expect(data.files == [archive])
    }
    let whole = try scratch.bytes("data/cifar-10-binary.tar.gz")
    try scratch.write(Array(whole[..<(whole.count / 2)]), to: "data/cifar-10-binary.tar.gz")
    #expect(throws: DatasetError.self) { try DataSource("cifar10:\(archive)").read(.test) }
    try pack("--exclude=*_3.bin")
    do throws(DatasetError) {
      _ = try DataSource(.cifar10, path: archive).read(.training)
      Issue.record("a batch is missing, and nobody says so")
    } catch {
      guard case .archive(archive, "data_batch_3.bin", _, _, _) = error else {
        Issue.record("\(error)")
        return
      }
    }
    // A part that was unpacked beside it comes first; of one that is not whole there yet, nothing is taken.
    try pack()
    let source = DataSource(.cifar10, path: scratch["data"])
    for n in 1...5 {
      try scratch.write(batch(1), to: "data/cifar-10-batches-bin/data_batch_\(n).bin")
      let data = try source.read(.training)
      #expect(data.count == 50 && data.files.count == n + 1)
      #expect(try data.pixels(at: 23).samples[5] == (n < 5 ? 63 : 4))
      #expect(try source.read(.test).pixels(at: 3).samples[5] == 203)
    }
    try scratch.write(batch(2), to: "data/cifar-10-batches-bin/test_batch.bin")
    #expect(try source.read(.test).pixels(at: 3).samples[5] == 5)
  }
}
