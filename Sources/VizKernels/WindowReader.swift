/// Hands out the windows of one output row after the other as pointers, so that a kernel never
/// sees a border.
///
/// Rows are gathered into a ring of rows beside the source, border columns and all, widened to the
/// type of the sums on the way; moving down gathers only the new rows. Where samples need no
/// widening, interior columns may point into the source instead, and only the few columns at the
/// left and right whose windows leave it are gathered. Rows outside the source are other rows of it,
/// or one row of the border value. Nothing as large as the image is ever copied.
struct WindowReader: ~Copyable {
  /// Output columns that are read from one place.
  struct Segment {
    let columns: Range<Int>
    /// For each row of the window: where the window of the segment's first column starts.
    let rows: UnsafeMutablePointer<UnsafeRawPointer>
    /// The ring of gathered rows; nil where the source itself is read.
    let ring: UnsafeMutableRawPointer?
    /// Samples of a row that the segment's windows cover.
    let width: Int
  }

  /// Samples become numbers of an accumulator's type while they are gathered.
  struct Widening {
    let sampleCode: Int
    let accumulator: AccumulatorType
    let table: KernelTable
  }

  let segments: [Segment]
  private let geometry: WindowGeometry
  private let source: PlaneRows
  private let bytesPerSample: Int
  private let widening: Widening?
  private let border: UInt32
  /// A row of the border value, and the place where columns are put together before widening.
  private let borderRow: UnsafeMutableRawPointer
  private let scratch: UnsafeMutableRawPointer
  /// Rows of the ring: a window's, those of the outputs below that come with it, and the one that the
  /// window has just left.
  private let ringRows: Int
  /// The next row of `rowMap` that has not been gathered yet.
  private var nextGathered: Int

  /// A reader of output rows from `firstRow` on.
  ///
  /// `border` is the bit pattern of a border sample, `columns` the output columns to read, all by
  /// default, and `rowsAtOnce` the most output rows of one `move`.
  init(
    _ geometry: WindowGeometry, source: PlaneRows, bytesPerSample: Int, border: UInt32,
    firstRow: Int, columns: Range<Int>? = nil, rowsAtOnce: Int = 1, widening: Widening? = nil
  ) {
    self.geometry = geometry
    self.source = source
    self.bytesPerSample = bytesPerSample
    self.border = border
    self.widening = widening
    nextGathered = firstRow
    ringRows = geometry.windowHeight + rowsAtOnce
    let columns = columns ?? 0..<geometry.outputWidth
    let interior =
      widening == nil
      ? Self.inPlace(geometry.interior.clamped(to: columns), of: columns, bytesPerSample) : 0..<0
    let ranges =
      interior.isEmpty
      ? [(columns, false)]
      : [
        (columns.lowerBound..<interior.lowerBound, false), (interior, true),
        (interior.upperBound..<columns.upperBound, false),
      ]
    let step = widening?.accumulator.byteCount ?? bytesPerSample
    let (capacity, windowWidth) = (ringRows, geometry.windowWidth)
    segments = ranges.filter { !$0.0.isEmpty }.map { columns, inPlace in
      let width = columns.count + windowWidth - 1
      let rows = UnsafeMutablePointer<UnsafeRawPointer>.allocate(capacity: capacity)
      rows.initialize(repeating: UnsafeRawPointer(source.start), count: capacity)
      return Segment(
        columns: columns, rows: rows,
        ring: inPlace ? nil : .allocate(byteCount: capacity * width * step, alignment: 64),
        width: width)
    }
    let widest = max(geometry.sourceWidth, geometry.columnMap.count) * bytesPerSample
    scratch = .allocate(byteCount: widest, alignment: 64)
    let hasBorder = geometry.rowMap.contains { $0 < 0 }
    borderRow = .allocate(byteCount: hasBorder ? widest : 1, alignment: 64)
    if hasBorder {
      WindowGeometry.fill(
        borderRow, count: widest / bytesPerSample, bytesPerSample: bytesPerSample, border: border)
    }
  }

  /// The interior columns that are read in place: what is gathered at the left and right of them is
  /// a vector wide at least, which takes no longer than a single column, and stores stay aligned.
  private static func inPlace(
    _ interior: Range<Int>, of columns: Range<Int>, _ bytesPerSample: Int
  ) -> Range<Int> {
    let lanes = vectorBytes / bytesPerSample
    let left = interior.lowerBound - columns.lowerBound
    let first = columns.lowerBound + (left + lanes - 1) / lanes * lanes
    var end = first + max(0, interior.upperBound - first) / lanes * lanes
    if columns.upperBound - end < lanes, end < columns.upperBound { end -= lanes }
    return end - first >= 4 * lanes ? first..<end : 0..<0
  }

  private static let vectorBytes = 64

  deinit {
    for segment in segments {
      segment.rows.deallocate()
      segment.ring?.deallocate()
    }
    scratch.deallocate()
    borderRow.deallocate()
  }

  /// Points every segment's rows at the windows of output row `y` and the `rowsAtOnce − 1` below it;
  /// rows come in ascending order.
  mutating func move(to y: Int, rowsAtOnce: Int = 1) {
    let height = geometry.windowHeight + rowsAtOnce - 1
    if nextGathered < y { nextGathered = y }
    // One division for all rows: it takes as long as dozens of other instructions.
    var slot = nextGathered % ringRows
    while nextGathered < y + height {
      for segment in segments where segment.ring != nil {
        gather(nextGathered, into: segment, slot: slot)
      }
      nextGathered += 1
      slot = slot + 1 == ringRows ? 0 : slot + 1
    }
    let first = y % ringRows
    for segment in segments {
      if let ring = segment.ring {
        let rowBytes = ringRowBytes(segment)
        for i in 0..<height {
          let slot = first + i < ringRows ? first + i : first + i - ringRows
          segment.rows[i] = UnsafeRawPointer(ring + slot * rowBytes)
        }
      } else {
        let start = geometry.columnMap[segment.columns.lowerBound] * bytesPerSample
        for i in 0..<height { segment.rows[i] = sourceRow(y + i) + start }
      }
    }
  }

  private func sourceRow(_ i: Int) -> UnsafeRawPointer {
    let row = geometry.rowMap[i]
    return UnsafeRawPointer(row < 0 ? borderRow : source.row(row))
  }

  private func ringRowBytes(_ segment: Segment) -> Int {
    segment.width * (widening?.accumulator.byteCount ?? bytesPerSample)
  }

  private func gather(_ i: Int, into segment: Segment, slot: Int) {
    guard let ring = segment.ring else { return }
    let first = segment.columns.lowerBound
    let target = ring + slot * ringRowBytes(segment)
    geometry.gather(
      row: i, columns: first..<first + segment.width, of: source, bytesPerSample: bytesPerSample,
      border: border, into: widening == nil ? target : scratch)
    guard let widening else { return }
    widening.table.widenRow(
      widening.sampleCode, widening.accumulator.rawValue, scratch, segment.width, target)
  }
}
