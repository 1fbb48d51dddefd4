internal import Synchronization

/// A convolution of 3×3 taps and stride 1 by minimal filtering: 2.25 or 4 times fewer products than the
/// definition has.
///
///     out[n, o, tile] = clamp(bias[o] + Aᵀ · (Σ_c U[o, c] ⊙ Bᵀ · input[n, c, tile] · B) · A + addend[n, o, tile])
///
/// Rows of tiles are cut into blocks. What a block reads is laid out pixel by pixel, so that vectors run over
/// channels; it is transformed, multiplied for each of the (m + 2)² places of a tile as one product of matrices, and
/// transformed back into pixels that are turned into planes (`WinogradTiles`). Blocks are shared among threads, or
/// where there are few the parts of each.
///
/// - Accuracy: differences and sums of samples are multiplied, so that the error is relative to the greatest
///   number around, with tiles of 4 some times that of the definition's sum. Infinity and NaN spread over a
///   tile, and numbers near the end of Float's range overflow on the way: `run` tells of both.
struct WinogradConvolution: Sendable {
  private let batch: Int
  private let grid: WindowGrid
  private let weights: WinogradWeights
  private let ending: StoreEnding

  init(
    batch: Int, grid: WindowGrid, weights: WinogradWeights, ending: StoreEnding
  ) {
    precondition(grid.isThreeByThree, "taps that are not 3×3 neighbours")
    self.batch = batch
    self.grid = grid
    self.weights = weights
    self.ending = ending
  }

  /// Numbers of a block's transformed samples and products together, which the second cache should hold.
  private static let blockSize = 1 << 17
  private static let fewestTiles = 24

  /// Convolves `input` `[N, channels, H, W]` into `output` `[N, outputs, H′, W′]`.
  ///
  /// - Returns: whether all sums are finite; where one is not, other pixels may be wrong.
  func run(
    input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>, execution: Execution
  ) -> Bool {
    guard batch * grid.pixels > 0, weights.outputs > 0 else { return true }
    let isFinite = Atomic(true)
    nonisolated(unsafe) let (input, output) = (input, output)
    let tiles = PixelTiles(tile: weights.tile, inputsOf: grid, channels: weights.channels)
    let perTile = tiles.places * (tiles.pixelSize + weights.bias.count)
    let blocks = TileBlock.blocks(
      of: 0..<batch, grid, tile: weights.tile,
      most: max(Self.fewestTiles, Self.blockSize / perTile))
    // Threads that share a block wait for each other four times.
    let isShared = blocks.count < 2 * execution.jobs
    ThreadPool.run(count: blocks.count, jobs: isShared ? 1 : execution.jobs) { index in
      let part = WinogradBlock(
        grid: grid, weights: weights, ending: ending, tiles: tiles,
        kernels: execution.kernels.tensors, input: input, output: output, block: blocks[index],
        jobs: isShared ? execution.jobs : 1)
      ScratchShelf.lending(part.count * 4) { memory in
        if !part.run(room: memory.assumingMemoryBound(to: Float.self)) {
          isFinite.store(false, ordering: .relaxed)
        }
      }
    }
    return isFinite.load(ordering: .relaxed)
  }
}

/// A block of tiles on its way from samples to outputs.
private struct WinogradBlock: @unchecked Sendable {
  let grid: WindowGrid
  let weights: WinogradWeights
  let ending: StoreEnding
  let kernels: TensorKernels
  let input: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let jobs: Int
  private let rows: [TileStrip.Row]
  private let samples: TransformedBlock
  /// Tiles of the block.
  private let tileCount: Int
  private let productStep: Int

  init(
    grid: WindowGrid, weights: WinogradWeights, ending: StoreEnding, tiles: PixelTiles,
    kernels: TensorKernels, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    block: TileBlock, jobs: Int
  ) {
    (self.grid, self.weights, self.ending) = (grid, weights, ending)
    (self.kernels, self.input, self.output) = (kernels, input, output)
    self.jobs = jobs
    rows = block.rows
    samples = TransformedBlock(tiles, block, jobs: jobs)
    tileCount = block.count
    productStep = PixelTiles.step(tiles: block.count, pixelSize: weights.bias.count)
  }

  private var tiles: PixelTiles { samples.tiles }
  private var productSize: Int { weights.bias.count }

  /// Pixels of a row of tiles with all outputs, and what its transform needs on the way.
  private var rowSize: Int {
    tiles.squareSize + tiles.tile * tiles.tile * productSize
      * (rows.map(\.strip.columns.count).max() ?? 0)
  }

