import Foundation
import Testing
import VizFiles

@Suite("Atomic output")
struct AtomicFileTests {
  let folder = ScratchFolder()

  @Test("a file is written whole, from parts, and nothing else is left")
  func roundTrip() throws {
    var file = try AtomicFile(folder["f"])
    try file.write(Array("one ".utf8))
    try file.write([])
    try file.write(Array("two".utf8))
    #expect(folder.names.isEmpty)
    try file.commit()
    #expect(folder.text("f") == "one two")
    try AtomicFile.write([], to: folder["f"])
    #expect(folder.text("f") == "")
    #expect(folder.names == ["f"])
  }

  @Test("a file that is not committed leaves the old one and no trace")
  func abandoned() throws {
    folder.make("f", "old")
    do {
      var file = try AtomicFile(folder["f"])
      try file.write(Array("new".utf8))
    }
    #expect(folder.text("f") == "old")
    #expect(folder.names == ["f"])
  }

  @Test("two files that belong together appear both, or no new one does")
  func pairs() throws {
    var first = try AtomicFile(folder["a"])
    var second = try AtomicFile(folder["b"])
    try first.write([1])
    try second.write([2])
    #expect(folder.names.isEmpty)
    try AtomicFile.commit(first, second)
    #expect(folder.names == ["a", "b"])
    let taken = folder["taken"]
    #expect(throws: FileError.wouldOverwrite(path: taken)) {
      let picture = try AtomicFile(folder["new"])
      let numbers = try AtomicFile(taken, replacing: .refused)
      folder.make("taken", "faster")
      try AtomicFile.commit(picture, numbers)
    }
    #expect(folder.names == ["a", "b", "taken"])
    #expect(folder.text("taken") == "faster")
  }

  @Test("a new file has the mode that the umask leaves, a replaced one keeps its own")
  func modes() throws {
    let mask = umask(0)
    umask(mask)
    try AtomicFile.write([1], to: folder["new"])
    #expect(mode("new") == 0o666 & ~mask)
    for old: mode_t in [0o600, 0o640, 0o755] {
      folder.make("old", "x", mode: Int(old))
      try AtomicFile.write([1], to: folder["old"])
      #expect(mode("old") == old)
    }
  }

  @Test("a refused replacement keeps the old file, also one that came meanwhile")
  func refused() throws {
    let path = folder.make("f", "old")
    #expect(throws: FileError.wouldOverwrite(path: path)) {
      try AtomicFile.write([1], to: path, replacing: .refused)
    }
    let late = folder["late"]
    #expect(throws: FileError.wouldOverwrite(path: late)) {
      var file = try AtomicFile(late, replacing: .refused)
      try file.write([1])
      folder.make("late", "faster")
      try file.commit()
    }
    #expect(folder.text("late") == "faster")
    try AtomicFile.write([65], to: folder["free"], replacing: .refused)
    #expect(folder.text("free") == "A")
    #expect(folder.names == ["f", "free", "late"])
  }

  @Test("a file that came meanwhile is replaced where that is allowed")
  func replacedLate() throws {
    var file = try AtomicFile(folder["f"])
    try file.write([65])
    folder.make("f", "faster")
    try file.commit()
    #expect(folder.text("f") == "A")
    #expect(folder.names == ["f"])
  }

  @Test("a link stays a link, and its target is written, also where there was none")
  func links() throws {
    #expect(mkdir(folder["sub"], 0o755) == 0)
    folder.make("sub/target", "old")
    for (link, target) in [("a", "sub/target"), ("b", "a"), ("c", "sub/new"), ("d", folder["n"])] {
      #expect(symlink(target, folder[link]) == 0)
      try AtomicFile.write(Array(link.utf8), to: folder[link])
      let kept = try FileManager.default.destinationOfSymbolicLink(atPath: folder[link])
      #expect(kept == target)
      #expect(folder.text(link) == link)
    }
    #expect(folder.text("sub/target") == "b")
    #expect(folder.names == ["a", "b", "c", "d", "n", "sub"])
    #expect(ScratchFolder.names(in: folder["sub"]) == ["new", "target"])
    #expect(symlink("loop", folder["loop"]) == 0)
    #expect(failure(folder["loop"]) == ELOOP)
  }

  @Test("other hard links keep the old content")
  func hardLink() throws {
    let path = folder.make("f", "old")
    #expect(link(path, folder["other"]) == 0)
    try AtomicFile.write(Array("new".utf8), to: path)
    #expect(folder.text("f") == "new")
    #expect(folder.text("other") == "old")
  }

  @Test("every impossible place is a typed error that names it")
  func impossible() throws {
    folder.make("file", "x")
    let long = String(repeating: "n", count: 256)
    #expect(failure(folder["none/f"]) == ENOENT)
    #expect(failure(folder.path) == EISDIR)
    #expect(failure(folder["new/"]) == EISDIR)
    #expect(failure(folder["file/f"]) == ENOTDIR)
    #expect(failure(folder[long]) == ENAMETOOLONG)
    #expect(failure("") == ENOENT)
    #expect(failure("/dev/full") == ENOSPC)
    #expect(failure("/proc/new") != nil)
    #expect(folder.names == ["file"])
    // The longest legal name still leaves room for the temporary one.
    let longest = String(repeating: "ä", count: 127) + "n"
    for _ in 0..<2 { try AtomicFile.write([1], to: folder[longest]) }
    #expect(folder.names.count == 2)
    try AtomicFile.write([1], to: "/dev/null")
  }

  @Test("a read-only folder and a read-only file are refused, and stay as they were")
  func readOnly() async {
    #expect(mkdir(folder["locked"], 0o755) == 0)
    #expect(mkdir(folder["open"], 0o777) == 0)
    #expect(chmod(folder["open"], 0o777) == 0)
    folder.make("locked/f", "old", mode: 0o666)
    folder.make("open/f", "old", mode: 0o444)
    await #expect(processExitsWith: .success) { [path = folder.path as String] in
      try becomeOrdinaryUser()
      for name in ["/locked/f", "/locked/new", "/open/f"] where getuid() == 65_534 {
        #expect(failure(path + name) == EACCES)
      }
      try AtomicFile.write([1], to: path + "/open/new")
    }
    #expect(folder.text("locked/f") == "old")
    #expect(folder.text("open/f") == "old")
    #expect(ScratchFolder.names(in: folder["locked"]) == ["f"])
    #expect(ScratchFolder.names(in: folder["open"]).contains("new"))
  }

  @Test("a full disk leaves the old file and no temporary one")
  func fullDisk() async {
    folder.make("f", "old")
    await #expect(processExitsWith: .success) { [path = folder.path as String] in
      ProcessSignals.ignoreWriteSignals()
      var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
      #expect(setrlimit(__rlimit_resource_t(1), &limit) == 0)  // RLIMIT_FSIZE
      let bytes = [UInt8](repeating: 1, count: 100_001)
      for name in ["/f", "/new"] {
        #expect(throws: FileError.writeFailed(path: path + name, reason: SystemError(code: EFBIG)))
        {
          try AtomicFile.write(bytes, to: path + name)
        }
      }
    }
    #expect(folder.text("f") == "old")
    #expect(folder.names == ["f"])
  }

  @Test("a process killed while it writes leaves the old file or a new one, whole, and no other")
  func killed() async throws {
    folder.make("f", "old")
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder["f"] as String] in
      Thread.detachNewThread {
        usleep(60_000)
        kill(getpid(), SIGKILL)
      }
      var value: UInt8 = 0
      while true {
        var file = try AtomicFile(path)
        for _ in 0..<50 { try file.write([UInt8](repeating: value, count: 4_000)) }
        try file.commit()
        value &+= 1
      }
    }
    let bytes = try FileContents.read(folder["f"])
    let isOld = bytes == Array("old".utf8)
    #expect(isOld || (bytes.count == 200_000 && Set(bytes).count == 1))
    // Only between link and rename does a temporary name exist: two system calls.
    #expect(folder.names.count <= 2 && folder.names.last == "f")
  }

  @Test("an interrupted process removes its temporaries and exits with 128 + the signal")
  func interrupted() async {
    await #expect(processExitsWith: .exitCode(130)) { [path = folder["f"] as String] in
      unblockAndReset(SIGINT)
      ProcessSignals.removeTemporariesWhenInterrupted()
      var file = try AtomicFile(path, replacing: .allowed, marked: false, nameless: false)
      try file.write([1])
      try #require(access(path, F_OK) != 0)
      raise(SIGINT)
      try file.commit()
    }
    #expect(folder.names.isEmpty)
  }

  @Test("a signal that the parent process had ignored stays ignored")
  func ignoredSignal() async {
    await #expect(processExitsWith: .success) {
      signal(SIGHUP, SIG_IGN)
      ProcessSignals.removeTemporariesWhenInterrupted()
      raise(SIGHUP)
    }
  }

  @Test("without nameless files, a hidden name serves, and it is gone afterwards")
  func named() throws {
    folder.make("f", "old", mode: 0o640)
    do {
      var file = try AtomicFile(folder["f"], replacing: .allowed, marked: true, nameless: false)
      try file.write([65])
      #expect(folder.names.count == 2)
      #expect(folder.names[0].hasPrefix(".f.") && folder.names[0].hasSuffix(".tmp"))
      #expect(folder.text("f") == "old")
      try file.commit()
    }
    #expect(folder.text("f") == "A")
    #expect(mode("f") == 0o640)
    do {
      var file = try AtomicFile(folder["f"], replacing: .allowed, marked: true, nameless: false)
      try file.write([66])
    }
    #expect(folder.text("f") == "A")
    #expect(throws: FileError.wouldOverwrite(path: folder["g"])) {
      var file = try AtomicFile(folder["g"], replacing: .refused, marked: true, nameless: false)
      try file.write([67])
      folder.make("g", "faster")
      try file.commit()
    }
    var file = try AtomicFile(folder["h"], replacing: .refused, marked: true, nameless: false)
    try file.write([68])
    try file.commit()
    #expect(folder.text("h") == "D")
    #expect(folder.names == ["f", "g", "h"])
  }

  @Test("many writers of one name leave one whole file")
  func concurrent() async throws {
    let path = folder["f"]
    try await withThrowingTaskGroup(of: Void.self) { group in
      for value in UInt8(0)..<16 {
        group.addTask {
          let bytes = [UInt8](repeating: value, count: 10_000 + Int(value))
          for _ in 0..<5 { try AtomicFile.write(bytes, to: path) }
        }
      }
      try await group.waitForAll()
    }
    let bytes = try FileContents.read(path)
    #expect(Set(bytes).count == 1)
    #expect(bytes.count == 10_000 + Int(bytes[0]))
    #expect(folder.names == ["f"])
  }

  @Test("many writers that must not replace: one wins, the others are told")
  func concurrentRefused() async throws {
    let path = folder["f"]
    let wins = await withTaskGroup(of: Bool.self) { group in
      for value in UInt8(0)..<16 {
        group.addTask {
          (try? AtomicFile.write([value], to: path, replacing: .refused)) != nil
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(wins == 1)
    #expect(folder.names == ["f"])
  }

  @Test("standard output reports a full device and a reader that went away")
  func standardOutput() async {
    await #expect(processExitsWith: .success) {
      ProcessSignals.ignoreWriteSignals()
      let saved = dup(1)
      dup2(open("/dev/full", O_WRONLY), 1)
      let full = #expect(throws: FileError.self) { try StandardOutput.write("x") }
      var ends: [Int32] = [0, 0]
      #expect(pipe(&ends) == 0)
      dup2(ends[1], 1)
      close(ends[0])
      let broken = #expect(throws: FileError.self) { try StandardOutput.write([1]) }
      dup2(saved, 1)
      #expect(full == .writeFailed(path: "standard output", reason: SystemError(code: ENOSPC)))
      #expect(broken?.isBrokenPipe == true)
    }
  }

  @Test("folders are made with those above them; a file in the way is an error")
  func folders() async throws {
    try Folder.create(folder["a/b//c/"])
    try Folder.create(folder["a/b/c"])
    #expect(Folder.exists(folder["a/b/c"]))
    let file = folder.make("file", "x")
    for path in [file, file + "/sub"] {
      #expect(throws: FileError.writeFailed(path: path, reason: SystemError(code: ENOTDIR))) {
        try Folder.create(path)
      }
    }
    #expect(throws: FileError.writeFailed(path: "", reason: SystemError(code: ENOENT))) {
      try Folder.create("")
    }
    await #expect(processExitsWith: .success) { [path = folder["a/new/sub"] as String] in
      try becomeOrdinaryUser()
      #expect(throws: FileError.writeFailed(path: path, reason: SystemError(code: EACCES))) {
        try Folder.create(path)
      }
    }
  }

  private func mode(_ name: String) -> mode_t {
    var status = stat()
    stat(folder[name], &status)
    return status.st_mode & 0o777
  }
}

