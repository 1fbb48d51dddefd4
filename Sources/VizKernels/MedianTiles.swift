/// Medians of windows that are too large to sort, a tile of outputs at a time, with all that their
/// windows see gathered beside the source.
///
/// The kernel takes bytes; of 16-bit samples it is given the bytes of a `RankedTile`.
struct MedianTiles: Sendable {
  private let sampleCode: Int
  private let geometry: WindowGeometry
  private let border: UInt32
  /// Outputs of a tile; the lowest tiles may have fewer rows.
  private let width: Int
  private let height: Int
  /// Samples from one row of what is gathered to the next.
  private let stride: Int

  private var bytesPerSample: Int { sampleCode == 0 ? 1 : 2 }
  private var tilesPerRow: Int { (geometry.outputWidth + width - 1) / width }
  private var tileCount: Int { (geometry.outputHeight + height - 1) / height * tilesPerRow }
  private var gatheredRows: Int { height + geometry.windowHeight - 1 }
  private var gatheredColumns: Int { width + geometry.windowWidth - 1 }

  init(sampleCode: Int, geometry: WindowGeometry, border: UInt32) {
    precondition(
      geometry.windowWidth <= 255 && geometry.windowHeight <= 255,
      "a window of \(geometry.windowWidth)×\(geometry.windowHeight) samples")
    self.sampleCode = sampleCode
    self.geometry = geometry
    self.border = border
    // Large enough for loops of several vectors; of ranks fewer, for shelves of few samples.
    width = Self.width(of: geometry.outputWidth, atMost: sampleCode == 0 ? 512 : 128)
    height = min(max(32, geometry.windowHeight / 2), geometry.outputHeight)
    stride = (width + geometry.windowWidth - 1 + 63) / 64 * 64
  }

  /// Tiles of a row are about as wide as each other, and whole vectors where there are several.
  private static func width(of columns: Int, atMost widest: Int) -> Int {
    let count = (columns + widest - 1) / widest
    return min(((columns + count - 1) / count + 31) / 32 * 32, columns)
  }

  func run(_ source: SampleBuffer, into output: SampleBuffer, _ execution: Execution) {
    let source = PlaneRows(source, rowBytes: geometry.sourceWidth * bytesPerSample)
    let bands = execution.bands(rows: tileCount, samplesPerRow: width * height)
    ThreadPool.run(count: bands.count, jobs: execution.jobs) { band in
      let memory = Memory(
        gathered: SampleBuffer(byteCount: gatheredRows * stride * bytesPerSample),
        scratch: SampleBuffer(byteCount: 5 * (height * stride + 512) + 10 * width),
        medians: SampleBuffer(byteCount: width * height))
      let ranked =
        sampleCode == 0
        ? nil
        : RankedTile(
          columns: gatheredColumns, rows: gatheredRows, stride: stride, outputs: width * height,
          isSigned: sampleCode == 2)
      for index in bands[band] {
        let tile = tile(index)
        gather(tile, of: source, into: memory.gathered)
        if let ranked {
          finish(tile, ranked, memory, execution.kernels, into: output)
        } else {
          finish(tile, memory, execution.kernels, into: output)
        }
      }
    }
  }

  private struct Memory {
    let gathered: SampleBuffer
    let scratch: SampleBuffer
    let medians: SampleBuffer
  }

  /// All tiles are of one width, so the last one of a row begins within the one before; what it writes
  /// are its own columns.
  private struct Tile {
    let rows: Range<Int>
    let columns: Range<Int>
    let ownColumns: Range<Int>
  }

  private func tile(_ index: Int) -> Tile {
    let (y, x) = (index / tilesPerRow * height, index % tilesPerRow * width)
    let right = min(x + width, geometry.outputWidth)
    return Tile(
      rows: y..<min(y + height, geometry.outputHeight), columns: right - width..<right,
      ownColumns: x..<right)
  }

  private func gather(_ tile: Tile, of source: PlaneRows, into gathered: SampleBuffer) {
    let first = tile.columns.lowerBound
    for i in 0..<(tile.rows.count + geometry.windowHeight - 1) {
      geometry.gather(
        row: tile.rows.lowerBound + i, columns: first..<first + gatheredColumns, of: source,
        bytesPerSample: bytesPerSample, border: border,
        into: gathered.bytes + i * stride * bytesPerSample)
    }
  }

  private func medians(
    of bytes: SampleBuffer, _ tile: Tile, _ memory: Memory, _ table: KernelTable,
    below: SampleBuffer? = nil
  ) {
    table.medianTile(
      bytes.bytes, stride, width, tile.rows.count, geometry.windowWidth, geometry.windowHeight,
      memory.scratch.bytes, memory.medians.bytes, below?.bytes)
  }

  private func finish(
    _ tile: Tile, _ memory: Memory, _ table: KernelTable, into output: SampleBuffer
  ) {
    medians(of: memory.gathered, tile, memory, table)
    let first = memory.medians.bytes + (tile.ownColumns.lowerBound - tile.columns.lowerBound)
    for y in tile.rows {
      let target = output.bytes + y * geometry.outputWidth + tile.ownColumns.lowerBound
      target.copyMemory(
        from: first + (y - tile.rows.lowerBound) * width, byteCount: tile.ownColumns.count)
    }
  }

  private func finish(
    _ tile: Tile, _ ranked: RankedTile, _ memory: Memory, _ table: KernelTable,
    into output: SampleBuffer
  ) {
    ranked.rank(
      memory.gathered.bytes.assumingMemoryBound(to: UInt16.self),
      rows: tile.rows.count + geometry.windowHeight - 1)
    medians(of: ranked.bytes, tile, memory, table, below: ranked.below)
    let own = (tile.ownColumns.lowerBound - tile.columns.lowerBound)..<width
    let out = output.bytes.assumingMemoryBound(to: UInt16.self)
    for y in 0..<tile.rows.count {
      ranked.finish(
        row: y, columns: own, shelves: memory.medians.bytes + y * width,
        below: ranked.below.bytes + y * width * 2, windowWidth: geometry.windowWidth,
        windowHeight: geometry.windowHeight,
        into: out + (tile.rows.lowerBound + y) * geometry.outputWidth + tile.ownColumns.lowerBound)
    }
  }
}
