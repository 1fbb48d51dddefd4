internal import Synchronization

// The way of a convolution through the frequencies of tiles (overlap-save).
//
// A tile of w × h samples gives (w − kw + 1) × (h − kh + 1) output samples, a block. Blocks lie on a
// grid from the picture's origin and are taken in pairs, row by row: which tiles share a transform
// depends on the sizes alone, and so do all results.

extension Convolution {
  /// `run` for convolutions that have their kernels as spectra.
  func runTiles(
    _ fourier: FourierKernels, _ source: SampleBuffer, _ output: SampleBuffer,
    _ execution: Execution
  ) -> Clipping {
    let grid = BlockGrid(geometry, fourier)
    let pairs = (grid.count + 1) / 2
    let bands = execution.bands(
      rows: pairs, samplesPerRow: 2 * fourier.tileWidth * fourier.tileHeight)
    let target = PlaneRows(output, rowBytes: geometry.outputWidth * Self.byteCount(outputCode))
    let clipping = Mutex(Clipping())
    ThreadPool.run(count: bands.count, jobs: execution.jobs) { band in
      let tiles = TilePair(self, fourier, source, execution.kernels)
      let found = bands[band].reduce(into: Clipping()) { count, pair in
        let blocks = (2 * pair..<min(2 * pair + 2, grid.count)).map { grid[$0] }
        count += tiles.run(blocks, into: target)
      }
      clipping.withLock { $0 += found }
    }
    return clipping.withLock { $0 }
  }

  /// The same convolution tap by tap, of one block of the output.
  func part(_ block: BlockGrid.Block) -> Convolution {
    Convolution(
      sourceCode: sourceCode, outputCode: outputCode, accumulator: accumulator, kernels: kernels,
      combination: combination,
      geometry: geometry.part(rows: block.rows, columns: block.columns),
      border: border, finishing: finishing.part(rows: block.rows, columns: block.columns))
  }
}

/// The blocks of an output, row by row from the origin.
struct BlockGrid {
  /// Output samples of one tile.
  struct Block {
    let rows: Range<Int>
    let columns: Range<Int>
  }

  private let width: Int
  private let height: Int
  private let across: Int
  private let geometry: WindowGeometry
  let count: Int

  init(_ geometry: WindowGeometry, _ fourier: FourierKernels) {
    self.geometry = geometry
    width = fourier.tileWidth - geometry.windowWidth + 1
    height = fourier.tileHeight - geometry.windowHeight + 1
    precondition(width > 0 && height > 0, "a tile smaller than the kernel")
    across = (geometry.outputWidth + width - 1) / width
    count = across * ((geometry.outputHeight + height - 1) / height)
  }

  subscript(i: Int) -> Block {
    let (y, x) = (i / across * height, i % across * width)
    return Block(
      rows: y..<min(y + height, geometry.outputHeight),
      columns: x..<min(x + width, geometry.outputWidth))
  }
}

/// Memory for two tiles, and what becomes of them.
private struct TilePair {
  private let convolution: Convolution
  private let fourier: FourierKernels
  private let source: SampleBuffer
  private let table: KernelTable
  private let lanes: Int
  private let byteCount: Int
  /// One complex tile for each kernel; the first is the one that is filled.
  private let tiles: [SampleBuffer]
  private let scratch: SampleBuffer
  private let gathered: SampleBuffer
  /// A row of sums for each kernel, `sumBytes` apart, and a row of lengths.
  private let sums: SampleBuffer
  private let sumBytes: Int
  private let lengths: SampleBuffer

  private var geometry: WindowGeometry { convolution.geometry }
  private var sampleBytes: Int { Convolution.byteCount(convolution.sourceCode) }
  private var rows: PlaneRows {
    PlaneRows(source, rowBytes: geometry.sourceWidth * sampleBytes)
  }
  private var panelStride: Int { fourier.tileHeight * 2 * lanes }

  init(
    _ convolution: Convolution, _ fourier: FourierKernels, _ source: SampleBuffer,
    _ table: KernelTable
  ) {
    self.convolution = convolution
    self.fourier = fourier
    self.source = source
    self.table = table
    lanes = FourierKernels.lanes(of: convolution.accumulator)
    byteCount = convolution.accumulator.byteCount
    let tileBytes = 2 * fourier.tileWidth * fourier.tileHeight * byteCount
    tiles = convolution.kernels.map { _ in SampleBuffer(byteCount: tileBytes) }
    scratch = SampleBuffer(byteCount: 2 * fourier.tileWidth * lanes * byteCount)
    gathered = SampleBuffer(
      byteCount: fourier.tileWidth * Convolution.byteCount(convolution.sourceCode))
    sumBytes = fourier.tileWidth * byteCount
    sums = SampleBuffer(byteCount: convolution.kernels.count * sumBytes)
    lengths = SampleBuffer(byteCount: fourier.tileWidth * MemoryLayout<Double>.stride)
  }

