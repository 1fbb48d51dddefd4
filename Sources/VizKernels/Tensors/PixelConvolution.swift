/// A convolution as a product of matrices whose rows are output pixels.
///
///     sums[p, o] = bias[o] + Σₖ input[pixel p's tap k] · weight[o, k]      output[n, o, p] = clamp(sums[p, o] + addend[n, o, p])
///
/// Output rows are cut into blocks whose sums stay in the second cache. What a block sees is read where it lies (`PixelSource`),
/// so that neither strides nor short rows cost anything; its sums are turned at the end. A number's sum is the same walk
/// over k as in `TensorConvolution`'s other layouts.
struct PixelConvolution: Sendable {
  let convolution: TensorConvolution

  /// Numbers that a block sees of a few channels and makes, and pixels that share the fetch of its weights.
  private static let blockSize = 1 << 16
  private static let fewestPixels = 64
  /// Taps of all channels whose weights for a panel of outputs stay in the first cache.
  private static let depth = 256

  private var grid: WindowGrid { convolution.grid }
  private var weights: ConvolutionWeights { convolution.weights }

  /// Products that are made for each that is needed: a panel's vectors of outputs may not be full.
  var idleProducts: Double {
    Double(PixelWeights.panels(weights.outputs) * PixelWeights.columns) / Double(weights.outputs)
  }

  func run(
    input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    nonisolated(unsafe) let (input, output) = (input, output)
    let packed = weights.pixels()
    let panels = packed.panels
    let source = PixelSource(
      grid, channels: min(weights.channels, max(1, Self.depth / grid.taps)))
    let perRow = source.rowSize + panels * PixelWeights.columns * grid.outputWidth
    let fewest = (Self.fewestPixels + grid.outputWidth - 1) / grid.outputWidth
    let rows = evenParts(
      of: grid.outputHeight, most: max(fewest, Self.blockSize / perRow), jobs: execution.jobs)
    let blocks = convolution.batch * weights.groups * rows.count
    // Few blocks are shared: each thread makes a part of their outputs.
    let isEven = blocks % execution.jobs == 0 || blocks >= 8 * execution.jobs
    let shares = isEven ? 1 : min(panels, execution.jobs)
    ThreadPool.run(count: blocks * shares, jobs: execution.jobs) { task in
      let (index, share) = task.quotientAndRemainder(dividingBy: shares)
      let (part, row) = index.quotientAndRemainder(dividingBy: rows.count)
      let block = PixelBlock(
        grid: grid, weights: packed, channels: weights.channels, outputs: weights.outputs,
        ending: convolution.ending, kernels: execution.kernels.tensors, source: source,
        group: part % weights.groups, rows: rows[row],
        panels: share * panels / shares..<(share + 1) * panels / shares)
      ScratchShelf.lending(block.count * 4) { memory in
        block.run(
          input + part * weights.channels * grid.height * grid.width,
          room: memory.assumingMemoryBound(to: Float.self),
          output: output, first: part * weights.outputs * grid.pixels)
      }
    }
  }
}

/// Where a block's pixels find what they see.
///
/// In the image itself where windows stay in it, or in a copy of a few channels with zeros around it. What a kernel of one
/// tap sees is turned, so that a pixel's channels lie side by side: elsewhere each would be in another line of the cache,
/// and read again for every panel of outputs.
private struct PixelSource {
  private enum Layout {
    case image, bordered, turned
  }

  private let grid: WindowGrid
  /// As many are laid out at a time.
  let channels: Int
  private let layout: Layout

  init(_ grid: WindowGrid, channels: Int) {
    (self.grid, self.channels) = (grid, channels)
    let isInside =
      grid.top == 0 && grid.left == 0 && grid.reachHeight <= grid.height
      && grid.reachWidth <= grid.width
    layout = !isInside ? .bordered : grid.taps == 1 ? .turned : .image
  }

  private var rowLength: Int { layout == .image ? grid.width : grid.reachWidth }

  /// Numbers of a turned pixel; an odd number of lines, as a power of two would crowd a few sets of the cache.
  private var pixelSize: Int { ((channels + 15) / 16 | 1) * 16 }

  /// Numbers that an output row sees beyond those of the last one.
  var rowSize: Int {
    layout == .turned ? grid.outputWidth * pixelSize : channels * grid.strideY * rowLength
  }

  private func lines(_ rows: Int) -> Int {
    (rows - 1) * grid.strideY + (grid.kernelHeight - 1) * grid.dilationY + 1
  }

  /// Numbers of a copy for so many output rows; one that is turned with strides is cut to its pixels first.
  func copySize(rows: Int) -> Int {
    let pixels = rows * grid.outputWidth
    return switch layout {
    case .image: 0
    case .bordered: channels * lines(rows) * rowLength
    case .turned: pixels * (pixelSize + (grid.isPointwise ? 0 : channels))
    }
  }

  /// From one channel to the next.
  private func channelStep(rows: Int) -> Int {
    switch layout {
    case .image: grid.height * grid.width
    case .bordered: lines(rows) * rowLength
    case .turned: 1
    }
  }

  /// Where the window of each output pixel begins.
  func starts(rows: Int) -> [Int] {
    let (row, column) =
      layout == .turned
      ? (grid.outputWidth * pixelSize, pixelSize) : (grid.strideY * rowLength, grid.strideX)
    return (0..<rows).flatMap { y in (0..<grid.outputWidth).map { y * row + $0 * column } }
  }

