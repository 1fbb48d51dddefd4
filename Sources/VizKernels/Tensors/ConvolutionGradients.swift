/// The gradient of a convolution's weights: a product of matrices whose sum runs over the pixels of all images.
///
///     out[o, i, ky, kx] = Σ gradient[n, o, y, x] · input[n, i, y·s + ky·d − p, x·s + kx·d − p]
///
/// A pixel's numbers of all channels are laid out side by side, so that the numbers that a tap reads for
/// sixteen channels are a vector. Where there are few channels, those of all taps are. Where 3×3 taps promise a gain,
/// it is made in tiles (`WinogradWeightGradient`).
///
/// Images are cut into runs whose sums are added in their order at the end; how many there are follows from
/// the shape alone.
package struct ConvolutionWeightGradient: Sendable {
  package let batch: Int
  package let groups: Int
  /// Output and input channels of a group.
  package let outputs: Int
  package let channels: Int
  package let grid: WindowGrid

  package init(batch: Int, groups: Int, outputs: Int, channels: Int, grid: WindowGrid) {
    self.batch = batch
    self.groups = groups
    self.outputs = outputs
    self.channels = channels
    self.grid = grid
  }

  /// Channels below which the taps of a pixel are gathered, as vectors of them would be empty for the most part;
  /// and so they are where taps are far apart.
  private static let leastChannels = 12
  /// Output pixels that are multiplied at a time, and stay in the second cache.
  static let blockPixels = 256
  /// Numbers of images that are laid out at a time, where an image has less than a block's pixels.
  static let mostNumbers = 3 << 15
  private static let mostRuns = 16
  /// Numbers that the sums of all runs may take.
  private static let mostSums = 1 << 21

  private var isGathered: Bool {
    channels < Self.leastChannels || grid.reach > 8 * (grid.height * grid.width + grid.pixels)
  }

  /// Numbers of a pixel: its channels, or its channels' taps, up to whole vectors.
  private var pixelSize: Int {
    let count = isGathered ? channels * grid.taps : channels
    return PixelLayout.wholeVectors(count)
  }

  /// Columns of the sums: numbers of a pixel for every tap.
  private var columns: Int { isGathered ? pixelSize : grid.taps * pixelSize }

  private var runs: Int {
    max(1, min(Self.mostRuns, batch, Self.mostSums / max(groups * outputs * columns, 1)))
  }

  /// Makes `[groups · outputs, channels, taps]` of `gradient` `[N, groups · outputs, H′, W′]` and `input`
  /// `[N, groups · channels, H, W]`.
  package func run(
    input: UnsafePointer<Float>, gradient: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    if let tiled = tiled(execution.convolution),
      tiled.run(input: input, gradient: gradient, output: output, execution: execution)
    {
      return
    }
    runDirectly(input: input, gradient: gradient, output: output, execution: execution)
  }

  /// The way by tiles, where it is taken; the shape alone decides.
  private func tiled(_ forced: ConvolutionAlgorithm?) -> WinogradWeightGradient? {
    guard groups == 1, grid.isThreeByThree, batch * outputs * channels * grid.pixels > 0 else {
      return nil
    }
    func gradient(tile: Int) -> WinogradWeightGradient {
      WinogradWeightGradient(
        batch: batch, outputs: outputs, channels: channels, grid: grid, tile: tile)
    }
    switch forced {
    case .winograd2: return gradient(tile: 2)
    case .winograd4: return gradient(tile: 4)
    case .direct, .depthwise: return nil
    case nil:
      let tiled = gradient(tile: 4)
      guard let cost = tiled.cost else { return nil }
      return cost < batch * outputs * columns * grid.pixels ? tiled : nil
    }
  }

  private func runDirectly(
    input: UnsafePointer<Float>, gradient: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    let count = groups * outputs * columns
    let runs = runs
    ScratchShelf.lending(runs * count * 4) { memory in
      let sums = memory.assumingMemoryBound(to: Float.self)
      run(runs, sums, input, gradient, output, execution)
    }
  }

  /// The same with room for the sums of all runs.
  private func run(
    _ runs: Int, _ sums: UnsafeMutablePointer<Float>, _ input: UnsafePointer<Float>,
    _ gradient: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>,
    _ execution: Execution
  ) {
    let count = groups * outputs * columns
    nonisolated(unsafe) let (input, gradient, output, sums) = (input, gradient, output, sums)
    // Where there are few runs, tasks lay out the same images and take a part of the rows each.
    let shares = max(1, min((outputs + 11) / 12, 8 / (runs * groups)))
    let layout = PixelLayout(
      grid: grid, channels: channels, numbers: pixelSize, isGathered: isGathered)
    ThreadPool.run(count: runs * groups * shares, jobs: execution.jobs) { task in
      let (run, rest) = task.quotientAndRemainder(dividingBy: groups * shares)
      let (group, share) = rest.quotientAndRemainder(dividingBy: shares)
      let rows = share * outputs / shares..<(share + 1) * outputs / shares
      let own = sums + run * count + (group * outputs + rows.lowerBound) * columns
      own.update(repeating: 0, count: rows.count * columns)
      let room = layout.seenCount + layout.images * (layout.count + grid.pixels * rows.count)
      ScratchShelf.lending(room * 4) { memory in
        let part = Part(
          gradient: self, kernels: execution.kernels.tensors, layout: layout,
          room: memory.assumingMemoryBound(to: Float.self),
          sums: sums + run * count + group * outputs * columns)
        part.add(
          run * batch / runs..<(run + 1) * batch / runs, group, rows, input: input,
          gradient: gradient)
      }
    }
    ThreadPool.run(count: groups * outputs, jobs: count < 1 << 14 ? 1 : execution.jobs) { row in
      collect(sums + row * columns, runs, count, into: output, row, execution.kernels.tensors)
    }
  }

  /// Adds up the runs of one output channel and puts its numbers into the order of weights.
  private func collect(
    _ sums: UnsafeMutablePointer<Float>, _ runs: Int, _ step: Int,
    into output: UnsafeMutablePointer<Float>, _ row: Int, _ kernels: TensorKernels
  ) {
    for run in 1..<max(runs, 1) {
      let other = sums + run * step
      for i in 0..<columns { sums[i] += other[i] }
    }
    let out = output + row * channels * grid.taps
    if isGathered {
      out.update(from: sums, count: channels * grid.taps)
    } else {
      kernels.turnRows(sums, pixelSize, grid.taps, channels, out, grid.taps)
    }
  }

  /// Some images, one group and some of its output channels.
  private struct Part {
    let gradient: ConvolutionWeightGradient
    let kernels: TensorKernels
    let layout: PixelLayout
    let room: UnsafeMutablePointer<Float>
    let sums: UnsafeMutablePointer<Float>

    func add(
      _ images: Range<Int>, _ group: Int, _ rows: Range<Int>, input: UnsafePointer<Float>,
      gradient numbers: UnsafePointer<Float>
    ) {
      let pixels = gradient.grid.pixels
      room.update(repeating: 0, count: layout.images * layout.count)
      let turned = room + layout.images * layout.count
      let seen = turned + layout.images * pixels * rows.count
      let offsets = layout.pixelOffsets
      for first in stride(from: images.lowerBound, to: images.upperBound, by: layout.images) {
        let some = first..<min(first + layout.images, images.upperBound)
        for n in some {
          let place = n * gradient.groups + group
          kernels.turnRows(
            numbers + (place * gradient.outputs + rows.lowerBound) * pixels, pixels, rows.count,
            pixels, turned + (n - first) * pixels * rows.count, rows.count)
          if !layout.isGathered {
            layout.turn(image(input, n, group), into: room + (n - first) * layout.count, kernels)
          }
        }
        for pixel in stride(
          from: 0, to: some.count * pixels, by: ConvolutionWeightGradient.blockPixels)
        {
          let count = min(ConvolutionWeightGradient.blockPixels, some.count * pixels - pixel)
          if layout.isGathered {
            for n in some {
              let start = (n - first) * pixels
              let part = (pixel..<pixel + count).clamped(to: start..<start + pixels)
              layout.gather(
                image(input, n, group), part.lowerBound - start..<part.upperBound - start,
                seen: seen, into: room + (part.lowerBound - pixel) * layout.pixelSize, kernels)
            }
          }
          offsets.withUnsafeBufferPointer { offsets in
            guard let offsets = offsets.baseAddress else { return }
            multiply(
              turned + pixel * rows.count, rows, layout.isGathered ? offsets : offsets + pixel,
              count)
          }
        }
      }
    }

    private func image(
      _ input: UnsafePointer<Float>, _ n: Int, _ group: Int
    ) -> UnsafePointer<Float> {
      input + (n * gradient.groups + group) * gradient.channels * gradient.grid.height
        * gradient.grid.width
    }

    private func multiply(
      _ turned: UnsafePointer<Float>, _ rows: Range<Int>, _ offsets: UnsafePointer<Int>,
      _ depth: Int
    ) {
      let (width, columns, size) = (kernels.tileColumns, gradient.columns, gradient.pixelSize)
      for (tap, place) in layout.tapOffsets.enumerated() {
        var c = 0
        while c < size {
          let count = min(width, size - c)
          kernels.forTiles(of: rows.count) { part in
            let row = rows.lowerBound + part.lowerBound
            let out = sums + row * columns + tap * size + c
            let numbers = turned + part.lowerBound
            kernels.multiplyTile(
              part.count, count > width / 2 ? width : width / 2, depth, numbers, rows.count,
              numbers + 8 * rows.count, 2 * rows.count, room + place + c, 0, offsets, nil, out,
              columns)
          }
          c += count
        }
      }
    }
  }
}

