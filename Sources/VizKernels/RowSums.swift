/// The sums of a few output rows after the others, by whichever way each kernel takes.
struct RowSums: ~Copyable {
  /// Output rows that dense kernels are summed for at a time.
  static let rowsAtOnce = 4

  private let convolution: Convolution
  private let table: KernelTable
  private let firstColumn: Int
  private let windowWidth: Int
  private let windowHeight: Int
  private let accumulator: AccumulatorType
  private let sums: [Sum]
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
    let geometry = convolution.geometry
    windowWidth = geometry.windowWidth
    windowHeight = geometry.windowHeight
    accumulator = convolution.accumulator
    sums = convolution.kernels.map(Sum.init)
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

  /// Fills rows that are `stride` bytes apart with the sums of a kernel, in the accumulator's type.
  ///
  /// Where `fillsGaps`, what lies between the rows may be written too, which takes less time.
  mutating func sum(
    _ kernel: Int, into out: UnsafeMutableRawPointer, stride: Int, fillsGaps: Bool
  ) {
    for segment in windows.segments {
      let target = out + (segment.columns.lowerBound - firstColumn) * step
      switch sums[kernel] {
      case .direct(let taps):
        sum(
          taps, width: windowWidth, segment.rows, segment.columns.count, target, stride)
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

  private var step: Int { accumulator.byteCount }

  /// Over the windows of `count` output rows.
  private func sum(
    _ taps: Taps, width: Int, _ rows: UnsafeMutablePointer<UnsafeRawPointer>, _ columns: Int,
    _ out: UnsafeMutableRawPointer, _ stride: Int
  ) {
    if case .dense(let taps) = taps {
      return table.correlateRows(
        holdsBytes, accumulator.rawValue, rows, taps, windowHeight, width, count, columns, out,
        stride)
    }
    for r in 0..<count { sum(taps, rows + r, columns, out + r * stride) }
  }

  /// Over one row of windows, whose first columns start at `rows`.
  private func sum(
    _ taps: Taps, _ rows: UnsafePointer<UnsafeRawPointer>, _ columns: Int,
    _ out: UnsafeMutableRawPointer
  ) {
    switch taps {
    case .dense(let taps):
      table.correlateRows(
        false, accumulator.rawValue, rows, taps, 1, windowWidth, 1, columns, out, 0)
    case .sparse(let taps, let places):
      withSources(places, rows) {
        table.accumulateRow(accumulator.rawValue, $0, taps, places.count, columns, out)
      }
    case .groups(let groups, let groupCount, let places):
      withSources(places, rows) {
        table.addRows(accumulator.rawValue, $0, groups, groupCount, columns, out)
      }
    }
  }

  /// Where each tap starts to read.
  @inline(__always)
  private func withSources(
    _ places: PlacesInMemory, _ rows: UnsafePointer<UnsafeRawPointer>,
    _ body: (UnsafePointer<UnsafeRawPointer>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: max(places.count, 1)) {
      guard let sources = $0.baseAddress else { return }
      for t in 0..<places.count {
        sources[t] = rows[places.numbers[2 * t]] + places.numbers[2 * t + 1] * step
      }
      body(sources)
    }
  }
}

// What `KernelSum` says, as places in memory that its owner keeps. A loop copies these without counting
// references; the counts would wander between the cores of all threads that filter with one kernel.

private enum Sum {
  case direct(Taps)
  case separable(column: Taps, row: Taps)
  case running(weight: Int)

  init(_ sum: KernelSum) {
    switch sum {
    case .direct(let taps): self = .direct(Taps(taps))
    case .separable(let column, let row): self = .separable(column: Taps(column), row: Taps(row))
    case .running(let weight): self = .running(weight: weight)
    }
  }
}

private enum Taps {
  case dense(UnsafeRawPointer)
  case sparse(UnsafeRawPointer, PlacesInMemory)
  case groups(UnsafePointer<Int>, Int, PlacesInMemory)

  init(_ list: TapList) {
    switch list {
    case .dense(let taps): self = .dense(taps.bytes)
    case .sparse(let taps, let places): self = .sparse(taps.bytes, PlacesInMemory(places))
    case .groups(let list):
      self = .groups(
        list.groups.bytes.assumingMemoryBound(to: Int.self), list.groupCount,
        PlacesInMemory(list.places))
    }
  }
}

private struct PlacesInMemory {
  let numbers: UnsafePointer<Int>
  let count: Int

  init(_ places: TapPlaces) {
    numbers = UnsafePointer(places.numbers.bytes.assumingMemoryBound(to: Int.self))
    count = places.count
  }
}
