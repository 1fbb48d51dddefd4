internal import Synchronization

/// Memory for threads at work: each takes what another has put back, and what is there stays for the next layer.
///
/// Fresh memory would have to be cleared and mapped by the system.
enum ScratchShelf {
  private static let free = Mutex<[SampleBuffer]>([])
  private static let smallest = 1 << 21
  /// What is larger goes back to the system.
  private static let largest = 1 << 25

  /// Lends memory for `body`.
  static func lending(_ byteCount: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
    let buffer = taken(byteCount) ?? SampleBuffer(byteCount: rounded(byteCount))
    body(buffer.bytes)
    guard buffer.byteCount <= largest else { return }
    free.withLock { $0.append(buffer) }
  }

  /// The last buffer that is large enough; those that are not make room for one that will be.
  private static func taken(_ byteCount: Int) -> SampleBuffer? {
    free.withLock { free in
      if let i = free.lastIndex(where: { $0.byteCount >= byteCount }) { return free.remove(at: i) }
      _ = free.popLast()
      return nil
    }
  }

  private static func rounded(_ byteCount: Int) -> Int {
    var size = smallest
    while size < byteCount { size *= 2 }
    return size
  }
}
