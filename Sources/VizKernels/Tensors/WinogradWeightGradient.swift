/// The gradient of a convolution's weights, of 3×3 taps and stride 1, by minimal filtering: 2.25 or 4 times fewer
/// products than the definition has.
///
///     out[o, i] = Gᵀ · [Σ (A · gradient[n, o, tile] · Aᵀ) ⊙ (Bᵀ · input[n, i, tile] · B)] · G
///
/// The sum runs over the tiles of all images. Images are laid out pixel by pixel, so that vectors run over channels;
/// a block of tiles is transformed (`winogradInput`), and its tiles are the depth of a product of matrices for
/// each of the (m + 2)² places of a tile. Images are cut into runs whose sums are added at the end; how many there
/// are follows from the shape alone.
///
/// - Accuracy: as `WinogradConvolution`'s.
/// - Source: Lavin & Gray 2016, arXiv:1509.09308, read backwards (`WinogradTiles`).
struct WinogradWeightGradient: Sendable {
  private let batch: Int
  private let outputs: Int
  private let channels: Int
  private let grid: WindowGrid
  private let samples: PixelTiles
  private let gradients: PixelTiles

  init(batch: Int, outputs: Int, channels: Int, grid: WindowGrid, tile: Int) {
    self.batch = batch
    self.outputs = outputs
    self.channels = channels
    self.grid = grid
    samples = PixelTiles(tile: tile, inputsOf: grid, channels: channels)
    gradients = PixelTiles(tile: tile, outputsOf: grid, channels: outputs)
  }

  /// Numbers of a block's transformed tiles.
  private static let blockSize = 1 << 18
  private static let fewestTiles = 32
  private static let mostRuns = 16
  /// Tiles that a run has at least.
  private static let runTiles = 256
  /// Numbers that the sums of all runs may take.
  private static let mostSums = 1 << 21

  private var places: Int { samples.places }
  /// Tiles of an image.
  private var tiles: Int {
    let (height, width) = grid.tiles(samples.tile)
    return height * width
  }
  /// Numbers of a run's sums.
  private var count: Int { places * outputs * samples.pixelSize }

  private var runs: Int {
    max(
      1,
      min(
        Self.mostRuns, batch, batch * tiles / Self.runTiles, Self.mostSums / max(count, 1)))
  }

  private var blockTiles: Int {
    max(
      Self.fewestTiles,
      Self.blockSize / (places * (samples.pixelSize + gradients.pixelSize)))
  }

  /// To transform a number, in multiplications and additions; measured on the layers of `VizBench training`.
  private static let transformCost = 16
  /// Sums of all places that stay in the last cache.
  private static let mostPlaceSums = 1 << 22

  /// An estimate in multiplications and additions; nil where sums would come from memory for every block.
  var cost: Int? {
    guard count <= Self.mostPlaceSums else { return nil }
    let sums = outputs * samples.pixelSize
    let numbers = samples.pixelSize + gradients.pixelSize
    return places
      * (batch * tiles * (sums + Self.transformCost * numbers) + 9 * runs * sums)
  }

  /// Makes `[outputs, channels, 9]` of `gradient` `[N, outputs, H′, W′]` and `input` `[N, channels, H, W]`.
  ///
  /// - Returns: whether all sums are finite; where one is not, others may be wrong.
  func run(
    input: UnsafePointer<Float>, gradient: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, execution: Execution
  ) -> Bool {
    let (runs, count) = (runs, count)
    nonisolated(unsafe) let (input, gradient) = (input, gradient)
    // Threads that share a run wait for each other twice in a block.
    let isShared = runs < 2 * execution.jobs
    ScratchShelf.lending((runs * count + 9 * count / places) * 4) { memory in
      nonisolated(unsafe) let sums = memory.assumingMemoryBound(to: Float.self)
      ThreadPool.run(count: runs, jobs: isShared ? 1 : execution.jobs) { run in
        (sums + run * count).update(repeating: 0, count: count)
        add(
          run * batch / runs..<(run + 1) * batch / runs, input, gradient, to: sums + run * count,
          execution.kernels.tensors, jobs: isShared ? execution.jobs : 1)
      }
      collect(sums, runs, sums + runs * count, into: output, execution)
    }
    return (0..<outputs * channels * 9).allSatisfy { output[$0].isFinite }
  }

