// The medians of 3×3 windows. Three samples of a row in order serve the three windows that they are a
// row of; of three such rows
//
//     median  the middle one of the largest minimum, the middle middle and the smallest maximum
//
// and what two windows, one above the other, share of that is found once. Both steps are loops over
// columns without branches, which become minimum and maximum of whole vectors.

/// Samples between two lists of a row.
///
/// Enough for a strip of columns, few enough for the lists of four rows to stay in the first-level
/// cache. A constant, so that the compiler sees the lists apart.
private let listStride = 2080

/// Puts every three neighbours of a row in order: of `row[x]`, `row[x + 1]` and `row[x + 2]`, the
/// smallest is lists[x], the middle one lists[2080 + x], the largest lists[4160 + x].
///
/// `sample` is 0 for UInt8, 1 for UInt16, 2 for Int16; the row has `count + 2` samples.
package func sortTriplesRow(
  sample: Int, row: UnsafeRawPointer, count: Int, lists: UnsafeMutableRawPointer
) {
  @inline(__always) func run<S: FixedWidthInteger>(_: S.Type) {
    let row = row.assumingMemoryBound(to: S.self)
    let lists = lists.assumingMemoryBound(to: S.self)
    forWholeVectors(count) { sortTriples(row + $0, $1, into: lists + $0) }
  }
  switch sample {
  case 0: run(UInt8.self)
  case 1: run(UInt16.self)
  default: run(Int16.self)
  }
}

/// upper[x] and lower[x] = the medians of the windows over rows 0 to 2 and 1 to 3, whose lists, as
/// `sortTriplesRow` leaves them, are side by side in `above`, rows 0 and 1, and `below`, rows 2 and 3.
package func median3Rows(
  sample: Int, above: UnsafeRawPointer, below: UnsafeRawPointer, count: Int,
  upper: UnsafeMutableRawPointer, lower: UnsafeMutableRawPointer
) {
  @inline(__always) func run<S: FixedWidthInteger>(_: S.Type) {
    let above = above.assumingMemoryBound(to: S.self)
    let below = below.assumingMemoryBound(to: S.self)
    let upper = upper.assumingMemoryBound(to: S.self)
    let lower = lower.assumingMemoryBound(to: S.self)
    forWholeVectors(count) { medians(above + $0, below + $0, $1, upper + $0, lower + $0) }
  }
  switch sample {
  case 0: run(UInt8.self)
  case 1: run(UInt16.self)
  default: run(Int16.self)
  }
}

/// Columns in whole vectors, if need be by doing some of them again.
@inline(__always)
private func forWholeVectors(_ count: Int, _ body: (_ start: Int, _ count: Int) -> Void) {
  let whole = count / 64 * 64
  if whole > 0 { body(0, whole) }
  if whole < count {
    let rest = whole > 0 ? 64 : count
    body(count - rest, rest)
  }
}

@inline(never)
private func sortTriples<S: FixedWidthInteger>(
  _ row: UnsafePointer<S>, _ count: Int, into lists: UnsafeMutablePointer<S>
) {
  for x in 0..<count {
    let (low, high) = (smaller(row[x + 1], row[x + 2]), larger(row[x + 1], row[x + 2]))
    lists[x] = smaller(row[x], low)
    lists[listStride + x] = larger(low, smaller(row[x], high))
    lists[2 * listStride + x] = larger(row[x], high)
  }
}

@inline(never)
private func medians<S: FixedWidthInteger>(
  _ above: UnsafePointer<S>, _ below: UnsafePointer<S>, _ count: Int,
  _ upper: UnsafeMutablePointer<S>, _ lower: UnsafeMutablePointer<S>
) {
  for x in 0..<count {
    @inline(__always) func list(_ row: Int, _ i: Int) -> S {
      (row < 2 ? above : below)[(row % 2 * 3 + i) * listStride + x]
    }
    let low = larger(list(1, 0), list(2, 0))
    let high = smaller(list(1, 2), list(2, 2))
    let lowMiddle = smaller(list(1, 1), list(2, 1))
    let highMiddle = larger(list(1, 1), list(2, 1))
    @inline(__always) func median(_ row: Int) -> S {
      let middles = larger(lowMiddle, smaller(highMiddle, list(row, 1)))
      return middle(larger(low, list(row, 0)), middles, smaller(high, list(row, 2)))
    }
    upper[x] = median(0)
    lower[x] = median(3)
  }
}

@inline(__always)
private func middle<S: FixedWidthInteger>(_ a: S, _ b: S, _ c: S) -> S {
  larger(smaller(a, b), smaller(larger(a, b), c))
}
