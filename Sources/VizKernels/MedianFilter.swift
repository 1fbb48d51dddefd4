/// The median of every window of whole-number samples, for windows of an odd number of samples.
///
///     out[y, x] = the (n + 1)/2-th smallest of the n samples of window(y, x)
///
/// Windows of 3×3 and 5×5 share what they sort with their neighbours, two rows at a time; all others
/// count, a tile at a time, which samples lie below a level. Windows of one sample are copied.
package struct MedianFilter: Sendable {
  private enum Way {
    case copy, pairs, tiles
  }

  /// 0 UInt8, 1 UInt16, 2 Int16.
  package let sampleCode: Int
  package let geometry: WindowGeometry
  package let border: UInt32
  private let way: Way

  private var bytesPerSample: Int { sampleCode == 0 ? 1 : 2 }

  package init(sampleCode: Int, geometry: WindowGeometry, border: UInt32) {
    self.sampleCode = sampleCode
    self.geometry = geometry
    self.border = border
    let (width, height) = (geometry.windowWidth, geometry.windowHeight)
    precondition(width * height % 2 == 1, "the median of \(width * height) samples")
    way =
      switch (width, height) {
      case (1, 1): .copy
      case (3, 3), (5, 5): .pairs
      default: .tiles
      }
  }

  private func sourceRows(_ source: SampleBuffer) -> PlaneRows {
    PlaneRows(source, rowBytes: geometry.sourceWidth * bytesPerSample)
  }

  package func run(_ source: SampleBuffer, into output: SampleBuffer, execution: Execution) {
    switch way {
    case .copy: copy(source, into: output)
    case .pairs: runPairs(source, into: output, execution)
    case .tiles:
      MedianTiles(sampleCode: sampleCode, geometry: geometry, border: border)
        .run(source, into: output, execution)
    }
  }

  private func copy(_ source: SampleBuffer, into output: SampleBuffer) {
    let (rows, width) = (sourceRows(source), geometry.outputWidth)
    for y in 0..<geometry.outputHeight {
      geometry.gather(
        row: y, columns: 0..<width, of: rows, bytesPerSample: bytesPerSample, border: border,
        into: output.bytes + y * width * bytesPerSample)
    }
  }

  /// Two rows of output at a time; the second of the last two may be none.
  private func runPairs(
    _ source: SampleBuffer, into output: SampleBuffer, _ execution: Execution
  ) {
    let (width, height) = (geometry.outputWidth, geometry.outputHeight)
    let rowBytes = width * bytesPerSample
    let bands = execution.bands(rows: (height + 1) / 2, samplesPerRow: 2 * width)
    ThreadPool.run(count: bands.count, jobs: execution.jobs) { band in
      let rows = 2 * bands[band].lowerBound..<min(2 * bands[band].upperBound, height)
      let spare = SampleBuffer(byteCount: rowBytes)
      let target = { (y: Int) in
        y < height ? output.bytes + y * rowBytes : spare.bytes
      }
      if geometry.windowWidth == 3 {
        for strip in strips {
          run3(strip, of: rows, sourceRows(source), target, execution.kernels)
        }
      } else {
        run5(rows, of: sourceRows(source), target, execution.kernels)
      }
    }
  }

  /// Columns whose lists lie side by side, about as many in each strip.
  private var strips: [Range<Int>] {
    let width = geometry.outputWidth
    let count = (width + Self.widestStrip - 1) / Self.widestStrip
    let step = ((width + count - 1) / count + 63) / 64 * 64
    return stride(from: 0, to: width, by: step).map { $0..<min($0 + step, width) }
  }

  private static let widestStrip = 2048
  /// Samples of the lists of two rows, as the row kernel lays them out.
  private static let pairOfLists = 6 * 2080

  private func run3(
    _ columns: Range<Int>, of rows: Range<Int>, _ source: PlaneRows,
    _ target: (Int) -> UnsafeMutableRawPointer, _ kernels: KernelTable
  ) {
    var reader = reader(of: source, firstRow: rows.lowerBound, columns: columns)
    let pairBytes = Self.pairOfLists * bytesPerSample
    let lists = SampleBuffer(byteCount: 2 * pairBytes)
    var (above, below) = (lists.bytes, lists.bytes + pairBytes)
    func sort(rows: Range<Int>, into pair: UnsafeMutableRawPointer) {
      for segment in reader.segments {
        let first = (segment.columns.lowerBound - columns.lowerBound) * bytesPerSample
        for (i, row) in rows.enumerated() {
          kernels.sortTriplesRow(
            sampleCode, segment.rows[row], segment.columns.count,
            pair + i * pairBytes / 2 + first)
        }
      }
    }
    for y in stride(from: rows.lowerBound, to: rows.upperBound, by: 2) {
      reader.move(to: y)
      if y == rows.lowerBound { sort(rows: 0..<2, into: above) }
      sort(rows: 2..<4, into: below)
      let first = columns.lowerBound * bytesPerSample
      kernels.median3Rows(
        sampleCode, above, below, columns.count, target(y) + first, target(y + 1) + first)
      swap(&above, &below)
    }
  }

  private func run5(
    _ rows: Range<Int>, of source: PlaneRows, _ target: (Int) -> UnsafeMutableRawPointer,
    _ kernels: KernelTable
  ) {
    var reader = reader(of: source, firstRow: rows.lowerBound)
    let scratch = SampleBuffer(byteCount: 18 * 288 * bytesPerSample)
    for y in stride(from: rows.lowerBound, to: rows.upperBound, by: 2) {
      reader.move(to: y)
      for segment in reader.segments {
        let first = segment.columns.lowerBound * bytesPerSample
        kernels.median5Rows(
          sampleCode, segment.rows, segment.columns.count, scratch.bytes, target(y) + first,
          target(y + 1) + first)
      }
    }
  }

  /// Windows with one more row, which are two windows.
  private func reader(
    of source: PlaneRows, firstRow: Int, columns: Range<Int>? = nil
  ) -> WindowReader {
    WindowReader(
      geometry.withOneMoreWindowRow(), source: source, bytesPerSample: bytesPerSample,
      border: border, firstRow: firstRow, columns: columns)
  }
}
