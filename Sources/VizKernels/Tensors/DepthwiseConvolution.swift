/// A convolution where every output channel reads one input channel: no sums over channels that a matrix
/// product could share, so each plane is convolved directly.
///
///     out[n, o, y, x] = clamp(bias[o] + Σ weight[o, ky, kx] · input[n, o / multiplier, …] + addend[n, o, …])
///
/// The image is laid out with its zero border once, columns of the same remainder by the stride side by
/// side; then every tap reads neighbours and `weighRows` does the rest.
package struct DepthwiseConvolution: Sendable {
  package let batch: Int
  package let channels: Int
  /// Output channels for each input channel.
  package let multiplier: Int
  package let grid: WindowGrid
  package var ending = StoreEnding()

  package init(batch: Int, channels: Int, multiplier: Int, grid: WindowGrid) {
    self.batch = batch
    self.channels = channels
    self.multiplier = multiplier
    self.grid = grid
  }

  // The laid-out image: rows that windows reach, each as `strideX` rows of every strideX-th column.
  private var rows: Int { grid.reachHeight }
  private var phaseWidth: Int {
    grid.outputWidth + (grid.kernelWidth - 1) * grid.dilationX / grid.strideX
  }
  private var rowWidth: Int { phaseWidth * grid.strideX }

  /// Whether the laid-out image is not much larger than what is read and written, as taps far apart make it.
  var isCompact: Bool {
    rows * rowWidth <= 8 * (grid.height * grid.width + grid.pixels) + 1 << 16
  }

  package func run(
    input: UnsafePointer<Float>, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    nonisolated(unsafe) let (input, weight, bias, output) = (input, weight, bias, output)
    guard grid.pixels > 0 else { return }
    let kernels = execution.kernels.tensors
    let offsets = tapOffsets
    ThreadPool.run(count: batch * channels, jobs: execution.jobs) { plane in
      ScratchShelf.lending(rows * rowWidth * 4) { memory in
        let image = memory.assumingMemoryBound(to: Float.self)
        layOut(input + plane * grid.height * grid.width, into: image, kernels)
        for m in 0..<multiplier {
          let channel = plane % channels * multiplier + m
          let place = (plane * multiplier + m) * grid.pixels
          offsets.withUnsafeBufferPointer { offsets in
            guard let offsets = offsets.baseAddress else { return }
            kernels.weighRows(
              image, grid.strideY * rowWidth, offsets, weight + channel * grid.taps, grid.taps,
              bias?[channel] ?? 0, grid.outputHeight, grid.outputWidth, output + place,
              grid.outputWidth)
          }
          ending.apply(
            to: output, place, stride: grid.pixels, rows: 1, count: grid.pixels, kernels)
        }
      }
    }
  }

  /// Where the taps of the first pixel are in the laid-out image.
  private var tapOffsets: [Int] {
    (0..<grid.taps).map { tap in
      let (ky, kx) = tap.quotientAndRemainder(dividingBy: grid.kernelWidth)
      let shift = kx * grid.dilationX
      return ky * grid.dilationY * rowWidth + shift % grid.strideX * phaseWidth
        + shift / grid.strideX
    }
  }

  private func layOut(
    _ plane: UnsafePointer<Float>, into image: UnsafeMutablePointer<Float>,
    _ kernels: TensorKernels
  ) {
    let step = grid.strideX
    for y in 0..<rows {
      let sourceY = y - grid.top
      for phase in 0..<step {
        let column = phase - grid.left
        // The numbers that lie in the image.
        let first = min(phaseWidth, max(0, (step - 1 - column) / step))
        let end = min(phaseWidth, max(first, (grid.width - column + step - 1) / step))
        let count = 0..<grid.height ~= sourceY ? end - first : 0
        kernels.packColumns(
          count == 0 ? plane : plane + sourceY * grid.width + column + first * step, 0, 1, step,
          count == 0 ? phaseWidth : first, count, count == 0 ? 0 : phaseWidth - end,
          image + y * rowWidth + phase * phaseWidth, 0)
      }
    }
  }
}
