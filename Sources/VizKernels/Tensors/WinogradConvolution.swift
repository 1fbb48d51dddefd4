internal import Synchronization

/// A convolution of 3×3 taps and stride 1 by minimal filtering: 2.25 or 4 times fewer products than the
/// definition has.
///
///     out[n, o, tile] = clamp(bias[o] + Aᵀ · (Σ_c U[o, c] ⊙ Bᵀ · input[n, c, tile] · B) · A + addend[n, o, tile])
///
/// Rows of tiles are cut into blocks. A block's samples are transformed for all channels, multiplied for
/// each of the (m + 2)² places of a tile as one product of matrices, and transformed back
/// (`WinogradTiles`). Blocks are shared among threads, or where there are few the parts of each.
///
/// - Accuracy: differences and sums of samples are multiplied, so that the error is relative to the greatest
///   number around, with tiles of 4 some times that of the definition's sum. Infinity and NaN spread over a
///   tile, and numbers near the end of Float's range overflow on the way: `run` tells of both.
package struct WinogradConvolution: Sendable {
  package let batch: Int
  package let grid: WindowGrid
  package let weights: WinogradWeights
  package var ending = ConvolutionEnding()

  package init(batch: Int, grid: WindowGrid, weights: WinogradWeights) {
    precondition(grid.isThreeByThree, "taps that are not 3×3 neighbours")
    self.batch = batch
    self.grid = grid
    self.weights = weights
  }

  /// Rows of tiles are cut into columns of at most so many, for images of any width.
  private static let widestStrip = 64
  /// Numbers of a block's transformed samples and products together, which the second cache should hold.
  private static let blockSize = 1 << 19
  private static let fewestTiles = 32

  /// Convolves `input` `[N, channels, H, W]` into `output` `[N, outputs, H′, W′]`.
  ///
  /// - Returns: whether all sums are finite; where one is not, other pixels may be wrong.
  package func run(
    input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>, execution: Execution
  ) -> Bool {
    guard batch * grid.pixels > 0, weights.products.outputs > 0 else { return true }
    let isFinite = Atomic(true)
    nonisolated(unsafe) let (input, output) = (input, output)
    let blocks = blocks()
    // Threads that share a block wait for each other three times.
    let isShared = blocks.count < 2 * execution.jobs
    ThreadPool.run(count: blocks.count, jobs: isShared ? 1 : execution.jobs) { index in
      let block = WinogradBlock(
        convolution: self, kernels: execution.kernels.tensors, input: input, output: output,
        strips: blocks[index], jobs: isShared ? execution.jobs : 1)
      ScratchShelf.lending(block.byteCount) { scratch in
        if !block.run(scratch: scratch) { isFinite.store(false, ordering: .relaxed) }
      }
    }
    return isFinite.load(ordering: .relaxed)
  }

  /// Strips in blocks of about as many tiles.
  private func blocks() -> [[TileStrip]] {
    let m = weights.tile
    let (height, width) = ((grid.outputHeight + m - 1) / m, (grid.outputWidth + m - 1) / m)
    let columns = (width + Self.widestStrip - 1) / Self.widestStrip
    let perTile =
      weights.products.groups * (weights.products.channels + weights.products.outputs)
    let most = max(Self.fewestTiles, Self.blockSize / perTile)
    let rows = max(1, min(height, most * columns / width))
    let rowBlocks = (height + rows - 1) / rows
    var blocks: [[TileStrip]] = []
    var tiles = most
    for image in 0..<batch {
      for block in 0..<rowBlocks {
        for column in 0..<columns {
          let strip = TileStrip(
            image: image, rows: block * height / rowBlocks..<(block + 1) * height / rowBlocks,
            columns: column * width / columns..<(column + 1) * width / columns)
          if tiles + strip.tiles > most {
            blocks.append([])
            tiles = 0
          }
          blocks[blocks.count - 1].append(strip)
          tiles += strip.tiles
        }
      }
    }
    return blocks
  }
}

/// Rows of tiles of one image, or a column of them.
private struct TileStrip {
  let image: Int
  let rows: Range<Int>
  let columns: Range<Int>

  var tiles: Int { rows.count * columns.count }
}

/// Strips that are transformed and multiplied together.
private struct WinogradBlock: @unchecked Sendable {
  let convolution: WinogradConvolution
  let kernels: TensorKernels
  let input: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let strips: [TileStrip]
  let jobs: Int
  /// Columns of the products: all tiles.
  private let columns: Int
  private let rowStride: Int
  private let sampleStride: Int
  private let productStride: Int

  init(
    convolution: WinogradConvolution, kernels: TensorKernels, input: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, strips: [TileStrip], jobs: Int
  ) {
    self.convolution = convolution
    self.kernels = kernels
    self.input = input
    self.output = output
    self.strips = strips
    self.jobs = jobs
    columns = strips.reduce(0) { $0 + $1.tiles }
    rowStride = Self.oddLines(columns + Self.slack)
    let products = convolution.weights.products
    sampleStride = Self.oddLines(products.channels * rowStride)
    productStride = Self.oddLines(products.outputs * rowStride)
  }

  private var weights: WinogradWeights { convolution.weights }
  private var grid: WindowGrid { convolution.grid }
  private var m: Int { weights.tile }
  private var channels: Int { weights.products.channels }
  private var outputs: Int { weights.products.outputs }

  /// Vectors begin at every strip's first tile, so that the last one may reach behind the columns.
  private static let slack = 16

