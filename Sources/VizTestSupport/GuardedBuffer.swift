internal import Glibc
package import VizKernels

/// Memory between two pages that may not be touched: a read or write past it ends the process.
package enum GuardedBuffer {
  /// Which guard page the buffer touches.
  package enum Side: Sendable, CaseIterable {
    case start, end
  }

  /// Bytes that begin right after one guard page or end right before the other.
  ///
  /// Samples at `.end` are as little aligned as their type allows.
  package static func make(byteCount: Int, flushWith side: Side) -> SampleBuffer {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let inner = max(page, (byteCount + page - 1) / page * page)
    let size = inner + 2 * page
    guard
      let start = unsafe mmap(nil, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      unsafe start != MAP_FAILED,
      unsafe mprotect(start + page, inner, PROT_READ | PROT_WRITE) == 0
    else { preconditionFailure("no memory for \(size) guarded bytes") }
    let first = side == .start ? page : page + inner - byteCount
    nonisolated(unsafe) let mapping = unsafe start
    return unsafe SampleBuffer(bytes: start + first, byteCount: byteCount) { _ in
      _ = unsafe munmap(mapping, size)
    }
  }

  /// The bytes of another buffer, between guard pages.
  package static func copy(
    of buffer: SampleBuffer, byteCount: Int, flushWith side: Side
  ) -> SampleBuffer {
    let guarded = make(byteCount: byteCount, flushWith: side)
    unsafe guarded.bytes.copyMemory(from: buffer.bytes, byteCount: byteCount)
    return guarded
  }
}
