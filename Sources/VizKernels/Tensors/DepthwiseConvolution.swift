/// A convolution where every output channel reads one input channel: no sums over channels that a matrix
/// product could share, so each plane is convolved directly.
///
///     out[n, o, y, x] = clamp(bias[o] + Σ weight[o, ky, kx] · input[n, o / multiplier, …])
///
/// The image is laid out with its zero border once, columns of the same remainder by the stride side by
/// side; then every tap reads neighbours and `accumulateRow` does the rest.
package struct DepthwiseConvolution: Sendable {
  package let batch: Int
  package let channels: Int
  /// Output channels for each input channel.
  package let multiplier: Int
  package let grid: WindowGrid
  package var lower: Float = -.infinity
  package var upper: Float = .infinity

  package init(batch: Int, channels: Int, multiplier: Int, grid: WindowGrid) {
    self.batch = batch
    self.channels = channels
    self.multiplier = multiplier
    self.grid = grid
  }

  // The laid-out image: rows that windows reach, each as `strideX` rows of every strideX-th column.
  private var rows: Int {
    (grid.outputHeight - 1) * grid.strideY + (grid.kernelHeight - 1) * grid.dilationY + 1
  }
  private var phaseWidth: Int {
    grid.outputWidth + (grid.kernelWidth - 1) * grid.dilationX / grid.strideX
  }
  private var rowWidth: Int { phaseWidth * grid.strideX }

  package func run(
    input: UnsafePointer<Float>, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    nonisolated(unsafe) let (input, weight, bias, output) = (input, weight, bias, output)
    guard grid.pixels > 0 else { return }
    let scratch = ScratchShelf()
    let accumulate = execution.kernels.accumulateRow
    ThreadPool.run(count: batch * channels, jobs: execution.jobs) { plane in
      scratch.lending(rows * rowWidth * 4) { memory in
        let image = memory.assumingMemoryBound(to: Float.self)
        layOut(input + plane * grid.height * grid.width, into: image)
        for m in 0..<multiplier {
          let channel = plane % channels * multiplier + m
          convolve(
            image, weight + channel * grid.taps, bias?[channel] ?? 0,
            into: output + (plane * multiplier + m) * grid.pixels, accumulate)
        }
      }
    }
  }

  private func layOut(_ plane: UnsafePointer<Float>, into image: UnsafeMutablePointer<Float>) {
    for y in 0..<rows {
      let target = image + y * rowWidth
      let sourceY = y - grid.top
      for phase in 0..<grid.strideX {
        let out = target + phase * phaseWidth
        guard 0..<grid.height ~= sourceY else {
          for j in 0..<phaseWidth { out[j] = 0 }
          continue
        }
        let source = plane + sourceY * grid.width
        for j in 0..<phaseWidth {
          let x = j * grid.strideX + phase - grid.left
          out[j] = x >= 0 && x < grid.width ? source[x] : 0
        }
      }
    }
  }

  private func convolve(
    _ image: UnsafePointer<Float>, _ weight: UnsafePointer<Float>, _ bias: Float,
    into output: UnsafeMutablePointer<Float>, _ accumulate: KernelTable.AccumulateRow
  ) {
    withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: grid.taps) { sources in
      guard let first = sources.baseAddress else { return }
      for y in 0..<grid.outputHeight {
        for ky in 0..<grid.kernelHeight {
          let row = image + (y * grid.strideY + ky * grid.dilationY) * rowWidth
          for kx in 0..<grid.kernelWidth {
            let shift = kx * grid.dilationX
            let column = shift % grid.strideX * phaseWidth + shift / grid.strideX
            sources[ky * grid.kernelWidth + kx] = UnsafeRawPointer(row + column)
          }
        }
        let out = output + y * grid.outputWidth
        accumulate(3, first, weight, grid.taps, grid.outputWidth, out)
        for x in 0..<grid.outputWidth {
          let sum = out[x] + bias
          out[x] = sum < lower ? lower : sum > upper ? upper : sum
        }
      }
    }
  }
}
