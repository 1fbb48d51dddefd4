/// A convolution of many channels as a matrix product whose right side is never stored as a whole.
///
///     out[n, o, p] = clamp(bias[o] + Σₖ weight[o, k] · input[n, pixel that tap k of output p reads])
///
/// Columns are the output pixels of all images one after the other; they are cut into blocks, and a block
/// into panels that are as wide as a tile. For a block and a few input channels the panels are
/// packed side by side, small enough for the second cache, and every tile of weights goes over them. The
/// next channels add to what is in the output. A number's sum is the same walk over k wherever it is.
package struct TensorConvolution: Sendable {
  package let batch: Int
  package let grid: WindowGrid
  package let weights: PackedWeights
  package var lower: Float = -.infinity
  package var upper: Float = .infinity

  package init(batch: Int, grid: WindowGrid, weights: PackedWeights) {
    self.batch = batch
    self.grid = grid
    self.weights = weights
  }

  private static let blockColumns = 384
  private static let blockDepth = 320

  /// Input channels that are multiplied at a time.
  private var channelsPerBlock: Int { max(1, Self.blockDepth / weights.taps) }

  /// Convolves `input` `[N, groups · channels, H, W]` into `output` `[N, groups · outputs, H′, W′]`.
  package func run(
    input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    nonisolated(unsafe) let (input, output) = (input, output)
    let columns = batch * grid.pixels
    guard columns > 0, weights.outputs > 0 else { return }
    let blocks = (columns + Self.blockColumns - 1) / Self.blockColumns
    let tiles = weights.tiles.count - 1
    // Where there are fewer blocks than threads, threads share a block and take tiles in turn.
    let shares = min(tiles, max(1, 2 * execution.jobs / (blocks * weights.groups)))
    let scratch = ScratchShelf()
    ThreadPool.run(count: blocks * weights.groups * shares, jobs: execution.jobs) { task in
      let (share, block) = (task % shares, task / shares % blocks)
      let first = block * Self.blockColumns
      let part = ConvolutionBlock(
        convolution: self, kernels: execution.kernels.tensors, input: input, output: output,
        group: task / shares / blocks,
        columns: first..<min(first + Self.blockColumns, columns),
        tiles: share * tiles / shares..<(share + 1) * tiles / shares)
      scratch.lending(part.byteCount(channels: channelsPerBlock)) {
        part.run(channelsPerBlock: channelsPerBlock, scratch: $0)
      }
    }
  }
}

/// Some columns and some tiles of one group.
private struct ConvolutionBlock {
  let convolution: TensorConvolution
  let kernels: TensorKernels
  let input: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let group: Int
  let columns: Range<Int>
  let tiles: Range<Int>

  private var weights: PackedWeights { convolution.weights }
  private var grid: WindowGrid { convolution.grid }
  private var width: Int { kernels.tileColumns }
  private var panels: Int { (columns.count + width - 1) / width }

  /// The panels, and a tile for columns that do not lie side by side in the output.
  func byteCount(channels: Int) -> Int {
    (panels * min(channels, weights.channels) * weights.taps + kernels.tileRows) * width * 4
  }

  func run(channelsPerBlock: Int, scratch: UnsafeMutableRawPointer) {
    let spare = scratch.assumingMemoryBound(to: Float.self)
    let packed = spare + kernels.tileRows * width
    var channel = 0
    repeat {
      let channels = channel..<min(channel + channelsPerBlock, weights.channels)
      for p in 0..<panels {
        pack(channels, of: panel(p), into: packed + p * channels.count * weights.taps * width)
      }
      for t in tiles { multiply(t, channels, packed, spare) }
      channel = channels.upperBound
    } while channel < weights.channels
  }

  private func panel(_ p: Int) -> Range<Int> {
    let first = columns.lowerBound + p * width
    return first..<min(first + width, columns.upperBound)
  }

  // MARK: Packing

  /// Packs what the columns of a panel read of some channels.
  private func pack(
    _ channels: Range<Int>, of panel: Range<Int>, into packed: UnsafeMutablePointer<Float>
  ) {
    let plane = grid.height * grid.width
    var column = panel.lowerBound
    while column < panel.upperBound {
      let (n, pixel) = column.quotientAndRemainder(dividingBy: grid.pixels)
      let (y, x) = pixel.quotientAndRemainder(dividingBy: grid.outputWidth)
      let run = x..<min(x + panel.upperBound - column, grid.outputWidth)
      let first = n * weights.groups * weights.channels + group * weights.channels
      let source = input + (first + channels.lowerBound) * plane
      packRun(
        run, y, channels.count, source, into: packed + column - panel.lowerBound)
      column += run.count
    }
    // What is multiplied with columns that do not exist is not used, but should not be slow either.
    let used = panel.count
    if used < width {
      for k in 0..<channels.count * weights.taps {
        for i in used..<width { packed[k * width + i] = 0 }
      }
    }
  }

