internal import Glibc

/// The three streams that every process starts with, unless its parent has closed one.
public enum StandardStreams {
  /// Has closed streams stay closed: else the next file that is opened would take the number of one,
  /// and messages would be written into it.
  ///
  /// Only a program's `main` calls this, first of all.
  public static func reserve() {
    for number in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
    where fcntl(number, F_GETFD) == -1 && errno == EBADF {
      // The lowest free number is this one. Reading, or writing, fails as it did before.
      _ = unsafe open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }
}

/// The bytes that a pipe or a redirection feeds in, `-` on the command line.
public enum StandardInput {
  /// How errors name it.
  public static let name = "standard input"

  /// Whether somebody types there.
  public static var isTerminal: Bool { isatty(STDIN_FILENO) == 1 }

  /// Everything up to the end; only the first bytes where `isWanted` says no to them.
  public static func readAll(
    limit: Int = FileContents.defaultLimit, isWanted: ([UInt8]) -> Bool = { _ in true }
  ) throws(FileError) -> [UInt8] {
    let bytes: [UInt8]?
    do {
      bytes = try VizFiles.readAll(
        from: STDIN_FILENO, expected: 65_536, limit: limit, isWanted: isWanted)
    } catch {
      throw .unreadable(path: name, reason: error)
    }
    guard let bytes else { throw .tooLarge(path: name, byteCount: nil, limit: limit) }
    return bytes
  }
}

/// Where results go that have no file, `-o -` on the command line.
public enum StandardOutput {
  /// How errors name it.
  public static let name = "standard output"

  /// Whether somebody reads there; pictures are not written to terminals.
  public static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Writes all bytes at once, past any buffer of `print`.
  ///
  /// A reader that went away is an error with `isBrokenPipe`, provided that the process ignores
  /// SIGPIPE (`ProcessSignals.ignoreWriteSignals`).
  public static func write(_ bytes: RawSpan) throws(FileError) {
    do {
      try writeAll(bytes, to: STDOUT_FILENO)
    } catch {
      throw .writeFailed(path: name, reason: error)
    }
  }

  public static func write(_ bytes: [UInt8]) throws(FileError) {
    try unsafe write(bytes.span.bytes)
  }

  public static func write(_ text: String) throws(FileError) {
    try write([UInt8](text.utf8))
  }
}
