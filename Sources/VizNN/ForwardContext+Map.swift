internal import VizKernels

extension ForwardContext {
  /// A tensor of the same shape with a function of every number.
  @inline(__always)
  func map(_ input: Tensor, _ function: @Sendable (Float) -> Float) -> Tensor {
    let output = tensor(input.shape)
    forBlocks(of: input.count) { range in
      let source = unsafe input.start
      let target = unsafe output.mutableStart
      for i in range { unsafe target[i] = function(source[i]) }
    }
    return output
  }

  /// Cuts `count` numbers into blocks that are worth a thread's while.
  func forBlocks(of count: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let size = 1 << 15
    ThreadPool.run(count: (count + size - 1) / size, jobs: execution.jobs) { i in
      body(i * size..<min((i + 1) * size, count))
    }
  }
}