  /// Computes one or two blocks: the first through the tile's real part, the second through its
  /// imaginary part.
  ///
  /// - Returns: the responses that an integer sample could not hold.
  func run(_ blocks: [BlockGrid.Block], into output: PlaneRows) -> Clipping {
    let scales = blocks.map(scale(of:))
    for part in 0..<2 {
      let scale = part < blocks.count ? scales[part] : nil
      pack(scale.map { (blocks[part], $0) }, part)
    }
    if scales.contains(where: { $0 != nil }) {
      for tile in tiles.dropFirst() {
        tile.bytes.copyMemory(from: tiles[0].bytes, byteCount: tiles[0].byteCount)
      }
      for (tile, spectrum) in zip(tiles, fourier.spectra) {
        table.correlateTile(
          convolution.accumulator.rawValue, tile.bytes, fourier.tileWidth, fourier.tileHeight,
          blocks.map(\.columns.count).max() ?? 0, spectrum.bytes, fourier.rowTwiddles.bytes,
          fourier.columnTwiddles.bytes, scratch.bytes)
      }
    }
    var clipped = Clipping()
    for (part, block) in blocks.enumerated() {
      if let scale = scales[part] {
        clipped += finish(block, part, scale, into: output)
      } else {
        clipped += copy(block, into: output)
      }
    }
    return clipped
  }

  /// What a tile's samples are multiplied with, and its results.
  private struct Scale {
    let samples: Double
    let results: Double
  }

  /// Powers of two that bring the largest magnitude of a block's tile between 1 and 2 and back.
  ///
  /// Nil where NaN or an infinity is among its samples. Integer samples stay as they are.
  ///
  /// That is exact, no sum overflows, and the rounding errors of a bright tile do not drown a dark
  /// one that shares its transform.
  private func scale(of block: BlockGrid.Block) -> Scale? {
    guard convolution.sourceCode == 3 else { return Scale(samples: 1, results: 1) }
    let columns = tileColumns(block)
    let bits = tileRows(block).reduce(UInt32(0)) { peak, i in
      max(peak, table.peakBits(row(i, columns), columns.count))
    }
    let peak = Float(bitPattern: bits)
    guard peak.isFinite else { return nil }
    guard peak > 0 else { return Scale(samples: 1, results: 0) }
    let exponent = Int(max(peak, .leastNormalMagnitude).exponent)
    return Scale(
      samples: Double(sign: .plus, exponent: -exponent, significand: 1),
      results: Double(sign: .plus, exponent: exponent, significand: 1))
  }

  /// Fills one part of the first tile, with zeros where there is no block.
  private func pack(_ tile: (block: BlockGrid.Block, scale: Scale)?, _ part: Int) {
    let rows = tile.map { tileRows($0.block) } ?? 0..<0
    let columns = tile.map { tileColumns($0.block) } ?? 0..<0
    for y in 0..<fourier.tileHeight {
      let isInside = y < rows.count
      table.packRow(
        convolution.sourceCode, convolution.accumulator.rawValue,
        isInside ? row(rows.lowerBound + y, columns) : UnsafeRawPointer(gathered.bytes),
        isInside ? columns.count : 0, fourier.tileWidth, tile?.scale.samples ?? 1,
        place(tiles[0], y, part), panelStride)
    }
  }

  private func finish(
    _ block: BlockGrid.Block, _ part: Int, _ scale: Scale, into output: PlaneRows
  ) -> Clipping {
    var clipped = Clipping()
    for (i, y) in block.rows.enumerated() {
      for (k, tile) in tiles.enumerated() {
        table.unpackRow(
          convolution.accumulator.rawValue, place(tile, i, part), panelStride, block.columns.count,
          scale.results, sums.bytes + k * sumBytes)
      }
      clipped += convolution.finish(
        sums.bytes, sumBytes, lengths.bytes, y, block.columns, into: output, table)
    }
    return clipped
  }

  /// Computes a block tap by tap: NaN and infinities reach what they touch and nothing else.
  private func copy(_ block: BlockGrid.Block, into output: PlaneRows) -> Clipping {
    let rowBytes = block.columns.count * Convolution.byteCount(convolution.outputCode)
    let buffer = SampleBuffer(byteCount: block.rows.count * rowBytes)
    let clipped = convolution.part(block).run(
      source, into: buffer, execution: Execution(kernels: table, jobs: 1))
    for (i, y) in block.rows.enumerated() {
      convolution.place(y, block.columns, in: output)
        .copyMemory(from: buffer.bytes + i * rowBytes, byteCount: rowBytes)
    }
    return clipped
  }

  private func tileRows(_ block: BlockGrid.Block) -> Range<Int> {
    block.rows
      .lowerBound..<min(
        block.rows.lowerBound + fourier.tileHeight, geometry.rowMap.count)
  }

  private func tileColumns(_ block: BlockGrid.Block) -> Range<Int> {
    block.columns
      .lowerBound..<min(
        block.columns.lowerBound + fourier.tileWidth, geometry.columnMap.count)
  }

  /// What entry `i` of the row map shows under some entries of the column map: in place, where the
  /// source has it in one piece.
  private func row(_ i: Int, _ columns: Range<Int>) -> UnsafeRawPointer {
    let run = geometry.consecutiveColumns
    if geometry.rowMap[i] >= 0, run.lowerBound <= columns.lowerBound,
      columns.upperBound <= run.upperBound
    {
      let first = geometry.rowMap[i] * geometry.sourceWidth + geometry.columnMap[columns.lowerBound]
      return UnsafeRawPointer(source.bytes) + first * sampleBytes
    }
    geometry.gather(
      row: i, columns: columns, of: rows, bytesPerSample: sampleBytes,
      border: convolution.border, into: gathered.bytes)
    return UnsafeRawPointer(gathered.bytes)
  }

  /// Where row `y` of a part starts in a tile.
  private func place(_ tile: SampleBuffer, _ y: Int, _ part: Int) -> UnsafeMutableRawPointer {
    tile.bytes + (2 * y + part) * lanes * byteCount
  }
}
