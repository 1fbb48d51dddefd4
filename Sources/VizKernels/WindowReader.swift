/// Hands out the windows of one output row after the other as pointers, so that a kernel never
/// sees a border.
///
/// Interior columns point into the source. The few columns at the left and right whose windows
/// leave the source point into strips beside it: one gathered row for each row of the window, kept
/// in a ring, so that moving down gathers one new row. Rows outside the source are other rows of
/// it, or one row of the border value. Nothing as large as the image is ever copied.
struct WindowReader: ~Copyable {
  /// Output columns that are read from one place.
  struct Segment {
    let columns: Range<Int>
    /// For each window row: where the window of the segment's first column starts.
    let rows: UnsafeMutablePointer<UnsafeRawPointer>
    /// The ring of gathered rows; nil where the source itself is read.
    let strip: UnsafeMutableRawPointer?
    var stripWidth: Int { columns.count + windowWidth - 1 }
    let windowWidth: Int
  }

  let segments: [Segment]
  private let geometry: WindowGeometry
  private let source: UnsafeRawPointer
  private let bytesPerSample: Int
  private let border: UInt32
  private let borderRow: UnsafeMutableRawPointer
  /// The next row of `rowMap` that the strips have not gathered yet.
  private var nextGathered = 0

  /// A reader from output row `firstRow` on; `border` is the bit pattern of a border sample.
  init(
    _ geometry: WindowGeometry, source: UnsafeRawPointer, bytesPerSample: Int, border: UInt32,
    firstRow: Int
  ) {
    self.geometry = geometry
    self.source = source
    self.bytesPerSample = bytesPerSample
    self.border = border
    nextGathered = firstRow
    let width = geometry.outputWidth
    let interior = geometry.interior
    let ranges =
      interior.isEmpty
      ? [(0..<width, false)]
      : [(0..<interior.lowerBound, false), (interior, true), (interior.upperBound..<width, false)]
    segments = ranges.filter { !$0.0.isEmpty }.map { columns, inPlace in
      let stripBytes =
        geometry.windowHeight * (columns.count + geometry.windowWidth - 1) * bytesPerSample
      return Segment(
        columns: columns, rows: .allocate(capacity: geometry.windowHeight),
        strip: inPlace ? nil : .allocate(byteCount: stripBytes, alignment: 64),
        windowWidth: geometry.windowWidth)
    }
    let hasBorder = geometry.rowMap.contains { $0 < 0 }
    let borderCount = hasBorder ? geometry.sourceWidth : 0
    borderRow = .allocate(byteCount: max(borderCount, 1) * bytesPerSample, alignment: 64)
    fill(borderRow, count: borderCount)
  }

  deinit {
    for segment in segments {
      segment.rows.deallocate()
      segment.strip?.deallocate()
    }
    borderRow.deallocate()
  }

  /// Points every segment's rows at the windows of output row `y`; rows come in ascending order.
  mutating func move(to y: Int) {
    let height = geometry.windowHeight
    if nextGathered < y { nextGathered = y }
    while nextGathered < y + height {
      for segment in segments where segment.strip != nil { gather(nextGathered, into: segment) }
      nextGathered += 1
    }
    for segment in segments {
      for ky in 0..<height {
        segment.rows[ky] = rowStart(y + ky, segment)
      }
    }
  }

  private func rowStart(_ i: Int, _ segment: Segment) -> UnsafeRawPointer {
    if let strip = segment.strip {
      let slot = i % geometry.windowHeight
      return UnsafeRawPointer(strip + slot * segment.stripWidth * bytesPerSample)
    }
    let row = geometry.rowMap[i]
    let start = row < 0 ? UnsafeRawPointer(borderRow) : source + row * rowBytes
    return start + geometry.columnMap[segment.columns.lowerBound] * bytesPerSample
  }

  private var rowBytes: Int { geometry.sourceWidth * bytesPerSample }

  private func gather(_ i: Int, into segment: Segment) {
    guard let strip = segment.strip else { return }
    let target = strip + (i % geometry.windowHeight) * segment.stripWidth * bytesPerSample
    let row = geometry.rowMap[i]
    guard row >= 0 else {
      fill(target, count: segment.stripWidth)
      return
    }
    let first = segment.columns.lowerBound
    let columns = first..<(first + segment.stripWidth)
    switch bytesPerSample {
    case 1: gather(UInt8.self, source + row * rowBytes, columns, target)
    case 2: gather(UInt16.self, source + row * rowBytes, columns, target)
    default: gather(UInt32.self, source + row * rowBytes, columns, target)
    }
  }

  @inline(__always)
  private func gather<Bits: FixedWidthInteger>(
    _: Bits.Type, _ row: UnsafeRawPointer, _ columns: Range<Int>,
    _ target: UnsafeMutableRawPointer
  ) {
    let row = row.assumingMemoryBound(to: Bits.self)
    let target = target.assumingMemoryBound(to: Bits.self) - columns.lowerBound
    func each(_ columns: Range<Int>) {
      for i in columns {
        let column = geometry.columnMap[i]
        target[i] = column < 0 ? Bits(truncatingIfNeeded: border) : row[column]
      }
    }
    let run = geometry.consecutiveColumns.clamped(to: columns)
    each(columns.lowerBound..<run.lowerBound)
    if let first = run.first {
      (target + first).update(from: row + geometry.columnMap[first], count: run.count)
    }
    each(run.upperBound..<columns.upperBound)
  }

  private func fill(_ target: UnsafeMutableRawPointer, count: Int) {
    switch bytesPerSample {
    case 1:
      target.assumingMemoryBound(to: UInt8.self)
        .update(repeating: UInt8(truncatingIfNeeded: border), count: count)
    case 2:
      target.assumingMemoryBound(to: UInt16.self)
        .update(repeating: UInt16(truncatingIfNeeded: border), count: count)
    default:
      target.assumingMemoryBound(to: UInt32.self).update(repeating: border, count: count)
    }
  }
}
