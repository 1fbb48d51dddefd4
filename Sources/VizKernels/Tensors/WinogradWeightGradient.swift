/// The gradient of a convolution's weights, of 3×3 taps and stride 1, by minimal filtering: 2.25 or 4 times fewer
/// products than the definition has.
///
///     out[o, i] = Gᵀ · [Σ (A · gradient[n, o, tile] · Aᵀ) ⊙ (Bᵀ · input[n, i, tile] · B)] · G
///
/// The sum runs over the tiles of all images. Images are laid out pixel by pixel, so that vectors run over channels;
/// a block of tiles is transformed (`winogradPixels`), and its tiles are the depth of a product of matrices for
/// each of the (m + 2)² places of a tile. Images are cut into runs whose sums are added at the end; how many there
/// are follows from the shape alone.
///
/// - Accuracy: as `WinogradConvolution`'s.
/// - Source: Lavin & Gray 2016, arXiv:1509.09308, read backwards (`WinogradTiles`).
struct WinogradWeightGradient: Sendable {
  private let batch: Int
  private let outputs: Int
  private let channels: Int
  /// m: outputs of a tile along each side, 2 or 4.
  private let tile: Int
  /// Rows of tiles, and tiles of a row.
  private let height: Int
  private let width: Int
  private let samples: PixelLayout
  private let gradients: PixelLayout

  init(batch: Int, outputs: Int, channels: Int, grid: WindowGrid, tile: Int) {
    self.batch = batch
    self.outputs = outputs
    self.channels = channels
    self.tile = tile
    height = (grid.outputHeight + tile - 1) / tile
    width = (grid.outputWidth + tile - 1) / tile
    // The last tiles reach behind the image.
    var whole = grid
    (whole.outputHeight, whole.outputWidth) = (height * tile, width * tile)
    samples = PixelLayout(
      grid: whole, channels: channels, pixelSize: PixelLayout.wholeVectors(channels),
      isGathered: false)
    gradients = PixelLayout(
      grid: WindowGrid(
        height: grid.outputHeight, width: grid.outputWidth, kernelHeight: 1, kernelWidth: 1,
        outputHeight: height * tile, outputWidth: width * tile),
      channels: outputs, pixelSize: PixelLayout.wholeVectors(outputs), isGathered: false)
  }

  /// Numbers of a block's transformed tiles.
  private static let blockSize = 1 << 18
  private static let fewestTiles = 32
  /// Numbers of images that are laid out at a time, where an image has less than a block's tiles.
  private static let mostNumbers = 1 << 18
  private static let mostRuns = 16
  /// Tiles that a run has at least.
  private static let runTiles = 256
  /// Numbers that the sums of all runs may take.
  private static let mostSums = 1 << 21

  private var places: Int { (tile + 2) * (tile + 2) }
  /// Numbers of a run's sums.
  private var count: Int { places * outputs * samples.pixelSize }

  private var runs: Int {
    let tiles = batch * height * width
    return max(
      1, min(Self.mostRuns, batch, tiles / Self.runTiles, Self.mostSums / max(count, 1)))
  }

  private var blockTiles: Int {
    max(
      Self.fewestTiles,
      Self.blockSize / (places * (samples.pixelSize + gradients.pixelSize)))
  }