  /// Packs output pixels of one row.
  private func packRun(
    _ run: Range<Int>, _ y: Int, _ channels: Int, _ source: UnsafePointer<Float>,
    into packed: UnsafeMutablePointer<Float>
  ) {
    let rowTaps = grid.rowTaps(y)
    for kx in 0..<grid.kernelWidth {
      let inside = grid.columns(of: run, tap: kx)
      let column = inside.lowerBound * grid.strideX + kx * grid.dilationX - grid.left
      for ky in 0..<grid.kernelHeight {
        let row = y * grid.strideY + ky * grid.dilationY - grid.top
        let isInside = rowTaps.contains(ky) && !inside.isEmpty
        kernels.packColumns(
          isInside ? source + row * grid.width + column : source, grid.height * grid.width,
          channels,
          grid.strideX, isInside ? inside.lowerBound - run.lowerBound : run.count,
          isInside ? inside.count : 0, isInside ? run.upperBound - inside.upperBound : 0,
          packed + (ky * grid.kernelWidth + kx) * width, weights.taps * width)
      }
    }
  }

  // MARK: Multiplying

  /// Multiplies one tile of weights with all panels.
  private func multiply(
    _ t: Int, _ channels: Range<Int>, _ packed: UnsafeMutablePointer<Float>,
    _ spare: UnsafeMutablePointer<Float>
  ) {
    let rows = weights.tiles[t]..<weights.tiles[t + 1]
    let depth = channels.count * weights.taps
    let a = weights.tile(t, group: group) + channels.lowerBound * weights.taps * rows.count
    let isFirst = channels.lowerBound == 0
    let isLast = channels.upperBound == weights.channels
    for p in 0..<panels {
      let panel = panel(p)
      var row = rows.lowerBound
      while row < rows.upperBound {
        let count = min(kernels.tileRows, rows.upperBound - row)
        place(panel, row, count, spare, isFirst: isFirst) { out, stride, vectors in
          kernels.multiplyTile(
            count, vectors, depth, a + row - rows.lowerBound, rows.count,
            packed + p * depth * width, isFirst ? weights.bias(row, group: group) : nil,
            isLast ? convolution.lower : -.infinity, isLast ? convolution.upper : .infinity, out,
            stride)
        }
        row += count
      }
    }
  }

  /// Lends the place of a tile in the output, or where its columns are not side by side there a spare one
  /// that is copied.
  private func place(
    _ panel: Range<Int>, _ row: Int, _ rows: Int, _ spare: UnsafeMutablePointer<Float>,
    isFirst: Bool, _ body: (UnsafeMutablePointer<Float>, Int, Int) -> Void
  ) {
    let vectors = panel.count > width / 2 ? 2 : 1
    let pixel = panel.lowerBound % grid.pixels
    if panel.count == vectors * width / 2, pixel + panel.count <= grid.pixels {
      body(address(panel.lowerBound, row), grid.pixels, vectors)
      return
    }
    if !isFirst { copyRuns(panel, row, rows) { out, i in spare[i] = out.pointee } }
    body(spare, width, vectors)
    copyRuns(panel, row, rows) { out, i in out.pointee = spare[i] }
  }

  /// Goes over the numbers of a tile in the output, with their index in the spare one.
  private func copyRuns(
    _ panel: Range<Int>, _ row: Int, _ rows: Int,
    _ body: (UnsafeMutablePointer<Float>, Int) -> Void
  ) {
    var column = panel.lowerBound
    while column < panel.upperBound {
      let count = min(panel.upperBound - column, grid.pixels - column % grid.pixels)
      for r in 0..<rows {
        let out = address(column, row + r)
        let first = r * width + column - panel.lowerBound
        for i in 0..<count { body(out + i, first + i) }
      }
      column += count
    }
  }

  private func address(_ column: Int, _ row: Int) -> UnsafeMutablePointer<Float> {
    let (n, pixel) = column.quotientAndRemainder(dividingBy: grid.pixels)
    let channel = (n * weights.groups + group) * weights.outputs + row
    return output + channel * grid.pixels + pixel
  }
}
