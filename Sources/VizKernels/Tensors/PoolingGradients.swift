extension TensorPooling {
  /// Gives the gradient of each window to what it was made of: all of it to the first of the largest samples,
  /// or its part to every sample.
  package func runGradient(
    planes: Int, input: UnsafePointer<Float>, gradient: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    nonisolated(unsafe) let (input, gradient, output) = (input, gradient, output)
    let size = grid.height * grid.width
    let perTask = max(1, (1 << 15) / max(size, 1))
    let (isOfPairs, pairs) = (isOfPairs, execution.kernels.tensors.pairPoolGradientRows)
    let columnTaps = (0..<grid.outputWidth).map { grid.columnTaps($0) }
    ThreadPool.run(count: (planes + perTask - 1) / perTask, jobs: execution.jobs) { task in
      for plane in task * perTask..<min((task + 1) * perTask, planes) {
        let out = output + plane * size
        if isOfPairs {
          giveToPairs(gradient + plane * grid.pixels, input + plane * size, out, pairs)
          continue
        }
        out.update(repeating: 0, count: size)
        let source = gradient + plane * grid.pixels
        switch kind {
        case .maximum where grid.taps == 1: giveToOnly(source, columnTaps, out)
        case .maximum: giveToLargest(source, input + plane * size, columnTaps, out)
        case .mean: giveToAll(source, columnTaps, out)
        }
      }
    }
  }

  /// Whether windows are 2×2, side by side from the corner on.
  var isOfPairs: Bool {
    guard case .maximum = kind else { return false }
    let numbers = [
      grid.kernelHeight, grid.kernelWidth, grid.strideY, grid.strideX, grid.dilationY + 1,
      grid.dilationX + 1,
    ]
    return numbers.allSatisfy { $0 == 2 } && grid.top == 0 && grid.left == 0
      && 2 * grid.outputHeight <= grid.height && 2 * grid.outputWidth <= grid.width
  }

  private func giveToPairs(
    _ gradient: UnsafePointer<Float>, _ image: UnsafePointer<Float>,
    _ out: UnsafeMutablePointer<Float>, _ rows: TensorKernels.PairPoolGradientRows
  ) {
    let covered = 2 * grid.outputWidth
    for y in 0..<grid.outputHeight {
      let top = 2 * y * grid.width
      rows(
        image + top, image + top + grid.width, gradient + y * grid.outputWidth, grid.outputWidth,
        out + top, out + top + grid.width)
      for row in [top, top + grid.width] {
        for x in covered..<grid.width { out[row + x] = 0 }
      }
    }
    let first = 2 * grid.outputHeight * grid.width
    for i in first..<grid.height * grid.width { out[i] = 0 }
  }

  /// Windows of one sample: where a network takes every second one.
  private func giveToOnly(
    _ gradient: UnsafePointer<Float>, _ columnTaps: [Range<Int>],
    _ out: UnsafeMutablePointer<Float>
  ) {
    // Windows that begin in the image follow each other.
    guard let first = columnTaps.firstIndex(where: { !$0.isEmpty }),
      let last = columnTaps.lastIndex(where: { !$0.isEmpty })
    else { return }
    for y in 0..<grid.outputHeight where !grid.rowTaps(y).isEmpty {
      let row = out + (y * grid.strideY - grid.top) * grid.width - grid.left
      for x in first...last { row[x * grid.strideX] = gradient[y * grid.outputWidth + x] }
    }
  }

  private func giveToLargest(
    _ gradient: UnsafePointer<Float>, _ image: UnsafePointer<Float>, _ columnTaps: [Range<Int>],
    _ out: UnsafeMutablePointer<Float>
  ) {
    for y in 0..<grid.outputHeight {
      let rowTaps = grid.rowTaps(y)
      for x in 0..<grid.outputWidth {
        var (best, place) = (-Float.infinity, -1)
        for ky in rowTaps {
          let row = (y * grid.strideY + ky * grid.dilationY - grid.top) * grid.width
          for kx in columnTaps[x] {
            let i = row + x * grid.strideX + kx * grid.dilationX - grid.left
            let value = image[i]
            if place < 0 || value > best || value != value { (best, place) = (value, i) }
          }
        }
        if place >= 0 { out[place] += gradient[y * grid.outputWidth + x] }
      }
    }
  }

  private func giveToAll(
    _ gradient: UnsafePointer<Float>, _ columnTaps: [Range<Int>],
    _ out: UnsafeMutablePointer<Float>
  ) {
    for y in 0..<grid.outputHeight {
      for x in 0..<grid.outputWidth {
        let count = samples(y, x)
        if count == 0 { continue }
        let part = gradient[y * grid.outputWidth + x] / Float(count)
        for ky in grid.rowTaps(y) {
          let row = (y * grid.strideY + ky * grid.dilationY - grid.top) * grid.width
          for kx in columnTaps[x] {
            out[row + x * grid.strideX + kx * grid.dilationX - grid.left] += part
          }
        }
      }
    }
  }
}

extension AdaptivePooling {
  /// Gives the gradient of each part to its largest sample, or evenly to all of them.
  package func runGradient(
    planes: Int, input: UnsafePointer<Float>, gradient: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    nonisolated(unsafe) let (input, gradient, output) = (input, gradient, output)
    let jobs = planes * height * width < 1 << 15 ? 1 : execution.jobs
    ThreadPool.run(count: planes, jobs: jobs) { plane in
      let (image, out) = (input + plane * height * width, output + plane * height * width)
      out.update(repeating: 0, count: height * width)
      for y in 0..<outputHeight {
        let rows = Self.part(y, of: outputHeight, length: height)
        for x in 0..<outputWidth {
          let columns = Self.part(x, of: outputWidth, length: width)
          let value = gradient[(plane * outputHeight + y) * outputWidth + x]
          give(value, image, rows, columns, out)
        }
      }
    }
  }

  private func give(
    _ gradient: Float, _ image: UnsafePointer<Float>, _ rows: Range<Int>, _ columns: Range<Int>,
    _ out: UnsafeMutablePointer<Float>
  ) {
    guard isMaximum else {
      let part = gradient / Float(rows.count * columns.count)
      for y in rows { for x in columns { out[y * width + x] += part } }
      return
    }
    var (best, place) = (-Float.infinity, -1)
    for y in rows {
      for x in columns {
        let value = image[y * width + x]
        if place < 0 || value > best || value != value { (best, place) = (value, y * width + x) }
      }
    }
    out[place] += gradient
  }
}
