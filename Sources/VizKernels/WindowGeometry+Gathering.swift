extension WindowGeometry {
  /// Copies what entry `i` of the row map shows under some entries of the column map.
  func gather(
    row i: Int, columns: Range<Int>, of source: PlaneRows, bytesPerSample: Int,
    border: UInt32, into target: UnsafeMutableRawPointer
  ) {
    guard rowMap[i] >= 0 else {
      Self.fill(target, count: columns.count, bytesPerSample: bytesPerSample, border: border)
      return
    }
    let row = UnsafeRawPointer(source.row(rowMap[i]))
    switch bytesPerSample {
    case 1: gather(UInt8.self, row, columns, border, target)
    case 2: gather(UInt16.self, row, columns, border, target)
    default: gather(UInt32.self, row, columns, border, target)
    }
  }

  @inline(__always)
  private func gather<Bits: FixedWidthInteger>(
    _: Bits.Type, _ row: UnsafeRawPointer, _ columns: Range<Int>, _ border: UInt32,
    _ target: UnsafeMutableRawPointer
  ) {
    let row = row.assumingMemoryBound(to: Bits.self)
    let target = target.assumingMemoryBound(to: Bits.self) - columns.lowerBound
    func gather(_ range: Range<Int>) {
      for i in range {
        let column = columnMap[i]
        target[i] = column < 0 ? Bits(truncatingIfNeeded: border) : row[column]
      }
    }
    let inside = consecutiveColumns.clamped(to: columns)
    guard !inside.isEmpty else { return gather(columns) }
    gather(columns.lowerBound..<inside.lowerBound)
    (target + inside.lowerBound).update(
      from: row + columnMap[inside.lowerBound], count: inside.count)
    gather(inside.upperBound..<columns.upperBound)
  }

  /// A row of nothing but the border value.
  static func fill(
    _ target: UnsafeMutableRawPointer, count: Int, bytesPerSample: Int, border: UInt32
  ) {
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

  /// The windows of some output samples only.
  func part(rows: Range<Int>, columns: Range<Int>) -> WindowGeometry {
    WindowGeometry(
      sourceWidth: sourceWidth, sourceHeight: sourceHeight, windowWidth: windowWidth,
      windowHeight: windowHeight,
      rowMap: Array(rowMap[rows.lowerBound..<(rows.upperBound + windowHeight - 1)]),
      columnMap: Array(columnMap[columns.lowerBound..<(columns.upperBound + windowWidth - 1)]))
  }
}
