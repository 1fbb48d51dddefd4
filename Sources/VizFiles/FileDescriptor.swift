internal import Glibc

/// An open file that closes itself; calls are repeated when a signal interrupts them.
struct FileDescriptor: ~Copyable {
  let number: Int32

  /// Takes over a descriptor that is already open.
  init(owning number: Int32) {
    self.number = number
  }

  /// Opens `path`; the descriptor is closed in programs that this one starts.
  init(_ path: String, flags: Int32, mode: mode_t = 0) throws(SystemError) {
    number = try retrying { unsafe open(path, flags | O_CLOEXEC, mode) }
  }

  deinit {
    _ = close(number)
  }

  func status() throws(SystemError) -> stat {
    var status = stat()
    _ = try retrying { unsafe fstat(number, &status) }
    return status
  }

  /// Bytes of a regular file; 0 for pipes and devices, whose end shows itself.
  func sizeForReading() throws(SystemError) -> Int {
    let status = try status()
    if status.kind == S_IFDIR { throw SystemError(code: EISDIR) }
    return status.kind == S_IFREG ? Int(status.st_size) : 0
  }

  /// Everything up to the end; nil where that is more than `limit` bytes.
  func readToEnd(
    expected: Int, limit: Int, isWanted: ([UInt8]) -> Bool = { _ in true }
  ) throws(SystemError) -> [UInt8]? {
    try readAll(from: number, expected: expected, limit: limit, isWanted: isWanted)
  }

  /// The next bytes, at most so many; nil at the end.
  func readPart(byteCount: Int) throws(SystemError) -> [UInt8]? {
    var failure: SystemError?
    let part = [UInt8](capacity: byteCount) { room in
      unsafe room.withUnsafeMutableBufferPointer { buffer, initialized in
        do throws(SystemError) {
          initialized = try retrying {
            unsafe read(number, buffer.baseAddress, buffer.count)
          }
        } catch {
          failure = error
        }
      }
    }
    if let failure { throw failure }
    return part.isEmpty ? nil : part
  }

  func write(_ bytes: RawSpan) throws(SystemError) {
    try writeAll(bytes, to: number)
  }

  /// Has the device store what was written.
  ///
  /// Pipes and devices have nothing to store and say `EINVAL`.
  func synchronize() throws(SystemError) {
    do {
      _ = try retrying { fsync(number) }
    } catch  where error.code == EINVAL || error.code == ENOTSUP {}
  }
}

extension stat {
  /// One of `S_IFREG`, `S_IFDIR`, `S_IFLNK`, and the like.
  var kind: mode_t { st_mode & S_IFMT }

  /// What is at `path`, following links; nil where nothing is.
  static func following(_ path: String) throws(SystemError) -> stat? {
    try of(path, flags: 0)
  }

  /// What is at `path`, which may be a link itself; nil where nothing is.
  static func notFollowing(_ path: String) throws(SystemError) -> stat? {
    try of(path, flags: AT_SYMLINK_NOFOLLOW)
  }

  private static func of(_ path: String, flags: Int32) throws(SystemError) -> stat? {
    var status = stat()
    do {
      _ = try retrying { unsafe fstatat(AT_FDCWD, path, &status, flags) }
      return status
    } catch {
      if error.code == ENOENT { return nil }
      throw error
    }
  }
}

/// Repeats a call that a signal interrupted; throws where it says −1.
func retrying<Result: SignedInteger>(_ call: () -> Result) throws(SystemError) -> Result {
  while true {
    let result = call()
    if result >= 0 { return result }
    if errno != EINTR { throw .last }
  }
}

/// Writes all bytes; the kernel may take fewer at a time than it is offered.
func writeAll(_ bytes: RawSpan, to descriptor: Int32) throws(SystemError) {
  var written = 0
  while written < bytes.byteCount {
    let rest = bytes.extracting(written..<bytes.byteCount)
    let count = unsafe rest.withUnsafeBytes {
      unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
    }
    if count > 0 {
      written += count
    } else if count == 0 {
      throw SystemError(code: EIO)  // no progress and no reason: a broken device
    } else if errno == EAGAIN {
      try wait(for: descriptor, events: Int16(POLLOUT))
    } else if errno != EINTR {
      throw .last
    }
  }
}

/// Reads to the end; nil where there are more than `limit` bytes.
///
/// `isWanted` judges the first bytes, some thousands where there are so many; where it says no, they
/// are all that is read.
func readAll(
  from descriptor: Int32, expected: Int, limit: Int, isWanted: ([UInt8]) -> Bool
) throws(SystemError) -> [UInt8]? {
  var bytes: [UInt8] = []
  var capacity = min(4096, limit + 1)
  var isJudged = false
  while true {
    let end = bytes.count
    var count = 0
    bytes.reserveCapacity(capacity)
    bytes.append(addingCapacity: capacity - end) { (room: inout OutputSpan<UInt8>) in
      unsafe room.withUnsafeMutableBufferPointer { buffer, initialized in
        count = unsafe read(descriptor, buffer.baseAddress, buffer.count)
        initialized += max(count, 0)
      }
    }
    if count == 0 { return bytes }
    if count < 0 {
      if errno == EAGAIN {
        try wait(for: descriptor, events: Int16(POLLIN))
      } else if errno != EINTR {
        throw SystemError.last
      }
    }
    if bytes.count > limit { return nil }
    if !isJudged, bytes.count >= 64 {
      guard isWanted(bytes) else { return bytes }
      isJudged = true
      // One byte more than expected, so that the usual file ends within one allocation.
      capacity = max(capacity, min(max(expected, 0), limit) + 1)
    }
    if bytes.count == capacity { capacity = min(max(capacity * 2, 65_536), limit + 1) }
  }
}

/// Waits until a non-blocking descriptor can go on.
private func wait(for descriptor: Int32, events: Int16) throws(SystemError) {
  var request = pollfd(fd: descriptor, events: events, revents: 0)
  _ = try retrying { unsafe poll(&request, 1, -1) }
}
