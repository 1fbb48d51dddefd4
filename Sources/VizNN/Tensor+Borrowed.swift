internal import VizKernels

extension Tensor {
  /// A tensor over numbers that stay where they are as long as `owner` is there: weights in a mapped file.
  ///
  /// The memory is only read. `start` is aligned to Float.
  @unsafe package init(
    shape: Shape, start: UnsafeRawPointer, owner: some Sendable
  ) {
    let buffer = unsafe SampleBuffer(
      bytes: UnsafeMutableRawPointer(mutating: start), byteCount: shape.count * 4
    ) { _ in withExtendedLifetime(owner) {} }
    self.init(shape: shape, storage: buffer)
  }
}
