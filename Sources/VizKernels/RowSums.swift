/// The sums of a few output rows after the others, by whichever way each kernel takes.
struct RowSums: ~Copyable {
  /// Output rows that dense kernels are summed for at a time.
  static let rowsAtOnce = 4

  private let convolution: Convolution
  private let table: KernelTable
  private let firstColumn: Int
  /// Whether the windows hold bytes, not numbers of the accumulator's type.
  private let holdsBytes: Bool
  private var windows: WindowReader
  private var count = 1
  /// Sums down the columns, for one kernel at a time.
  private let columnSums: SampleBuffer
  /// Bytes from one row of sums to the next, in memory of this object or of a caller who has its rows
  /// filled with their gaps.
  let stride: Int
  private var running: RunningSums?

  init(
    _ convolution: Convolution, _ source: PlaneRows, firstRow: Int, columns: Range<Int>,
    _ table: KernelTable
  ) {
    self.convolution = convolution
    self.table = table
    firstColumn = columns.lowerBound
    let accumulator = convolution.accumulator
    let geometry = convolution.geometry
    holdsBytes = convolution.startsFromBytes
    let usesRunning = convolution.kernels.contains { if case .running = $0 { true } else { false } }
    windows = WindowReader(
      holdsBytes ? geometry.gatheringEveryRow() : geometry, source: source,
      bytesPerSample: Convolution.byteCount(convolution.sourceCode), border: convolution.border,
      firstRow: firstRow, columns: columns, rowsAtOnce: Self.rowsAtOnce,
      widening: holdsBytes || convolution.readsInPlace
        ? nil
        : .init(sampleCode: convolution.sourceCode, accumulator: accumulator, table: table))
    let width = columns.count + geometry.windowWidth - 1
    stride = (width * accumulator.byteCount + 63) & ~63
    let isSeparable = convolution.kernels.contains {
      if case .separable = $0 { true } else { false }
    }
    columnSums = SampleBuffer(byteCount: isSeparable ? Self.rowsAtOnce * stride : 0)
    running =
      usesRunning
      ? RunningSums(
        width: width, windowWidth: geometry.windowWidth, windowHeight: geometry.windowHeight,
        accumulator: accumulator, table) : nil
  }

  /// Makes output row `y` and the `rowsAtOnce − 1` below it those that `sum` works on; rows come in
  /// ascending order.
  mutating func move(to y: Int, rowsAtOnce: Int) {
    windows.move(to: y, rowsAtOnce: rowsAtOnce)
    count = rowsAtOnce
  }

  /// Fills rows that are `stride` bytes apart with the sums of one kernel, in the accumulator's type.
  ///
  /// Where `fillsGaps`, what lies between the rows may be written too, which takes less time.
  mutating func sum(
    _ kernel: KernelSum, into out: UnsafeMutableRawPointer, stride: Int, fillsGaps: Bool
  ) {
    let geometry = convolution.geometry
    for segment in windows.segments {
      let target = out + (segment.columns.lowerBound - firstColumn) * step
      switch kernel {
      case .direct(let taps):
        sum(
          taps, width: geometry.windowWidth, segment.rows, segment.columns.count, target, stride)
      case .separable(let column, let row):
        sum(column, width: 1, segment.rows, segment.width, columnSums.bytes, self.stride)
        var start = UnsafeRawPointer(columnSums.bytes)
        if fillsGaps, stride == self.stride, windows.segments.count == 1 {
          // All rows as one, with sums of no meaning in between.
          let gaps = (count - 1) * stride / step
          sum(row, &start, gaps + segment.columns.count, target)
        } else {
          for r in 0..<count {
            start = UnsafeRawPointer(columnSums.bytes + r * self.stride)
            sum(row, &start, segment.columns.count, target + r * stride)
          }
        }
      case .running(let weight):
        for r in 0..<count {
          running?.move(to: segment.rows + r)
          running?.sum(weight: weight, count: segment.columns.count, into: target + r * stride)
        }
      }
    }
  }

  private var step: Int { convolution.accumulator.byteCount }

  /// Over the windows of `count` output rows.
  private func sum(
    _ taps: TapList, width: Int, _ rows: UnsafeMutablePointer<UnsafeRawPointer>, _ columns: Int,
    _ out: UnsafeMutableRawPointer, _ stride: Int
  ) {
    let height = convolution.geometry.windowHeight
    if case .dense(let taps) = taps {
      return table.correlateRows(
        holdsBytes, convolution.accumulator.rawValue, rows, taps.bytes, height, width, count,
        columns, out, stride)
    }
    for r in 0..<count { sum(taps, rows + r, columns, out + r * stride) }
  }

  /// Over one row of windows, whose first columns start at `rows`.
  private func sum(
    _ taps: TapList, _ rows: UnsafePointer<UnsafeRawPointer>, _ columns: Int,
    _ out: UnsafeMutableRawPointer
  ) {
    let accumulator = convolution.accumulator.rawValue
    switch taps {
    case .dense(let taps):
      table.correlateRows(
        false, accumulator, rows, taps.bytes, 1, convolution.geometry.windowWidth, 1, columns, out,
        0)
    case .sparse(let taps, let tapRows, let tapColumns):
      withSources(tapRows.count, { rows[tapRows[$0]] + tapColumns[$0] * step }) {
        table.accumulateRow(accumulator, $0, taps.bytes, tapRows.count, columns, out)
      }
    case .groups(let list):
      withSources(list.rows.count, { rows[list.rows[$0]] + list.columns[$0] * step }) { sources in
        list.groups.withUnsafeBufferPointer { groups in
          guard let start = groups.baseAddress else { return }
          table.addRows(accumulator, sources, start, groups.count / 3, columns, out)
        }
      }
    }
  }

  /// Where each tap starts to read.
  @inline(__always)
  private func withSources(
    _ count: Int, _ source: (Int) -> UnsafeRawPointer,
    _ body: (UnsafePointer<UnsafeRawPointer>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: max(count, 1)) {
      guard let sources = $0.baseAddress else { return }
      for t in 0..<count { sources[t] = source(t) }
      body(sources)
    }
  }
}