@Suite("The mark of our own files")
struct OwnershipMarkerTests {
  let folder = ScratchFolder()

  @Test("a marked file is ours until its content changes; others never are")
  func marks() throws {
    let path = folder["f"]
    for size in [0, 1, 7, 8, 9, 1_048_577] {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      var file = try AtomicFile(path, marked: true)
      for start in stride(from: 0, to: size, by: 3_001) {
        try file.write(Array(bytes[start..<min(start + 3_001, size)]))
      }
      try file.commit()
      #expect(OwnershipMarker.isValid(at: path), "\(size) bytes")
      guard size > 0 else { continue }
      let handle = try #require(FileHandle(forUpdatingAtPath: path))
      try handle.seek(toOffset: UInt64(size / 2))
      try handle.write(contentsOf: Data([~bytes[size / 2]]))
      #expect(!OwnershipMarker.isValid(at: path), "one byte changed of \(size)")
      try handle.seek(toOffset: UInt64(size / 2))
      try handle.write(contentsOf: Data([bytes[size / 2]]))
      #expect(OwnershipMarker.isValid(at: path), "changed back")
      try handle.truncate(atOffset: UInt64(size - 1))
      #expect(!OwnershipMarker.isValid(at: path), "cut")
    }
    try AtomicFile.write([1], to: path)
    #expect(!OwnershipMarker.isValid(at: path), "written without a mark")
    #expect(!OwnershipMarker.isValid(at: folder["none"]))
    #expect(!OwnershipMarker.isValid(at: folder.path))
  }
}

/// Undoes what a test runner that was started in the background hands on.
func unblockAndReset(_ number: Int32) {
  signal(number, SIG_DFL)
  var signals = sigset_t()
  sigemptyset(&signals)
  sigaddset(&signals, number)
  pthread_sigmask(SIG_UNBLOCK, &signals, nil)
}

/// The error number with which writing to `path` fails; nil where it does not.
func failure(_ path: String) -> Int32? {
  do {
    try AtomicFile.write([1, 2, 3], to: path)
    return nil
  } catch .writeFailed(path, let reason) {
    return reason.code
  } catch {
    return 0
  }
}
