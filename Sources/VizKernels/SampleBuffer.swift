internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Raw memory for samples: 64-byte aligned, uninitialised, freed with its last owner.
///
/// A buffer is written by whoever made it and only read after that; values that hold one (`Plane`,
/// `Image`) never change it, which is what makes sharing it between threads safe. Only its last owner may write it again.
package final class SampleBuffer: @unchecked Sendable {
  package let bytes: UnsafeMutableRawPointer
  package let byteCount: Int
  /// Whether the bytes are memory of this process alone, and not those of a file.
  package let isWritable: Bool
  /// How far `bytes` is behind the start of what was allocated.
  private let shift: Int
  private let release: (@Sendable (UnsafeMutableRawPointer) -> Void)?
  private let pause: (@Sendable () -> Void)?

  package init(byteCount: Int) {
    precondition(byteCount >= 0, "a buffer of \(byteCount) bytes")
    self.byteCount = byteCount
    isWritable = true
    shift = byteCount < Self.leastShifted ? 0 : Self.nextShift()
    let isHuge = byteCount >= Self.leastHuge
    let allocated = UnsafeMutableRawPointer.allocate(
      byteCount: max(byteCount + shift, 1), alignment: isHuge ? Self.hugePage : 64)
    // Where the system has pages of this size: it takes a tenth of the time to clear and map them.
    if isHuge { madvise(allocated, byteCount + shift, MADV_HUGEPAGE) }
    bytes = allocated + shift
    release = nil
    pause = nil
  }

  /// Where the next large buffer begins in its page.
  ///
  /// Each elsewhere: a processor takes a load for one of what was just stored where the last twelve
  /// bits of the addresses agree, as they would for the samples at the same place in two pictures
  /// whose memory begins with a page.
  private static func nextShift() -> Int {
    let number = buffers.wrappingAdd(1, ordering: .relaxed).oldValue
    return number % (4096 / pageShift) * pageShift
  }

  private static let buffers = Atomic(0)
  private static let pageShift = 512
  private static let leastShifted = 65_536
  private static let hugePage = 2 << 20
  private static let leastHuge = 2 << 20

  /// Memory of another owner, given back through `release`; `rest` is what `rest()` calls.
  package init(
    bytes: UnsafeMutableRawPointer, byteCount: Int, isWritable: Bool = false,
    rest: (@Sendable () -> Void)? = nil,
    release: @escaping @Sendable (UnsafeMutableRawPointer) -> Void
  ) {
    self.bytes = bytes
    self.byteCount = byteCount
    self.isWritable = isWritable
    shift = 0
    self.release = release
    pause = rest
  }

  /// Says that the bytes are not read for a while: an owner who can fetch them again may take their memory.
  package func rest() { pause?() }

  deinit {
    if let release { release(bytes) } else { (bytes - shift).deallocate() }
  }

  /// A buffer with the bytes of an array.
  package convenience init<Element: BitwiseCopyable>(_ elements: [Element]) {
    self.init(byteCount: elements.count * MemoryLayout<Element>.stride)
    elements.withUnsafeBytes { source in
      if let start = source.baseAddress { bytes.copyMemory(from: start, byteCount: byteCount) }
    }
  }

  /// The bytes as an array of `Element`s, from byte `offset` on.
  package func elements<Element: BitwiseCopyable>(
    of type: Element.Type, count: Int, offset: Int = 0
  ) -> [Element] {
    precondition(offset + count * MemoryLayout<Element>.stride <= byteCount, "past the buffer")
    return [Element](unsafeUninitializedCapacity: count) { target, initialized in
      UnsafeMutableRawBufferPointer(target).copyMemory(
        from: UnsafeRawBufferPointer(
          start: bytes + offset, count: count * MemoryLayout<Element>.stride))
      initialized = count
    }
  }
}
