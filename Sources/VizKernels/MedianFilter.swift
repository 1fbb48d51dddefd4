/// The median of every window of whole-number samples, for windows of an odd number of samples.
///
///     out[y, x] = the (n + 1)/2-th smallest of the n samples of window(y, x)
///
/// Small windows go through the vector kernel, one row at a time; large ones through a histogram
/// that moves along the row (Huang, Yang & Tang 1979), whose cost grows with the window's height
/// only.
package struct MedianFilter: Sendable {
  /// 0 UInt8, 1 UInt16, 2 Int16.
  package let sampleCode: Int
  package let geometry: WindowGeometry
  package let border: UInt32

  /// Windows up to this many samples are sorted by vectors.
  package static let largestSorted = 49

  package init(sampleCode: Int, geometry: WindowGeometry, border: UInt32) {
    self.sampleCode = sampleCode
    let windowCount = geometry.windowWidth * geometry.windowHeight
    precondition(windowCount % 2 == 1, "the median of \(windowCount) samples")
    self.geometry = windowCount <= Self.largestSorted ? geometry : geometry.gatheringEveryRow()
    self.border = border
  }

  package func run(_ source: SampleBuffer, into output: SampleBuffer, execution: Execution) {
    let bands = execution.bands(rows: geometry.outputHeight, samplesPerRow: geometry.outputWidth)
    ThreadPool.run(count: bands.count, jobs: execution.jobs) { band in
      let step = sampleCode == 0 ? 1 : 2
      let rowBytes = geometry.outputWidth * step
      var reader = WindowReader(
        geometry, source: source.bytes, bytesPerSample: step, border: border,
        firstRow: bands[band].lowerBound)
      let windowCount = geometry.windowWidth * geometry.windowHeight
      var histogram = MovingHistogram()
      for y in bands[band] {
        reader.move(to: y)
        let row = output.bytes + y * rowBytes
        if windowCount <= Self.largestSorted {
          sort(reader, step, windowCount, into: row, execution.kernels)
        } else {
          switch sampleCode {
          case 0: count(UInt8.self, reader, &histogram, into: row)
          case 1: count(UInt16.self, reader, &histogram, into: row)
          default: count(Int16.self, reader, &histogram, into: row)
          }
        }
      }
    }
  }

  private func sort(
    _ reader: borrowing WindowReader, _ step: Int, _ windowCount: Int,
    into row: UnsafeMutableRawPointer, _ table: KernelTable
  ) {
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
