internal import Synchronization

/// Memory for the threads of one piece of work: each takes what another has put back.
final class ScratchShelf: Sendable {
  private let free = Mutex<[SampleBuffer]>([])

  /// Lends memory for `body`; all borrowers of a shelf ask for about the same size.
  func lending(_ byteCount: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
    let buffer =
      free.withLock { free in
        free.last.map { $0.byteCount >= byteCount ? free.removeLast() : nil } ?? nil
      } ?? SampleBuffer(byteCount: byteCount)
    body(buffer.bytes)
    free.withLock { $0.append(buffer) }
  }
}