  /// Up to an odd number of cache lines: the places of a tile lie so far apart, and multiples of a large power
  /// of two would crowd a few sets of the cache.
  private static func oddLines(_ count: Int) -> Int { ((count + 15) / 16 | 1) * 16 }

  /// Numbers that the transforms of one channel need.
  private var roomCount: Int {
    strips.reduce(0) { max($0, kernels.winogradScratch(m, $1.rows.count, $1.columns.count)) }
  }

  var byteCount: Int { weights.products.groups * (sampleStride + productStride) * 4 }

  /// Whether all sums are finite.
  func run(scratch: UnsafeMutableRawPointer) -> Bool {
    let samples = scratch.assumingMemoryBound(to: Float.self)
    let products = samples + weights.products.groups * sampleStride
    spread(into: samples)
    multiply(samples, into: products)
    return gather(products)
  }

  private func spread(into samples: UnsafeMutablePointer<Float>) {
    nonisolated(unsafe) let samples = samples
    let (plane, count) = (grid.height * grid.width, roomCount)
    forChannels(channels) { channel in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { room in
        guard let room = room.baseAddress else { return }
        room.initialize(repeating: 0, count: count)
        for c in channel {
          var tile = 0
          for strip in strips {
            kernels.winogradInput(
              m, input + (strip.image * channels + c) * plane, grid.height, grid.width,
              strip.rows.lowerBound * m - grid.top, grid.left - strip.columns.lowerBound * m,
              strip.rows.count, strip.columns.count, room, samples + c * rowStride + tile,
              sampleStride)
            tile += strip.tiles
          }
        }
      }
    }
  }

  /// A matrix product for each place of a tile.
  private func multiply(
    _ samples: UnsafePointer<Float>, into products: UnsafeMutablePointer<Float>
  ) {
    nonisolated(unsafe) let (samples, products) = (samples, products)
    let tiles = weights.products.tiles.count - 1
    let shares = jobs == 1 ? 1 : min(tiles, 4)
    ThreadPool.run(count: weights.products.groups * shares, jobs: jobs) { task in
      let (place, share) = task.quotientAndRemainder(dividingBy: shares)
      let part = share * tiles / shares..<(share + 1) * tiles / shares
      for t in part {
        let tile = weights.products.part(t, 0..<channels, group: place)
        let next = weights.products.part(
          min(t + 1, part.upperBound - 1), 0..<channels, group: place)
        let first = weights.products.tiles[t]
        multiply(
          tile, weights.products.bias(first, group: place), next, samples + place * sampleStride,
          products + place * productStride + first * rowStride)
      }
    }
  }

  /// Multiplies a tile of weights with all columns, as many at a time as stay in the first cache.
  private func multiply(
    _ tile: WeightPart, _ bias: UnsafePointer<Float>, _ next: WeightPart,
    _ b: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>
  ) {
    let width = kernels.tileColumns
    let panels = (columns + width - 1) / width
    let step = next.step(of: panels)
    let most = kernels.panels(depth: channels)
    let places = (0..<min(most, panels)).map { $0 * width }
    places.withUnsafeBufferPointer { places in
      guard let places = places.baseAddress else { return }
      var p = 0
      while p < panels {
        // The last one may be narrower.
        let whole = min(most, columns / width - p)
        let x = p * width
        kernels.forTiles(of: tile.height) { rows in
          kernels.multiplyTiles(
            max(1, whole), places, places, rows.count, whole > 0 ? width : columns - x, channels,
            tile.start + rows.lowerBound, tile.height, next.share(p, step: step), step, b + x,
            rowStride, nil, bias + rows.lowerBound, nil, nil, out + rows.lowerBound * rowStride + x,
            rowStride)
        }
        p += max(1, whole)
      }
    }
  }

  private func gather(_ products: UnsafePointer<Float>) -> Bool {
    nonisolated(unsafe) let products = products
    let isFinite = Atomic(true)
    let count = roomCount
    forChannels(outputs) { channel in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { room in
        guard let room = room.baseAddress else { return }
        room.initialize(repeating: 0, count: count)
        for o in channel {
          var tile = 0
          for strip in strips {
            if !gather(strip, o, products + o * rowStride + tile, room) {
              isFinite.store(false, ordering: .relaxed)
            }
            tile += strip.tiles
          }
        }
      }
    }
    return isFinite.load(ordering: .relaxed)
  }

  private func gather(
    _ strip: TileStrip, _ o: Int, _ products: UnsafePointer<Float>,
    _ room: UnsafeMutablePointer<Float>
  ) -> Bool {
    let (y, x) = (strip.rows.lowerBound * m, strip.columns.lowerBound * m)
    let (height, width) = (
      min(strip.rows.count * m, grid.outputHeight - y),
      min(strip.columns.count * m, grid.outputWidth - x)
    )
    let place =
      ((strip.image * outputs + o) * grid.outputHeight + y) * grid.outputWidth + x
    let isFinite = kernels.winogradOutput(
      m, products, productStride, weights.bias(o), strip.rows.count, strip.columns.count, room,
      output + place, grid.outputWidth, height, width)
    convolution.ending.apply(
      to: output, place, stride: grid.outputWidth, rows: height, count: width, kernels)
    return isFinite
  }

  /// Runs `body` for all channels: at once, or in parts on several threads.
  private func forChannels(_ count: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let parts = jobs == 1 ? 1 : min(count, 4 * jobs)
    ThreadPool.run(count: parts, jobs: jobs) { part in
      body(part * count / parts..<(part + 1) * count / parts)
    }
  }
}
