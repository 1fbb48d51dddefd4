/// Maxima and means of windows.
package struct TensorPooling: Sendable {
  package enum Kind: Sendable {
    case maximum
    /// The sum over as many samples as there are in the image, or as many as there would be with the
    /// padding, or over a number.
    case mean(Divisor)
  }

  package enum Divisor: Sendable {
    case image
    /// Samples of the image and of the padding; windows may still reach beyond that.
    case padded(bottom: Int, right: Int)
    case constant(Int)
  }

  package let grid: WindowGrid
  package let kind: Kind

  package init(grid: WindowGrid, kind: Kind) {
    self.grid = grid
    self.kind = kind
  }

  /// Pools `planes` images; a window without a sample of the image gives −∞ or 0.
  package func run(
    planes: Int, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    execution: Execution
  ) {
    nonisolated(unsafe) let (input, output) = (input, output)
    let fold = execution.kernels.tensors.foldTaps
    let size = grid.height * grid.width
    let perTask = max(1, (1 << 15) / max(size, 1))
    if isOfPairs {
      let pool = execution.kernels.tensors.poolPairs
      ThreadPool.run(count: (planes + perTask - 1) / perTask, jobs: execution.jobs) { task in
        for plane in task * perTask..<min((task + 1) * perTask, planes) {
          pool(
            input + plane * size, grid.width, grid.outputHeight, grid.outputWidth,
            output + plane * grid.pixels)
        }
      }
      return
    }
    let columnSamples = (0..<grid.outputWidth).map { Float(samples(column: $0)) }
    ThreadPool.run(count: (planes + perTask - 1) / perTask, jobs: execution.jobs) { task in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: lineCount) { line in
        guard let line = line.baseAddress else { return }
        line.initialize(repeating: isMaximum ? -.infinity : 0, count: lineCount)
        for plane in task * perTask..<min((task + 1) * perTask, planes) {
          pool(
            input + plane * size, into: output + plane * grid.pixels,
            line: line, columnSamples, fold)
        }
      }
    }
  }

  private var isMaximum: Bool {
    if case .maximum = kind { true } else { false }
  }

  /// Numbers of a row with the padding around it that windows read, and one more.
  private var paddedCount: Int { max(grid.reachWidth, grid.left + grid.width, 0) + 1 }

  /// Whether windows reach so far beyond the image that the padding is not worth its memory.
  private var isWide: Bool { paddedCount > 8 * (grid.width + grid.outputWidth) + 4096 }

  private var lineCount: Int { isWide ? grid.width + 1 : paddedCount }

  /// Folds the rows of every window into one, a line with the padding around it unless that is wide, and then its
  /// columns.
  private func pool(
    _ image: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>,
    line: UnsafeMutablePointer<Float>, _ columnSamples: [Float], _ fold: TensorKernels.FoldTaps
  ) {
    // Windows may begin inside of the image.
    let first = isWide ? 0 : min(max(0, -grid.left), grid.width)
    let margin = isWide ? 0 : max(grid.left, 0)
    for y in 0..<grid.outputHeight {
      let taps = grid.rowTaps(y)
      let row = taps.isEmpty ? 0 : y * grid.strideY + taps.lowerBound * grid.dilationY - grid.top
      fold(
        isMaximum, image + row * grid.width + first, taps.count, grid.dilationY * grid.width, 1,
        grid.width - first, line + margin)
      let out = output + y * grid.outputWidth
      if isWide {
        foldInside(line, out, fold)
      } else {
        fold(
          isMaximum, line, grid.kernelWidth, grid.dilationX, grid.strideX, grid.outputWidth, out)
      }
      if !isMaximum { divide(out, Float(samples(row: y)), columnSamples) }
    }
  }

  /// The columns of the image alone.
  private func foldInside(
    _ line: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>,
    _ fold: TensorKernels.FoldTaps
  ) {
    for x in 0..<grid.outputWidth {
      let taps = grid.columnTaps(x)
      let column = x * grid.strideX + taps.lowerBound * grid.dilationX - grid.left
      fold(
        isMaximum, taps.isEmpty ? line : line + column, taps.count, grid.dilationX, 1, 1, out + x)
    }
  }

  private func divide(
    _ out: UnsafeMutablePointer<Float>, _ rowSamples: Float, _ columnSamples: [Float]
  ) {
    for x in columnSamples.indices {
      let count = rowSamples * columnSamples[x]
      out[x] = count == 0 ? 0 : out[x] / count
    }
  }

  /// What the sum over a window is divided by.
  func samples(_ y: Int, _ x: Int) -> Int { samples(row: y) * samples(column: x) }

  private func samples(row y: Int) -> Int {
    switch kind {
    case .maximum: 1
    case .mean(.constant(let count)): count
    case .mean(.image): grid.rowTaps(y).count
    case .mean(.padded(let bottom, _)):
      Self.extent(y * grid.strideY - grid.top, grid.kernelHeight, grid.height + bottom)
    }
  }

  private func samples(column x: Int) -> Int {
    switch kind {
    case .maximum, .mean(.constant): 1
    case .mean(.image): grid.columnTaps(x).count
    case .mean(.padded(_, let right)):
      Self.extent(x * grid.strideX - grid.left, grid.kernelWidth, grid.width + right)
    }
  }

  /// How much of a window that begins at `start` lies before `end`.
  private static func extent(_ start: Int, _ size: Int, _ end: Int) -> Int {
    max(min(start + size, end) - start, 0)
  }

  /// The maxima and where in their image they are; of equal ones the first, of NaN the last.
  package func runWithIndices(
    planes: Int, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    indices: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    nonisolated(unsafe) let (input, output, indices) = (input, output, indices)
    ThreadPool.run(count: planes * grid.outputHeight, jobs: execution.jobs) { task in
      let (plane, y) = task.quotientAndRemainder(dividingBy: grid.outputHeight)
      let image = input + plane * grid.height * grid.width
      for x in 0..<grid.outputWidth {
        var (best, place) = (-Float.infinity, -1)
        for ky in grid.rowTaps(y) {
          let row = y * grid.strideY + ky * grid.dilationY - grid.top
          for kx in grid.columnTaps(x) {
            let i = row * grid.width + x * grid.strideX + kx * grid.dilationX - grid.left
            let value = image[i]
            if place < 0 || value > best || value.isNaN { (best, place) = (value, i) }
          }
        }
        output[task * grid.outputWidth + x] = best
        indices[task * grid.outputWidth + x] = Float(max(place, 0))
      }
    }
  }
}