/// The sums of all numbers of each channel: the gradient of biases.
///
///     out[c] = Σ numbers[n, c, p]
package struct ChannelSums: Sendable {
  package let batch: Int
  package let channels: Int
  package let size: Int

  package init(batch: Int, channels: Int, size: Int) {
    self.batch = batch
    self.channels = channels
    self.size = size
  }

  package func run(
    _ numbers: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    if size == 1 { return addRows(numbers, output: output, execution: execution) }
    nonisolated(unsafe) let (numbers, output) = (numbers, output)
    let row = execution.kernels.tensors.sumRow
    let perTask = max(1, (1 << 15) / max(batch * size, 1))
    ThreadPool.run(count: (channels + perTask - 1) / perTask, jobs: execution.jobs) { task in
      for c in task * perTask..<min((task + 1) * perTask, channels) {
        var sum = 0.0
        for n in 0..<batch {
          let plane = numbers + (n * channels + c) * size
          for i in stride(from: 0, to: size, by: Moments.run) {
            sum += Double(row(plane + i, min(Moments.run, size - i)))
          }
        }
        output[c] = Float(sum)
      }
    }
  }
}

extension ChannelSums {
  /// The same for channels of one number, whose rows are added up side by side.
  private func addRows(
    _ numbers: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    nonisolated(unsafe) let (numbers, output) = (numbers, output)
    let perTask = max(16, (1 << 15) / max(batch, 1))
    ThreadPool.run(count: (channels + perTask - 1) / perTask, jobs: execution.jobs) { task in
      let part = task * perTask..<min((task + 1) * perTask, channels)
      withUnsafeTemporaryAllocation(of: Double.self, capacity: part.count) { sums in
        sums.initialize(repeating: 0)
        for n in 0..<batch {
          let row = numbers + n * channels + part.lowerBound
          for c in 0..<part.count { sums[c] += Double(row[c]) }
        }
        for c in 0..<part.count { output[part.lowerBound + c] = Float(sums[c]) }
      }
    }
  }
}

/// Sums up a function of numbers in eight lanes, which are added at the end.
@inline(__always)
func total(
  _ numbers: UnsafePointer<Float>, count: Int, _ f: (Float) -> Double
) -> Double {
  var lanes = SIMD8<Double>()
  var i = 0
  while i + 8 <= count {
    for lane in 0..<8 { lanes[lane] += f(numbers[i + lane]) }
    i += 8
  }
  var sum = lanes.sum()
  while i < count {
    sum += f(numbers[i])
    i += 1
  }
  return sum
}
