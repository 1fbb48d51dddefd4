internal import VizKernels

extension Tensor {
  /// A tensor over numbers that stay where they are as long as `owner` is there: weights in a mapped file.
  ///
  /// The memory is only read. `start` is aligned to Float. `rest` is called when the numbers are not read for a
  /// while.
  @unsafe package init(
    shape: Shape, start: UnsafeRawPointer, owner: some Sendable,
    rest: @escaping @Sendable () -> Void
  ) {
    let buffer = unsafe SampleBuffer(
      bytes: UnsafeMutableRawPointer(mutating: start), byteCount: shape.count * 4, rest: rest
    ) { _ in withExtendedLifetime(owner) {} }
    self.init(shape: shape, storage: buffer)
  }

  /// A tensor of the first bytes, which are Floats as this machine has them.
  @unsafe package init(shape: Shape, copying bytes: UnsafeRawBufferPointer) {
    let buffer = SampleBuffer(byteCount: shape.count * 4)
    unsafe UnsafeMutableRawBufferPointer(start: buffer.bytes, count: buffer.byteCount)
      .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes.prefix(buffer.byteCount)))
    self.init(shape: shape, storage: buffer)
  }
}
