/// A tile of output samples at a time, with all that its windows see gathered beside it: the place for
/// medians of windows that are too large to sort.
///
/// Bytes are what the kernel takes. Of 16-bit samples it is given the bytes of a `RankedTile`.
struct MedianTiles: Sendable {
  private let sampleCode: Int
  private let geometry: WindowGeometry
  private let border: UInt32
  /// Samples of a whole tile.
  private let width: Int
  private let height: Int
  /// Samples from one row of a gathered tile to the next, a few vectors.
  private let stride: Int

  private var bytesPerSample: Int { sampleCode == 0 ? 1 : 2 }
  private var tilesPerRow: Int { (geometry.outputWidth + width - 1) / width }
  private var tileCount: Int { (geometry.outputHeight + height - 1) / height * tilesPerRow }
  private var cells: Int { (height + geometry.windowHeight - 1) * stride }

  init(sampleCode: Int, geometry: WindowGeometry, border: UInt32) {
    precondition(
      geometry.windowWidth <= 255 && geometry.windowHeight <= 255,
      "a window of \(geometry.windowWidth)×\(geometry.windowHeight) samples")
    self.sampleCode = sampleCode
    self.geometry = geometry
    self.border = border
    width = Self.width(of: geometry.outputWidth, atMost: sampleCode == 0 ? 512 : 128)
    height = min(
      max(sampleCode == 0 ? 16 : 32, geometry.windowHeight / 2), geometry.outputHeight)
    stride = (width + geometry.windowWidth - 1 + 63) / 64 * 64
  }

  /// Tiles of a row are about as wide as each other, and whole vectors if there are several.
  private static func width(of columns: Int, atMost most: Int) -> Int {
    let count = (columns + most - 1) / most
    return min(((columns + count - 1) / count + 31) / 32 * 32, columns)
  }

  func run(_ source: SampleBuffer, into output: SampleBuffer, _ execution: Execution) {
    let source = PlaneRows(source, rowBytes: geometry.sourceWidth * bytesPerSample)
    let bands = execution.bands(rows: tileCount, samplesPerRow: width * height)
    ThreadPool.run(count: bands.count, jobs: execution.jobs) { band in
      let place = Place(
        gathered: SampleBuffer(byteCount: cells * bytesPerSample),
        scratch: SampleBuffer(byteCount: 6 * (height * stride + 512)),
        medians: SampleBuffer(byteCount: width * height))
      let ranked = sampleCode == 0 ? nil : rankedTile()
      for tile in bands[band] {
        let (columns, rows) = (self.columns(tile), self.rows(tile))
        gather(source, rows, columns.first, into: place.gathered.bytes)
        if let ranked {
          run(ranked, rows, columns, place, execution.kernels, into: output)
        } else {
          medianTile(place.gathered, below: nil, rows.count, place, execution.kernels)
          for y in 0..<rows.count {
            (output.bytes + (rows.lowerBound + y) * geometry.outputWidth + columns.own.lowerBound)
              .copyMemory(
                from: place.medians.bytes + y * width + columns.own.lowerBound - columns.first,
                byteCount: columns.own.count)
          }
        }
      }
    }
  }

  /// Memory of a band.
  private struct Place {
    let gathered: SampleBuffer
    let scratch: SampleBuffer
    let medians: SampleBuffer
  }

  private func rankedTile() -> RankedTile {
    RankedTile(
      columns: width + geometry.windowWidth - 1, rows: height + geometry.windowHeight - 1,
      stride: stride, outputs: width * height, isSigned: sampleCode == 2)
  }

  private func medianTile(
    _ bytes: SampleBuffer, below: SampleBuffer?, _ rows: Int, _ place: Place, _ table: KernelTable
  ) {
    table.medianTile(
      bytes.bytes, stride, width, rows, geometry.windowWidth, geometry.windowHeight,
      place.scratch.bytes, place.medians.bytes, below?.bytes)
  }

  private func run(
    _ ranked: RankedTile, _ rows: Range<Int>, _ columns: (own: Range<Int>, first: Int),
    _ place: Place, _ table: KernelTable, into output: SampleBuffer
  ) {
    ranked.rank(
      place.gathered.bytes.assumingMemoryBound(to: UInt16.self),
      rows: rows.count + geometry.windowHeight - 1)
    medianTile(ranked.bytes, below: ranked.below, rows.count, place, table)
    let own = (columns.own.lowerBound - columns.first)..<width
    for y in 0..<rows.count {
      ranked.finish(
        row: y, columns: own,
        shelf: place.medians.bytes.assumingMemoryBound(to: UInt8.self) + y * width,
        below: ranked.below.bytes.assumingMemoryBound(to: UInt16.self) + y * width,
        windowWidth: geometry.windowWidth, windowHeight: geometry.windowHeight,
        into: output.bytes.assumingMemoryBound(to: UInt16.self)
          + (rows.lowerBound + y) * geometry.outputWidth + columns.own.lowerBound)
    }
  }

  private func rows(_ tile: Int) -> Range<Int> {
    let first = tile / tilesPerRow * height
    return first..<min(first + height, geometry.outputHeight)
  }

  /// The columns that a tile is for, and where it begins: all tiles are of one width, so the last one
  /// of a row begins within the one before.
  private func columns(_ tile: Int) -> (own: Range<Int>, first: Int) {
    let start = tile % tilesPerRow * width
    let own = start..<min(start + width, geometry.outputWidth)
    return (own, own.upperBound - width)
  }

  private func gather(
    _ source: PlaneRows, _ rows: Range<Int>, _ firstColumn: Int,
    into target: UnsafeMutableRawPointer
  ) {
    let columns = firstColumn..<(firstColumn + width + geometry.windowWidth - 1)
    for i in 0..<(rows.count + geometry.windowHeight - 1) {
      geometry.gather(
        row: rows.lowerBound + i, columns: columns, of: source, bytesPerSample: bytesPerSample,
        border: border, into: target + i * stride * bytesPerSample)
    }
  }
}