  /// Images that are laid out after each other.
  private var images: Int {
    max(
      1,
      min(blockTiles / (height * width), Self.mostNumbers / (samples.count + gradients.count)))
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
      * (batch * height * width * (sums + Self.transformCost * numbers) + 9 * runs * sums)
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
      sums.update(repeating: 0, count: runs * count)
      ThreadPool.run(count: runs, jobs: isShared ? 1 : execution.jobs) { run in
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
    let images = images
    let numbers = images * (samples.count + gradients.count)
    let block = TileBlock(
      kernels: kernels, jobs: jobs, places: places, tile: tile, most: blockTiles,
      samples: samples, gradients: gradients)
    ScratchShelf.lending((numbers + block.count) * 4) { memory in
      nonisolated(unsafe) let pixels = memory.assumingMemoryBound(to: Float.self)
      nonisolated(unsafe) let (input, gradient) = (input, gradient)
      pixels.update(repeating: 0, count: numbers)
      for first in stride(from: range.lowerBound, to: range.upperBound, by: images) {
        let some = min(images, range.upperBound - first)
        ThreadPool.run(count: 2 * some, jobs: jobs) { task in
          let (i, isGradient) = (task / 2, task % 2 == 1)
          let layout = isGradient ? gradients : samples
          let image = (isGradient ? gradient : input) + (first + i) * layout.imageSize
          layout.turn(
            image,
            into: pixels + (isGradient ? images * samples.count : 0) + i * layout.count, kernels)
        }
        for strips in strips(images: some, most: block.most) {
          block.add(
            strips, pixels, pixels + images * samples.count, room: pixels + numbers, to: sums,
            outputs: outputs)
        }
      }
    }
  }

  /// Tiles of one row after each other, in blocks of at most so many.
  private func strips(images: Int, most: Int) -> [[TileStrip]] {
    let parts = (width + most - 1) / most
    var blocks: [[TileStrip]] = []
    var tiles = most
    for row in 0..<images * height {
      for part in 0..<parts {
        let strip = TileStrip(
          image: row / height, row: row % height,
          columns: part * width / parts..<(part + 1) * width / parts)
        if tiles + strip.columns.count > most {
          blocks.append([])
          tiles = 0
        }
        blocks[blocks.count - 1].append(strip)
        tiles += strip.columns.count
      }
    }
    return blocks
  }

  /// Gᵀ · M · G, M being the sum over the runs: a product of matrices, with a row for each tap.
  private func collect(
    _ sums: UnsafePointer<Float>, _ runs: Int, _ room: UnsafeMutablePointer<Float>,
    into output: UnsafeMutablePointer<Float>, _ execution: Execution
  ) {
    let weights = WinogradWeights.products(tile: tile)
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

/// Tiles of one row of an image.
private struct TileStrip {
  let image: Int
  let row: Int
  let columns: Range<Int>
}

/// Tiles that are transformed and multiplied together.
private struct TileBlock: Sendable {
  let kernels: TensorKernels
  let jobs: Int
  let places: Int
  /// m.
  let tile: Int
  let most: Int
  let samples: PixelLayout
  let gradients: PixelLayout

  /// From the numbers of one place of a tile to those of the next: an odd number of cache lines, as multiples of
  /// a large power of two would crowd a few sets of the cache.
  private var sampleStride: Int { (most * samples.pixelSize / 16 | 1) * 16 }
  private var gradientStride: Int { (most * gradients.pixelSize / 16 | 1) * 16 }

  /// Numbers of all places.
  var count: Int { places * (sampleStride + gradientStride) }

  func add(
    _ strips: [TileStrip], _ pixels: UnsafePointer<Float>, _ gradientPixels: UnsafePointer<Float>,
    room: UnsafeMutablePointer<Float>, to sums: UnsafeMutablePointer<Float>, outputs: Int
  ) {
    nonisolated(unsafe) let (pixels, gradientPixels) = (pixels, gradientPixels)
    nonisolated(unsafe) let (numbers, sums) = (room, sums)
    nonisolated(unsafe) let gradientNumbers = room + places * sampleStride
    let firsts = strips.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.columns.count) }
    ThreadPool.run(count: 2 * strips.count, jobs: jobs) { task in
      let (strip, first) = (strips[task / 2], firsts[task / 2])
      if task % 2 == 0 {
        transform(strip, samples, pixels, into: numbers, sampleStride, first, isGradient: false)
      } else {
        transform(
          strip, gradients, gradientPixels, into: gradientNumbers, gradientStride, first,
          isGradient: true)
      }
    }
    ThreadPool.run(count: places, jobs: jobs) { place in
      multiply(
        gradientNumbers + place * gradientStride, numbers + place * sampleStride,
        depth: firsts[strips.count], rows: outputs,
        addingTo: sums + place * outputs * samples.pixelSize)
    }
  }

  private func transform(
    _ strip: TileStrip, _ layout: PixelLayout, _ pixels: UnsafePointer<Float>,
    into numbers: UnsafeMutablePointer<Float>, _ step: Int, _ first: Int, isGradient: Bool
  ) {
    let pixel = strip.row * tile * layout.grid.reachWidth + strip.columns.lowerBound * tile
    withUnsafeTemporaryAllocation(of: Float.self, capacity: places * 16) { square in
      guard let square = square.baseAddress else { return }
      kernels.winogradPixels(
        tile, isGradient, pixels + strip.image * layout.count + pixel * layout.pixelSize,
        layout.grid.reachWidth * layout.pixelSize, layout.pixelSize, strip.columns.count, square,
        numbers + first * layout.pixelSize, step)
    }
  }

  private func multiply(
    _ gradient: UnsafePointer<Float>, _ sample: UnsafePointer<Float>, depth: Int, rows: Int,
    addingTo sums: UnsafeMutablePointer<Float>
  ) {
    let (width, columns) = (kernels.tileColumns, samples.pixelSize)
    for c in stride(from: 0, to: columns, by: width) {
      kernels.forTiles(of: rows) { part in
        let numbers = gradient + part.lowerBound
        kernels.multiplyTile(
          part.count, min(width, columns - c), depth, numbers, gradients.pixelSize, numbers,
          gradients.pixelSize, sample + c, columns, nil, nil,
          sums + part.lowerBound * columns + c, columns)
      }
    }
  }
}