  /// Numbers of all that is between samples and outputs; threads that share the block have a row each.
  var count: Int {
    samples.count + tiles.places * productStep + rowSize * (jobs == 1 ? 1 : rows.count)
  }

  /// Whether all sums are finite.
  func run(room: UnsafeMutablePointer<Float>) -> Bool {
    nonisolated(unsafe) let room = room
    nonisolated(unsafe) let products = room + samples.count
    ThreadPool.run(count: rows.count, jobs: jobs) { i in
      samples.layOut(rows[i], input, in: room, kernels)
    }
    ThreadPool.run(count: rows.count, jobs: jobs) { i in
      samples.transform(rows[i], i, in: room, kernels)
    }
    multiply(samples.numbers(in: room), into: products)
    let isFinite = Atomic(true)
    nonisolated(unsafe) let rowRoom = products + tiles.places * productStep
    let rowSize = jobs == 1 ? 0 : rowSize
    ThreadPool.run(count: rows.count, jobs: jobs) { i in
      if !gather(rows[i], products, rowRoom + i * rowSize) {
        isFinite.store(false, ordering: .relaxed)
      }
    }
    return isFinite.load(ordering: .relaxed)
  }

  /// A matrix product for each place of a tile.
  private func multiply(
    _ numbers: UnsafePointer<Float>, into products: UnsafeMutablePointer<Float>
  ) {
    nonisolated(unsafe) let (numbers, products) = (numbers, products)
    let (sampleSize, productSize) = (tiles.pixelSize, productSize)
    let (sampleStep, productStep) = (samples.step, productStep)
    let count = tileCount
    let starts = (0..<count).map { $0 * sampleSize }
    let places = (0..<count).map { $0 * productSize }
    let atATime = PixelWeights.channelsAtATime(of: weights.channels, taps: 1)
    let channels = Array(0..<atATime)
    let parts = weights.products.parts(of: 0..<weights.products.panels)
    ThreadPool.run(count: tiles.places, jobs: jobs) { place in
      let out = products + place * productStep
      // Whole panels: the transform reads what is behind the last output too.
      for panels in parts {
        let panel = panels.lowerBound
        let first = panel * PixelWeights.columns
        var start = weights.products.start(of: panel, group: place)
        var channel = 0
        repeat {
          let depth = min(atATime, weights.channels - channel)
          let isLast = channel + depth == weights.channels
          let next =
            isLast
            ? weights.products.start(of: panels.upperBound, group: place)
            : start + depth * PixelWeights.columns
          kernels.multiplyPixels(
            count, panels.count * PixelWeights.columns, depth,
            numbers + place * sampleStep + channel, starts,
            channels, start, weights.products.panelSize,
            weights.products.areFar ? next : nil,
            channel == 0 ? weights.products.bias(of: panel, group: place) : nil, out + first,
            PixelWeights.columns, places)
          start = next
          channel += depth
        } while channel < weights.channels
      }
    }
  }

  /// The pixels of a row of tiles, turned into planes.
  private func gather(
    _ row: TileStrip.Row, _ products: UnsafePointer<Float>, _ room: UnsafeMutablePointer<Float>
  ) -> Bool {
    let (m, columns) = (tiles.tile, row.strip.columns)
    let length = columns.count * m * productSize
    let (y, x) = ((row.strip.rows.lowerBound + row.number) * m, columns.lowerBound * m)
    let (height, width) = (
      min(m, grid.outputHeight - y), min(columns.count * m, grid.outputWidth - x)
    )
    let (limits, pixels) = (ending.ownLimits, room + tiles.squareSize)
    let isFinite = weights.bias.withUnsafeBufferPointer { bias in
      bias.baseAddress.map {
        kernels.winogradOutput(
          m, products + row.first * productSize, productStep, $0, limits.lower, limits.upper,
          productSize, columns.count, room, pixels, length)
      }
    }
    // Lines of whole tiles that are as long as the image's are one.
    let isOne = width == columns.count * m && width == grid.outputWidth
    let (lines, count) = isOne ? (1, height * width) : (height, width)
    let place =
      (row.strip.image * weights.outputs * grid.outputHeight + y) * grid.outputWidth + x
    for i in 0..<lines {
      let line = place + i * grid.outputWidth
      kernels.turnPixels(
        pixels + i * length, productSize, weights.outputs, count, output + line, grid.pixels)
      if ending.readsOthers {
        ending.apply(
          to: output, line, stride: grid.pixels, rows: weights.outputs, count: count, kernels)
      }
    }
    return isFinite ?? true
  }
}
