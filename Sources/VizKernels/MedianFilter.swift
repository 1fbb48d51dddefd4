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
    let pairs = geometry.withOneMoreWindowRow()
    let rowBytes = width * bytesPerSample
    let bands = execution.bands(rows: (height + 1) / 2, samplesPerRow: 2 * width)
    ThreadPool.run(count: bands.count, jobs: execution.jobs) { band in
      let rows = 2 * bands[band].lowerBound..<min(2 * bands[band].upperBound, height)
      var reader = WindowReader(
        pairs, source: sourceRows(source), bytesPerSample: bytesPerSample, border: border,
        firstRow: rows.lowerBound)
      let scratch = SampleBuffer(byteCount: 18 * 288 * bytesPerSample)
      let spare = SampleBuffer(byteCount: rowBytes)
      for y in stride(from: rows.lowerBound, to: rows.upperBound, by: 2) {
        reader.move(to: y)
        let upper = output.bytes + y * rowBytes
        let lower = y + 1 < height ? upper + rowBytes : spare.bytes
        for segment in reader.segments {
          let first = segment.columns.lowerBound * bytesPerSample
          execution.kernels.medianSquareRows(
            sampleCode, geometry.windowWidth, segment.rows, segment.columns.count, scratch.bytes,
            upper + first, lower + first)
        }
      }
    }
  }
}
