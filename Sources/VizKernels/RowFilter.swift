/// A step that makes some rows of a plane from the rows of another that it looks at.
package protocol RowFilter: Sendable {
  var outputWidth: Int { get }
  var outputHeight: Int { get }
  /// Code of the samples that it makes: 0 UInt8, 1 UInt16, 2 Int16, 3 Float.
  var outputCode: Int { get }

  /// The source rows that some output rows look at.
  func sourceRows(for rows: Range<Int>) -> Range<Int>

  /// Fills some output rows from `sourceRows` of them.
  func run(
    _ rows: Range<Int>, from source: PlaneRows, into output: PlaneRows, _ table: KernelTable
  ) -> Clipping
}

extension WindowGeometry {
  /// The source rows under the windows of some output rows.
  package func sourceRows(for rows: Range<Int>) -> Range<Int> {
    var (first, last) = (sourceHeight, -1)
    for row in rowMap[rows.lowerBound..<(rows.upperBound + windowHeight - 1)] where row >= 0 {
      first = min(first, row)
      last = max(last, row)
    }
    return last < 0 ? 0..<0 : first..<(last + 1)
  }
}

/// Only where the way does not go through frequencies, whose tiles are not cut by rows.
extension Convolution: RowFilter {
  package var outputWidth: Int { geometry.outputWidth }
  package var outputHeight: Int { geometry.outputHeight }

  package func sourceRows(for rows: Range<Int>) -> Range<Int> { geometry.sourceRows(for: rows) }
}

extension ThresholdRows: RowFilter {
  package var outputWidth: Int { width }
  package var outputHeight: Int { height }
  package var outputCode: Int { sampleCode }

  package func sourceRows(for rows: Range<Int>) -> Range<Int> { rows }

  package func run(
    _ rows: Range<Int>, from source: PlaneRows, into output: PlaneRows, _ table: KernelTable
  ) -> Clipping {
    for y in rows {
      table.thresholdRow(sampleCode, source.row(y), level, highest, width, output.row(y))
    }
    return Clipping()
  }
}
