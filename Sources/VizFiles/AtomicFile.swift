internal import Glibc

/// An output that appears whole or not at all.
///
///     var file = try AtomicFile("edges.png")
///     try file.write(part)
///     try file.commit()
///
/// The bytes go to a file without a name in the same folder (`O_TMPFILE`), reach the disk, and only
/// then get the name: by a link where the name is free, else by a rename over the old file. A process
/// that is killed while writing leaves nothing behind. On file systems without nameless files, the
/// temporary file is called `.NAME.RANDOM.tmp` and is removed on errors and on interrupts.
///
/// - A replaced file hands on its permission bits and, where allowed, its owner; its other hard
///   links keep the old content. A new file gets 0666 less the umask.
/// - A symbolic link stays; the file that it points to is replaced or made.
/// - Pipes and devices are written to directly.
public struct AtomicFile: ~Copyable {
  /// What happens to a file that has the name already.
  public enum Replacement: Sendable {
    /// It stays until the new one is whole, then it is replaced.
    case allowed
    /// It stays, and the new one fails with `wouldOverwrite`, also when both are made at once.
    case refused
  }

  private let path: String
  private var output: TemporaryFile

  /// Opens the output; nothing is at `path` before `commit`.
  ///
  /// `marked` has `OwnershipMarker` recognise the file later.
  public init(
    _ path: String, replacing replacement: Replacement = .allowed, marked: Bool = false
  ) throws(FileError) {
    try self.init(path, replacing: replacement, marked: marked, nameless: true)
  }

  /// As above; without `nameless`, as on a file system that has no nameless files.
  package init(
    _ path: String, replacing replacement: Replacement, marked: Bool, nameless: Bool
  ) throws(FileError) {
    output = try Self.naming(path) { () throws(SystemError) in
      try TemporaryFile.open(
        for: path, replacing: replacement, marked: marked, nameless: nameless)
    }
    self.path = path
  }

  /// Adds bytes to the output.
  public mutating func write(_ bytes: RawSpan) throws(FileError) {
    try Self.naming(path) { () throws(SystemError) in try output.write(bytes) }
  }

  public mutating func write(_ bytes: [UInt8]) throws(FileError) {
    try unsafe write(bytes.span.bytes)
  }

  /// Has the bytes stored and gives them their name.
  public consuming func commit() throws(FileError) {
    try Self.naming(path) { () throws(SystemError) in try output.commit() }
  }

  /// Gives two outputs their names: both, or no new name at all.
  ///
  /// The bytes of both are stored before the first gets its name. What can still fail is a name that
  /// another program takes meanwhile.
  public static func commit(
    _ first: consuming AtomicFile, _ second: consuming AtomicFile
  ) throws(FileError) {
    try first.store()
    try second.store()
    let newPath = first.output.newPath
    try first.commit()
    do throws(FileError) {
      try second.commit()
    } catch {
      if let newPath { _ = unsafe unlink(newPath) }
      throw error
    }
  }

  private mutating func store() throws(FileError) {
    try Self.naming(path) { () throws(SystemError) in try output.store() }
  }

  /// Writes a whole file at once.
  public static func write(
    _ bytes: [UInt8], to path: String, replacing replacement: Replacement = .allowed,
    marked: Bool = false
  ) throws(FileError) {
    var file = try AtomicFile(path, replacing: replacement, marked: marked)
    try file.write(bytes)
    try file.commit()
  }

  /// Says which file a system error is about.
  private static func naming<Result: ~Copyable>(
    _ path: String, _ body: () throws(SystemError) -> Result
  ) throws(FileError) -> Result {
    do {
      return try body()
    } catch {
      throw error.code == EEXIST
        ? .wouldOverwrite(path: path) : .writeFailed(path: path, reason: error)
    }
  }
}
