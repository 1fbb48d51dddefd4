import Foundation
import Testing
import VizFiles

@Suite("Reading files")
struct FileContentsTests {
  let folder = ScratchFolder()

  @Test("a file is read whole, whatever its size", arguments: [0, 1, 65_535, 65_536, 1_000_003])
  func wholeFile(size: Int) throws {
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    _ = FileManager.default.createFile(atPath: folder["f"], contents: Data(bytes))
    #expect(try FileContents.read(folder["f"]) == bytes)
    let mapped = try MappedFile(folder["f"])
    #expect(mapped.count == size)
    #expect(mapped.bytes(in: 0..<size) == bytes)
    #expect(mapped.bytes(in: size / 3..<size / 2) == Array(bytes[size / 3..<size / 2]))
    #expect(mapped.withBytes { $0.byteCount } == size)
    mapped.rest(0..<size)
    mapped.rest(size / 3..<size / 2)
    #expect(mapped.bytes(in: 0..<size) == bytes)
  }

  @Test("a missing file, a folder and a loop of links are told apart")
  func unreadable() throws {
    let loop = folder["loop"]
    try FileManager.default.createSymbolicLink(atPath: loop, withDestinationPath: loop)
    #expect(throws: FileError.missing(path: folder["none"])) {
      try FileContents.read(folder["none"])
    }
    #expect(throws: FileError.unreadable(path: folder.path, reason: SystemError(code: EISDIR))) {
      try FileContents.read(folder.path)
    }
    #expect(throws: FileError.unreadable(path: folder.path, reason: SystemError(code: EISDIR))) {
      try MappedFile(folder.path)
    }
    #expect(throws: FileError.unreadable(path: loop, reason: SystemError(code: ELOOP))) {
      try FileContents.read(loop)
    }
  }

  @Test("the limit counts for files by their size and for devices while they are read")
  func limit() throws {
    let path = folder.make("f", "12345")
    #expect(try FileContents.read(path, limit: 5).count == 5)
    #expect(throws: FileError.tooLarge(path: path, byteCount: 5, limit: 4)) {
      try FileContents.read(path, limit: 4)
    }
    #expect(throws: FileError.tooLarge(path: path, byteCount: 5, limit: 4)) {
      try MappedFile(path, limit: 4)
    }
    #expect(throws: FileError.tooLarge(path: "/dev/zero", byteCount: nil, limit: 300_000)) {
      try FileContents.read("/dev/zero", limit: 300_000)
    }
    #expect(throws: FileError.tooLarge(path: "/dev/zero", byteCount: nil, limit: 300_000)) {
      try MappedFile("/dev/zero", limit: 300_000)
    }
    #expect(try FileContents.read("/dev/null").isEmpty)
  }

  @Test("a pipe is read to its end")
  func pipe() async throws {
    let path = folder["fifo"]
    #expect(mkfifo(path, 0o600) == 0)
    let bytes = [UInt8](repeating: 7, count: 200_001)
    let writer = Task.detached { try AtomicFile.write(bytes, to: path) }
    let read = try FileContents.read(path)
    try await writer.value
    #expect(read == bytes)
    #expect(folder.names == ["fifo"])
  }

  @Test("a file without read permission says so, to those who are not root")
  func permission() async {
    let path = folder.make("secret", "x", mode: 0o000)
    await #expect(processExitsWith: .success) { [path = path as String] in
      try becomeOrdinaryUser()
      #expect(throws: FileError.unreadable(path: path, reason: SystemError(code: EACCES))) {
        try FileContents.read(path)
      }
    }
  }

  @Test("standard input is read to its end, within the limit")
  func standardInput() async {
    let path = folder.make("in", "hello")
    await #expect(processExitsWith: .success) { [path = path as String] in
      #expect(dup2(open(path, O_RDONLY), 0) == 0)
      #expect(throws: FileError.tooLarge(path: "standard input", byteCount: nil, limit: 4)) {
        try StandardInput.readAll(limit: 4)
      }
      lseek(0, 0, SEEK_SET)
      let bytes = try StandardInput.readAll()
      #expect(bytes == Array("hello".utf8))
    }
  }

  @Test("two names of one file have one identity, two equal files have two")
  func identity() throws {
    let path = folder.make("a", "x")
    folder.make("b", "x")
    #expect(link(path, folder["hard"]) == 0)
    #expect(symlink("a", folder["soft"]) == 0)
    #expect(FileIdentity.sameFile(path, folder["hard"]))
    #expect(FileIdentity.sameFile(folder["soft"], folder.path + "/./a"))
    #expect(!FileIdentity.sameFile(path, folder["b"]))
    #expect(!FileIdentity.sameFile(folder["none"], folder["none"]))
    let inputs = Set([FileIdentity(path)].compactMap(\.self))
    try FileIdentity.check(output: folder["b"], isNoneOf: inputs)
    try FileIdentity.check(output: folder["new"], isNoneOf: inputs)
    for name in ["a", "hard", "soft"] {
      #expect(throws: FileError.isInput(path: folder[name])) {
        try FileIdentity.check(output: folder[name], isNoneOf: inputs)
      }
    }
  }

  @Test("every error names its path, its reason and its exit code")
  func descriptions() {
    let full = SystemError(code: ENOSPC)
    let cases: [(FileError, String, Int32)] = [
      (.missing(path: "a.png"), "a.png: no such file", 3),
      (
        .unreadable(path: "a", reason: SystemError(code: EACCES)),
        "a: cannot be read: permission denied", 3
      ),
      (
        .tooLarge(path: "a", byteCount: 9, limit: 8), "a: 9 bytes are more than the limit of 8", 6
      ),
      (.tooLarge(path: "a", byteCount: nil, limit: 8), "a: more bytes than the limit of 8", 6),
      (.wouldOverwrite(path: "a"), "a: exists and was not written by vizcnn", 5),
      (.isInput(path: "a"), "a: is an input and is never overwritten", 5),
      (
        .writeFailed(path: "a", reason: full), "a: cannot be written: no space left on device", 7
      ),
    ]
    for (error, text, exitCode) in cases {
      #expect(error.description == text)
      #expect(error.category.exitCode == exitCode)
      #expect(text.hasPrefix(error.path))
    }
    #expect(FileError.writeFailed(path: "-", reason: SystemError(code: EPIPE)).isBrokenPipe)
    #expect(!FileError.writeFailed(path: "-", reason: full).isBrokenPipe)
  }

  @Test("stops at the first bytes where they are not wanted") func stopsEarly() throws {
    let start = try FileContents.read("/dev/zero") { bytes in bytes.first != 0 }
    #expect(64...65_536 ~= start.count)
    #expect(start.allSatisfy { $0 == 0 })
  }
}

/// Gives up root's rights in the child process of an exit test: permission bits count from here on.
func becomeOrdinaryUser() throws {
  if getuid() == 0 {
    #expect(setgid(65_534) == 0)
    #expect(setuid(65_534) == 0)
  }
  try #require(getuid() != 0)
}
