internal import Synchronization
package import VizKernels

/// Memory that tensors give back when their last copy is gone, for the next ones.
///
/// Fresh memory has to be cleared and mapped by the system, page by page, which takes as long as a cheap
/// layer. A forward pass drops every value after its last use; so a few buffers serve a deep network.
package final class TensorMemory: Sendable {
  private let free = Mutex<[SampleBuffer]>([])
  private static let smallest = 4096

  package init() {}

  /// Memory of at least this size, not cleared.
  package func buffer(byteCount: Int) -> SampleBuffer {
    let size = Self.rounded(byteCount)
    let owner =
      free.withLock { free in
        free.lastIndex { $0.byteCount == size }.map { free.remove(at: $0) }
      } ?? SampleBuffer(byteCount: size)
    return unsafe SampleBuffer(bytes: owner.bytes, byteCount: byteCount, isWritable: true) {
      [weak self] _ in
      self?.free.withLock { $0.append(owner) }
    }
  }

  /// Up to the next of eight steps between two powers of two, so that sizes meet again.
  private static func rounded(_ byteCount: Int) -> Int {
    guard byteCount > smallest else { return smallest }
    let step = 1 << max(0, Int.bitWidth - byteCount.leadingZeroBitCount - 4)
    return (byteCount + step - 1) / step * step
  }
}

extension TensorMemory {
  /// Buffers that wait for the next tensor.
  package var freeCount: Int { free.withLock { $0.count } }
}
