/// The median of every window of whole-number samples, for windows of an odd number of samples.
///
///     out[y, x] = the (n + 1)/2-th smallest of the n samples of window(y, x)
///
/// Three ways: windows of 3×3 and 5×5 share what they sort with their neighbours, two rows at a time;
/// other small windows are sorted each by itself; large ones go through a histogram that moves along
/// the row (Huang, Yang & Tang 1979), whose cost grows with the window's height only.
package struct MedianFilter: Sendable {
  private enum Way {
    case pairs, sorted, histogram
  }

  /// 0 UInt8, 1 UInt16, 2 Int16.
  package let sampleCode: Int
  package let geometry: WindowGeometry
  package let border: UInt32
  private let way: Way

  /// Windows up to this many samples are sorted.
  package static let largestSorted = 49

  private var bytesPerSample: Int { sampleCode == 0 ? 1 : 2 }

  package init(sampleCode: Int, geometry: WindowGeometry, border: UInt32) {
    self.sampleCode = sampleCode
    self.geometry = geometry
    self.border = border
    let (width, height) = (geometry.windowWidth, geometry.windowHeight)
    precondition(width * height % 2 == 1, "the median of \(width * height) samples")
    way =
      width == height && (width == 3 || width == 5)
      ? .pairs : width * height <= Self.largestSorted ? .sorted : .histogram
  }

  private func sourceRows(_ source: SampleBuffer) -> PlaneRows {
    PlaneRows(source, rowBytes: geometry.sourceWidth * bytesPerSample)
  }

  package func run(_ source: SampleBuffer, into output: SampleBuffer, execution: Execution) {
    switch way {
    case .pairs: runPairs(source, into: output, execution)
    case .sorted: runRows(geometry, source, into: output, execution)
    case .histogram: runRows(geometry.gatheringEveryRow(), source, into: output, execution)
    }
  }

  /// Two rows of output at a time; the second of the last two may be none.
  private func runPairs(
    _ source: SampleBuffer, into output: SampleBuffer, _ execution: Execution
  ) {
    let (width, height) = (geometry.outputWidth, geometry.outputHeight)
    let pairs = geometry.withOneMoreWindowRow().gatheringEveryRow()
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
        execution.kernels.medianSquareRows(
          sampleCode, geometry.windowWidth, reader.segments[0].rows, width, scratch.bytes, upper,
          y + 1 < height ? upper + rowBytes : spare.bytes)
      }
    }
  }

  private func runRows(
    _ geometry: WindowGeometry, _ source: SampleBuffer, into output: SampleBuffer,
    _ execution: Execution
  ) {
    let bands = execution.bands(rows: geometry.outputHeight, samplesPerRow: geometry.outputWidth)
    ThreadPool.run(count: bands.count, jobs: execution.jobs) { band in
      var reader = WindowReader(
        geometry, source: sourceRows(source), bytesPerSample: bytesPerSample, border: border,
        firstRow: bands[band].lowerBound)
      var histogram = MovingHistogram()
      for y in bands[band] {
        reader.move(to: y)
        let row = output.bytes + y * geometry.outputWidth * bytesPerSample
        switch (way, sampleCode) {
        case (.sorted, _): sort(reader, into: row, execution.kernels)
        case (_, 0): count(UInt8.self, reader, &histogram, into: row)
        case (_, 1): count(UInt16.self, reader, &histogram, into: row)
        default: count(Int16.self, reader, &histogram, into: row)
        }
      }
    }
  }

  private func sort(
    _ reader: borrowing WindowReader, into row: UnsafeMutableRawPointer, _ table: KernelTable
  ) {
    let (step, windowCount) = (bytesPerSample, geometry.windowWidth * geometry.windowHeight)
    withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: windowCount) {
      guard let sources = $0.baseAddress else { return }
      for segment in reader.segments {
        var t = 0
        for ky in 0..<geometry.windowHeight {
          for kx in 0..<geometry.windowWidth {
            sources[t] = segment.rows[ky] + kx * step
            t += 1
          }
        }
        let target = row + segment.columns.lowerBound * step
        if windowCount == 1 {
          target.copyMemory(from: sources[0], byteCount: segment.columns.count * step)
        } else {
          table.medianRow(sampleCode, sources, windowCount, segment.columns.count, target)
        }
      }
    }
  }

  /// Adds the column that enters the window, takes away the one that leaves it.
  private func count<S: FixedWidthInteger>(
    _: S.Type, _ reader: borrowing WindowReader, _ histogram: inout MovingHistogram,
    into row: UnsafeMutableRawPointer
  ) {
    let out = row.assumingMemoryBound(to: S.self)
    let rows = reader.segments[0].rows
    let (width, height) = (geometry.windowWidth, geometry.windowHeight)
    let middle = width * height / 2
    func each(_ column: Int, _ body: (Int) -> Void) {
      for ky in 0..<height {
        body(Int(rows[ky].assumingMemoryBound(to: S.self)[column]) - Int(S.min))
      }
    }
    for column in 0..<width { each(column) { histogram.add($0) } }
    for x in 0..<geometry.outputWidth {
      out[x] = S(truncatingIfNeeded: histogram.value(ofRank: middle) + Int(S.min))
      each(x) { histogram.remove($0) }
      if x + 1 < geometry.outputWidth { each(x + width) { histogram.add($0) } }
    }
    for column in geometry.outputWidth..<(geometry.outputWidth + width - 1) {
      each(column) { histogram.remove($0) }
    }
  }
}

/// Counts of up to 65,536 values, with a coarse count of every 256 of them to find a rank quickly.
struct MovingHistogram {
  private var fine = [Int32](repeating: 0, count: 65_536)
  private var coarse = [Int32](repeating: 0, count: 256)

  mutating func add(_ value: Int) {
    fine[value] += 1
    coarse[value >> 8] += 1
  }

  mutating func remove(_ value: Int) {
    fine[value] -= 1
    coarse[value >> 8] -= 1
  }

  /// The value with exactly `rank` or fewer counted values below it.
  func value(ofRank rank: Int) -> Int {
    var left = Int32(rank)
    var page = 0
    while left >= coarse[page] {
      left -= coarse[page]
      page += 1
    }
    var value = page << 8
    while left >= fine[value] {
      left -= fine[value]
      value += 1
    }
    return value
  }
}
