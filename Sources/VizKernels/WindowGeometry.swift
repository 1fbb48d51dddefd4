/// Which samples every output sample looks at: an output of columns × rows windows over a source.
///
///     window(y, x)[ky, kx] = source[rowMap[y + ky], columnMap[x + kx]]
///
/// A map entry of −1 stands for the border value. Edge modes are nothing but other maps, so the
/// code that walks windows knows none of them.
package struct WindowGeometry: Sendable {
  /// Samples of the source.
  package let sourceWidth: Int
  package let sourceHeight: Int
  /// Samples of the window.
  package let windowWidth: Int
  package let windowHeight: Int
  /// `outputHeight + windowHeight − 1` source rows, `outputWidth + windowWidth − 1` source columns.
  package let rowMap: [Int]
  package let columnMap: [Int]
  /// The longest run of `columnMap` entries that name one source column after the other.
  let consecutiveColumns: Range<Int>
  /// Output columns whose windows lie inside the source side by side: they are read in place.
  package let interior: Range<Int>

  package var outputWidth: Int { columnMap.count - windowWidth + 1 }
  package var outputHeight: Int { rowMap.count - windowHeight + 1 }

  package init(
    sourceWidth: Int, sourceHeight: Int, windowWidth: Int, windowHeight: Int,
    rowMap: [Int], columnMap: [Int]
  ) {
    precondition(rowMap.count >= windowHeight && columnMap.count >= windowWidth, "no output")
    precondition(rowMap.allSatisfy { $0 < sourceHeight }, "a row past \(sourceHeight)")
    precondition(columnMap.allSatisfy { $0 < sourceWidth }, "a column past \(sourceWidth)")
    self.sourceWidth = sourceWidth
    self.sourceHeight = sourceHeight
    self.windowWidth = windowWidth
    self.windowHeight = windowHeight
    self.rowMap = rowMap
    self.columnMap = columnMap
    consecutiveColumns = Self.longestRun(columnMap)
    interior =
      consecutiveColumns.count < windowWidth
      ? 0..<0
      : consecutiveColumns.lowerBound..<(consecutiveColumns.upperBound - windowWidth + 1)
  }

  /// The longest run of entries that name one source column after the other.
  private static func longestRun(_ columnMap: [Int]) -> Range<Int> {
    var best = 0..<0
    var start = 0
    for i in 1...columnMap.count {
      if i == columnMap.count || columnMap[i] != columnMap[i - 1] + 1 || columnMap[i - 1] < 0 {
        if i - start > best.count, columnMap[start] >= 0 { best = start..<i }
        start = i
      }
    }
    return best
  }

  /// The same windows with every row gathered beside the source, none read in place.
  package func gatheringEveryRow() -> WindowGeometry {
    WindowGeometry(self, interior: 0..<0)
  }

  /// Windows one row higher, each of which holds two of these; the last row is there twice.
  func withOneMoreWindowRow() -> WindowGeometry {
    WindowGeometry(
      sourceWidth: sourceWidth, sourceHeight: sourceHeight, windowWidth: windowWidth,
      windowHeight: windowHeight + 1, rowMap: rowMap + rowMap.suffix(1), columnMap: columnMap)
  }

  /// The same window rows over every source column, one column wide.
  func columnsInPlace() -> WindowGeometry {
    WindowGeometry(
      sourceWidth: sourceWidth, sourceHeight: sourceHeight, windowWidth: 1,
      windowHeight: windowHeight, rowMap: rowMap, columnMap: Array(0..<sourceWidth))
  }

  private init(_ other: WindowGeometry, interior: Range<Int>) {
    sourceWidth = other.sourceWidth
    sourceHeight = other.sourceHeight
    windowWidth = other.windowWidth
    windowHeight = other.windowHeight
    rowMap = other.rowMap
    columnMap = other.columnMap
    consecutiveColumns = other.consecutiveColumns
    self.interior = interior
  }
}