/// Means or maxima of the parts that an image is cut into, evenly and overlapping where it must be.
///
///     part i of n reads ⌊i·H / n⌋ ≤ y < ⌈(i + 1)·H / n⌉
package struct AdaptivePooling: Sendable {
  package let height: Int
  package let width: Int
  package let outputHeight: Int
  package let outputWidth: Int
  package let isMaximum: Bool

  package init(
    height: Int, width: Int, outputHeight: Int, outputWidth: Int, isMaximum: Bool
  ) {
    self.height = height
    self.width = width
    self.outputHeight = outputHeight
    self.outputWidth = outputWidth
    self.isMaximum = isMaximum
  }

  package func run(
    planes: Int, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    execution: Execution
  ) {
    nonisolated(unsafe) let (input, output) = (input, output)
    let kernels = execution.kernels.tensors
    let perTask = max(1, (1 << 15) / max(height * width, 1))
    ThreadPool.run(count: (planes + perTask - 1) / perTask, jobs: execution.jobs) { task in
      for plane in task * perTask..<min((task + 1) * perTask, planes) {
        pool(
          input + plane * height * width, into: output + plane * outputHeight * outputWidth, kernels
        )
      }
    }
  }

  private func pool(
    _ image: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, _ kernels: TensorKernels
  ) {
    for y in 0..<outputHeight {
      let rows = Self.part(y, of: outputHeight, length: height)
      for x in 0..<outputWidth {
        let columns = Self.part(x, of: outputWidth, length: width)
        let first = image + rows.lowerBound * width + columns.lowerBound
        // Rows that are whole lie one behind the other.
        let isOne = columns.count == width
        let (lines, count) = isOne ? (1, rows.count * width) : (rows.count, columns.count)
        out[y * outputWidth + x] =
          isMaximum ? largest(first, lines, count) : mean(first, lines, count, kernels)
      }
    }
  }

  private func largest(_ first: UnsafePointer<Float>, _ lines: Int, _ count: Int) -> Float {
    var best = -Float.infinity
    for y in 0..<lines {
      let row = first + y * width
      for x in 0..<count where row[x] > best || row[x].isNaN { best = row[x] }
    }
    return best
  }

  /// In runs whose sums are exact enough in Float32.
  private func mean(
    _ first: UnsafePointer<Float>, _ lines: Int, _ count: Int, _ kernels: TensorKernels
  ) -> Float {
    var sum = 0.0
    for y in 0..<lines {
      for x in stride(from: 0, to: count, by: Moments.run) {
        sum += Double(kernels.sumRow(first + y * width + x, min(Moments.run, count - x)))
      }
    }
    if !sum.isFinite { sum = exactSum(first, lines, count) }
    return Float(sum / Double(lines * count))
  }

  /// For numbers whose sum alone is beyond Float's range.
  private func exactSum(_ first: UnsafePointer<Float>, _ lines: Int, _ count: Int) -> Double {
    (0..<lines).reduce(0) { sum, y in
      (0..<count).reduce(sum) { $0 + Double(first[y * width + $1]) }
    }
  }

  package static func part(_ i: Int, of count: Int, length: Int) -> Range<Int> {
    i * length / count..<((i + 1) * length + count - 1) / count
  }
}
