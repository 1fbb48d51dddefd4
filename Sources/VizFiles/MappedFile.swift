internal import Glibc

/// A file whose bytes are fetched from the disk when they are first touched.
///
/// For model weights: gigabytes of which a run may touch a part, shared by all processes that use
/// them. Small files, pipes and devices are read instead.
///
/// A mapped file must not be cut short while it is in use: touching the lost pages ends the process
/// (SIGBUS). Files that other programs may rewrite in place are read with `FileContents`.
public final class MappedFile: @unchecked Sendable {
  /// Files below this size are read; a mapping costs more than it saves.
  static let smallestMapping = 65_536

  public let path: String
  // Never written after init, which is what makes sharing between threads safe.
  private let contents: Contents

  @safe fileprivate enum Contents {
    case read([UInt8])
    case mapped(UnsafeRawPointer, count: Int)
  }

  /// Opens the file at `path`, following links.
  public init(_ path: String, limit: Int = .max - 1) throws(FileError) {
    self.path = path
    var size = 0
    let contents: Contents?
    do {
      let file = try FileDescriptor(path, flags: O_RDONLY | O_NOCTTY)
      size = try file.sizeForReading()
      contents = size > limit ? nil : try Contents(of: file, size: size, limit: limit)
    } catch {
      throw .reading(path, error)
    }
    guard let contents else {
      throw .tooLarge(path: path, byteCount: size > limit ? size : nil, limit: limit)
    }
    self.contents = contents
  }

  deinit {
    if case .mapped(let start, let count) = contents {
      _ = unsafe munmap(UnsafeMutableRawPointer(mutating: start), count)
    }
  }

  public var count: Int {
    switch contents {
    case .read(let bytes): bytes.count
    case .mapped(_, let count): count
    }
  }

  /// Whether the bytes stay at one place in memory as long as this object is there.
  public var isMapped: Bool {
    if case .mapped = contents { true } else { false }
  }

  /// Lends the bytes for the duration of `body`.
  public func withBytes<Result, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch contents {
    case .read(let bytes):
      return try unsafe body(bytes.span.bytes)
    case .mapped(let start, let count):
      let span = unsafe RawSpan(_unsafeStart: start, byteCount: count)
      return try body(span)
    }
  }

  /// Says that the bytes of a range are not read for a while: the system gets their memory back, and fetches them
  /// again when they are touched.
  public func rest(_ range: Range<Int>) {
    precondition(
      0 <= range.lowerBound && range.upperBound <= count, "bytes \(range) of \(count) in \(path)")
    guard case .mapped(let start, _) = contents else { return }
    let page = sysconf(Int32(_SC_PAGESIZE))
    let first = (range.lowerBound + page - 1) / page * page
    let end = range.upperBound / page * page
    guard first < end else { return }
    _ = unsafe madvise(
      UnsafeMutableRawPointer(mutating: start + first), end - first, MADV_DONTNEED)
  }

  /// A copy of the bytes of one range, as a header is read before the rest.
  public func bytes(in range: Range<Int>) -> [UInt8] {
    precondition(
      0 <= range.lowerBound && range.upperBound <= count, "bytes \(range) of \(count) in \(path)")
    return withBytes { span in
      unsafe span.extracting(range).withUnsafeBytes { unsafe [UInt8]($0) }
    }
  }
}

extension MappedFile.Contents {
  /// Maps or reads an open file; nil where it has more bytes than `limit`.
  init?(of file: borrowing FileDescriptor, size: Int, limit: Int) throws(SystemError) {
    guard size >= MappedFile.smallestMapping else {
      guard let bytes = try file.readToEnd(expected: size, limit: limit) else { return nil }
      self = .read(bytes)
      return
    }
    guard let start = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, file.number, 0),
      unsafe start != MAP_FAILED
    else { throw .last }
    self = unsafe .mapped(UnsafeRawPointer(start), count: size)
  }
}