  /// From there, where the taps of the channels are.
  func offsets(rows: Int) -> [Int] {
    let step = channelStep(rows: rows)
    return (0..<channels).flatMap { c in
      (0..<grid.taps).map { tap in
        let (ky, kx) = tap.quotientAndRemainder(dividingBy: grid.kernelWidth)
        return c * step + ky * grid.dilationY * rowLength + kx * grid.dilationX
      }
    }
  }

  /// What some output rows see of the first `count` channels behind `image`: in `room` where it is copied.
  func lay(
    _ count: Int, of image: UnsafePointer<Float>, _ rows: Range<Int>,
    room: UnsafeMutablePointer<Float>, _ kernels: TensorKernels
  ) -> UnsafePointer<Float> {
    switch layout {
    case .image: return image + rows.lowerBound * grid.strideY * grid.width
    case .bordered: copy(count, of: image, rows, into: room, kernels)
    case .turned: turn(count, of: image, rows, into: room, kernels)
    }
    return UnsafePointer(room)
  }

  private func copy(
    _ channels: Int, of image: UnsafePointer<Float>, _ rows: Range<Int>,
    into room: UnsafeMutablePointer<Float>, _ kernels: TensorKernels
  ) {
    let first = min(rowLength, max(0, grid.left))
    let end = max(first, min(rowLength, grid.width + grid.left))
    for line in 0..<lines(rows.count) {
      let row = rows.lowerBound * grid.strideY + line - grid.top
      let count = 0..<grid.height ~= row ? end - first : 0
      kernels.packColumns(
        count == 0 ? image : image + row * grid.width + first - grid.left,
        grid.height * grid.width, channels, 1, count == 0 ? rowLength : first, count,
        count == 0 ? 0 : rowLength - end, room + line * rowLength, channelStep(rows: rows.count))
    }
  }

  private func turn(
    _ channels: Int, of image: UnsafePointer<Float>, _ rows: Range<Int>,
    into room: UnsafeMutablePointer<Float>, _ kernels: TensorKernels
  ) {
    let (plane, pixels) = (grid.height * grid.width, rows.count * grid.outputWidth)
    guard !grid.isPointwise else {
      kernels.turnRows(
        image + rows.lowerBound * grid.width, plane, channels, pixels, room, pixelSize)
      return
    }
    let seen = room + pixels * pixelSize
    for (i, y) in rows.enumerated() {
      kernels.packColumns(
        image + y * grid.strideY * grid.width, plane, channels, grid.strideX, 0, grid.outputWidth,
        0, seen + i * grid.outputWidth, pixels)
    }
    kernels.turnRows(seen, pixels, channels, pixels, room, pixelSize)
  }
}

/// Some output rows and some panels of outputs of one image and group.
private struct PixelBlock {
  private static let columns = PixelWeights.columns

  let grid: WindowGrid
  let weights: PixelWeights
  let channels: Int
  let outputs: Int
  let ending: ConvolutionEnding
  let kernels: TensorKernels
  let source: PixelSource
  let group: Int
  let rows: Range<Int>
  let panels: Range<Int>

  private var pixels: Int { rows.count * grid.outputWidth }
  private var copySize: Int { source.copySize(rows: rows.count) }

  /// Numbers of what is copied, and of the sums.
  var count: Int { copySize + panels.count * pixels * Self.columns }

  /// Convolves an image's channels of the group into its outputs, the first of which begins at `first` of `output`.
  func run(
    _ image: UnsafePointer<Float>, room: UnsafeMutablePointer<Float>,
    output: UnsafeMutablePointer<Float>, first: Int
  ) {
    let sums = room + copySize
    let places = (0..<pixels).map { $0 * Self.columns }
    source.starts(rows: rows.count).withUnsafeBufferPointer { starts in
      source.offsets(rows: rows.count).withUnsafeBufferPointer { offsets in
        guard let starts = starts.baseAddress, let offsets = offsets.baseAddress else { return }
        var channel = 0
        repeat {
          let part = channel..<min(channel + source.channels, channels)
          let numbers = source.lay(
            part.count, of: image + channel * grid.height * grid.width, rows, room: room, kernels)
          for panel in panels {
            kernels.multiplyPixels(
              pixels, used(panel), part.count * grid.taps, numbers, starts, offsets,
              weights(of: panel, from: channel), ahead(of: panel, from: channel),
              channel == 0 ? weights.bias(of: panel, group: group) : nil,
              self.sums(of: panel, in: sums), places, Self.columns)
          }
          channel = part.upperBound
        } while channel < channels
      }
    }
    for panel in panels {
      let place =
        first + panel * Self.columns * grid.pixels + rows.lowerBound * grid.outputWidth
      kernels.turnPixels(
        self.sums(of: panel, in: sums), Self.columns, used(panel), pixels, output + place,
        grid.pixels)
      ending.apply(
        to: output, place, stride: grid.pixels, rows: used(panel), count: pixels, kernels)
    }
  }

  /// Outputs of a panel.
  private func used(_ panel: Int) -> Int { min(Self.columns, outputs - panel * Self.columns) }

  private func sums(
    of panel: Int, in sums: UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<Float> {
    sums + (panel - panels.lowerBound) * pixels * Self.columns
  }

  private func weights(of panel: Int, from channel: Int) -> UnsafePointer<Float> {
    weights.start(of: panel, group: group) + channel * grid.taps * Self.columns
  }

  /// The weights that are multiplied next, where they are far: of the next panel, or of the first one for the next channels.
  private func ahead(of panel: Int, from channel: Int) -> UnsafePointer<Float>? {
    guard weights.areFar else { return nil }
    return panel + 1 < panels.upperBound
      ? weights(of: panel + 1, from: channel)
      : weights(of: panels.lowerBound, from: channel + source.channels)
  }
}