  /// Adds the products of some images.
  private func add(
    _ range: Range<Int>, _ input: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>,
    to sums: UnsafeMutablePointer<Float>, _ kernels: TensorKernels, jobs: Int
  ) {
    for block in TileBlock.blocks(of: range, grid, tile: samples.tile, most: blockTiles) {
      let part = Part(
        kernels: kernels, jobs: jobs, block: block, samples: samples, gradients: gradients)
      ScratchShelf.lending(part.count * 4) { memory in
        part.add(
          input, gradient, room: memory.assumingMemoryBound(to: Float.self), to: sums)
      }
    }
  }

  /// Gᵀ · M · G, M being the sum over the runs: a product of matrices, with a row for each tap.
  private func collect(
    _ sums: UnsafePointer<Float>, _ runs: Int, _ room: UnsafeMutablePointer<Float>,
    into output: UnsafeMutablePointer<Float>, _ execution: Execution
  ) {
    let weights = WinogradWeights.products(tile: samples.tile)
    let factors = (0..<9).flatMap { tap in
      (0..<runs).flatMap { _ in weights.map { $0[tap] } }
    }
    let pairs = outputs * samples.pixelSize
    MatrixProduct(rows: 9, columns: pairs, depth: runs * places, a: .byRow, b: .byRow).run(
      a: factors, b: sums, output: room, execution: execution)
    for o in 0..<outputs {
      execution.kernels.tensors.turnRows(
        room + o * samples.pixelSize, pairs, 9, channels, output + o * channels * 9, 9)
    }
  }
}

/// A block of tiles, and what it adds to the sums.
private struct Part: Sendable {
  let kernels: TensorKernels
  let jobs: Int
  private let samples: TransformedBlock
  private let gradients: TransformedBlock
  private let rows: [TileStrip.Row]
  /// Tiles of the block.
  private let tileCount: Int

  init(
    kernels: TensorKernels, jobs: Int, block: TileBlock, samples: PixelTiles, gradients: PixelTiles
  ) {
    (self.kernels, self.jobs) = (kernels, jobs)
    self.samples = TransformedBlock(samples, block, jobs: jobs)
    self.gradients = TransformedBlock(gradients, block, jobs: jobs)
    rows = block.rows
    tileCount = block.count
  }

  /// Numbers of all that is laid out and transformed.
  var count: Int { samples.count + gradients.count }

  func add(
    _ input: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>,
    room: UnsafeMutablePointer<Float>, to sums: UnsafeMutablePointer<Float>
  ) {
    nonisolated(unsafe) let (input, gradient, room, sums) = (input, gradient, room, sums)
    nonisolated(unsafe) let second = room + samples.count
    ThreadPool.run(count: 2 * rows.count, jobs: jobs) { task in
      if task % 2 == 0 {
        samples.layOut(rows[task / 2], input, in: room, kernels)
      } else {
        gradients.layOut(rows[task / 2], gradient, in: second, kernels)
      }
    }
    ThreadPool.run(count: 2 * rows.count, jobs: jobs) { task in
      if task % 2 == 0 {
        samples.transform(rows[task / 2], task / 2, in: room, kernels)
      } else {
        gradients.transform(rows[task / 2], task / 2, in: second, kernels)
      }
    }
    nonisolated(unsafe) let numbers = samples.numbers(in: room)
    nonisolated(unsafe) let gradientNumbers = gradients.numbers(in: second)
    let outputs = gradients.tiles.channels
    ThreadPool.run(count: samples.tiles.places, jobs: jobs) { place in
      multiply(
        gradientNumbers + place * gradients.step, numbers + place * samples.step,
        depth: tileCount, rows: outputs,
        addingTo: sums + place * outputs * samples.tiles.pixelSize)
    }
  }

  private func multiply(
    _ gradient: UnsafePointer<Float>, _ sample: UnsafePointer<Float>, depth: Int, rows: Int,
    addingTo sums: UnsafeMutablePointer<Float>
  ) {
    let (width, columns) = (kernels.tileColumns, samples.tiles.pixelSize)
    let rowSize = gradients.tiles.pixelSize
    for c in stride(from: 0, to: columns, by: width) {
      kernels.forTiles(of: rows) { part in
        let numbers = gradient + part.lowerBound
        kernels.multiplyTile(
          part.count, min(width, columns - c), depth, numbers, rowSize, numbers, 2 * rowSize,
          sample + c, columns, nil, nil, sums + part.lowerBound * columns + c, columns)
      }
    }
  }
}
