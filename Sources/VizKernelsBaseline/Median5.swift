// The medians of 5×5 windows, for two rows of output at a time. What the two windows share is sorted
// once. With n = 5 and h = (n² + 1) / 2:
//
//     core    the n·(n − 1) samples of both windows, of which only n + 1 can become the median:
//             those with ranks h − n … h, sorted
//     median  the h-th of core and the sorted n samples of the window's own row:
//             min over i of max(core[i], own[n − 1 − i]),   0 ≤ i ≤ n,   own[−1] = −∞
//
// The core is merged from sorted columns, which neighbouring windows share too. Every step is a loop
// over columns without branches, which becomes minimum and maximum of whole vectors.
//
// Sources: Batcher 1968 (odd-even merge); Adams 2021, doi:10.1145/3450626.3459773 (what to share).

/// Columns between two lists in scratch memory, and of them those that are worked on at a time: few
/// enough for all lists to stay in the first-level cache.
private let listStride = 288
private let chunk = 256

/// upper[x] and lower[x] = median of the 5×5 windows that start at rows[0][x] and rows[1][x].
///
/// There are six rows of `count + 4` samples. `sample` is 0 for UInt8, 1 for UInt16, 2 for Int16.
/// Scratch memory has room for 18 × 288 samples.
package func median5Rows(
  sample: Int, rows: UnsafePointer<UnsafeRawPointer>, count: Int,
  scratch: UnsafeMutableRawPointer, upper: UnsafeMutableRawPointer, lower: UnsafeMutableRawPointer
) {
  @inline(__always) func run<S: FixedWidthInteger>(_: S.Type) {
    let scratch = scratch.assumingMemoryBound(to: S.self)
    var start = 0
    while start < count {
      var columns = count - start < chunk ? count - start : chunk
      let whole = (columns + 31) / 32 * 32
      if whole <= count {  // ends on a whole vector, if need be by doing some columns again
        start = start + whole <= count ? start : count - whole
        columns = whole
      }
      median5(
        rows, start, columns, scratch, upper.assumingMemoryBound(to: S.self) + start,
        lower.assumingMemoryBound(to: S.self) + start)
      start += columns
    }
  }
  switch sample {
  case 0: run(UInt8.self)
  case 1: run(UInt16.self)
  default: run(Int16.self)
  }
}

private func median5<S: FixedWidthInteger>(
  _ rows: UnsafePointer<UnsafeRawPointer>, _ start: Int, _ count: Int,
  _ columns: UnsafeMutablePointer<S>, _ upper: UnsafeMutablePointer<S>,
  _ lower: UnsafeMutablePointer<S>
) {
  let (pairs, core) = (columns + 4 * listStride, columns + 12 * listStride)
  sortColumns(InlineArray<4, S>.self, rows + 1, start, count + 4, into: columns)
  mergePairs5(columns, count + 2, into: pairs)
  mergeCore5(pairs, columns + 4, count, into: core)
  finish5(core, samples(S.self, rows[0], start), count, into: upper)
  finish5(core, samples(S.self, rows[5], start), count, into: lower)
}

// Functions of their own: together they are too long for the compiler to inline what they call,
// and a loop with a call in it does not become vectors.

/// pairs[…][x] = columns x and x + 1 in order.
@inline(never)
private func mergePairs5<S: FixedWidthInteger>(
  _ columns: UnsafePointer<S>, _ count: Int, into pairs: UnsafeMutablePointer<S>
) {
  for x in 0..<count {
    var pair = InlineArray<8, S> { columns[$0 % 4 * listStride + x + $0 / 4] }
    mergeHalves(&pair)
    for i in 0..<8 { pairs[i * listStride + x] = pair[i] }
  }
}

/// core[…][x] = the middle six of pairs x and x + 2 and the fifth column, in order.
@inline(never)
private func mergeCore5<S: FixedWidthInteger>(
  _ pairs: UnsafePointer<S>, _ fifth: UnsafePointer<S>, _ count: Int,
  into core: UnsafeMutablePointer<S>
) {
  for x in 0..<count {
    var four = InlineArray<16, S> { pairs[$0 % 8 * listStride + x + $0 / 8 * 2] }
    mergeHalves(&four)
    // With nine samples to come, the three smallest and the three largest are out. Of the other ten
    // and the four of the fifth column the four smallest are out as well.
    var low = InlineArray<4, S> { larger(four[$0 + 3], fifth[(3 - $0) * listStride + x]) }
    sort(&low)
    for i in 0..<6 { four[i] = four[i + 7] }
    for i in 6..<8 { four[i] = S.max }
    for i in 0..<4 { (four[i + 8], four[i + 12]) = (low[i], S.max) }
    mergeHalves(&four)
    for i in 0..<6 { core[i * listStride + x] = four[i] }
  }
}

/// out[x] = the median of the core and the five samples of `row` from x on.
@inline(never)
private func finish5<S: FixedWidthInteger>(
  _ core: UnsafePointer<S>, _ row: UnsafePointer<S>, _ count: Int,
  into out: UnsafeMutablePointer<S>
) {
  for x in 0..<count {
    let sorted = InlineArray<6, S> { core[$0 * listStride + x] }
    var own = InlineArray<5, S> { row[x + $0] }
    out[x] = median(sorted, sorting: &own)
  }
}

@inline(__always)
private func samples<S: FixedWidthInteger>(
  _: S.Type, _ row: UnsafeRawPointer, _ start: Int
) -> UnsafePointer<S> { row.assumingMemoryBound(to: S.self) + start }

/// lists[i][x] = the i-th smallest of rows[…][x].
@inline(__always)
private func sortColumns<let n: Int, S: FixedWidthInteger>(
  _: InlineArray<n, S>.Type, _ rows: UnsafePointer<UnsafeRawPointer>, _ start: Int, _ count: Int,
  into lists: UnsafeMutablePointer<S>
) {
  // Pointers of its own: those in memory could change with every sample that is written.
  let rows = InlineArray<n, UnsafePointer<S>> { samples(S.self, rows[$0], start) }
  for x in 0..<count {
    var column = InlineArray<n, S> { rows[$0][x] }
    sort(&column)
    for i in 0..<n { lists[i * listStride + x] = column[i] }
  }
}

/// The median of the core and the samples of the window's own row, which are sorted on the way.
@inline(__always)
private func median<let m: Int, let n: Int, S: FixedWidthInteger>(
  _ core: InlineArray<m, S>, sorting own: inout InlineArray<n, S>
) -> S {
  sort(&own)
  var median = core[n]
  for i in 0..<n { median = smaller(median, larger(core[i], own[n - 1 - i])) }
  return median
}

/// Sorts 4 or 5 numbers, by the fewest exchanges that do so (Knuth, volume 3, 5.3.4).
@inline(__always)
private func sort<let n: Int, S: FixedWidthInteger>(_ list: inout InlineArray<n, S>) {
  if n == 4 {
    order(&list, 0, 2)
    order(&list, 1, 3)
    order(&list, 0, 1)
    order(&list, 2, 3)
    order(&list, 1, 2)
  } else {
    order(&list, 0, 3)
    order(&list, 1, 4)
    order(&list, 0, 2)
    order(&list, 1, 3)
    order(&list, 0, 1)
    order(&list, 2, 4)
    order(&list, 1, 2)
    order(&list, 3, 4)
    order(&list, 2, 3)
  }
}

/// Sorts a list of 2ᵏ numbers whose halves are sorted: Batcher's odd-even merge.
@inline(__always)
private func mergeHalves<let n: Int, S: FixedWidthInteger>(_ list: inout InlineArray<n, S>) {
  for i in 0..<(n / 2) { order(&list, i, i + n / 2) }
  var distance = n / 4
  while distance > 0 {
    var start = distance
    while start + distance < n {
      for i in start..<(start + distance) { order(&list, i, i + distance) }
      start += 2 * distance
    }
    distance /= 2
  }
}

@inline(__always)
private func order<let n: Int, S: FixedWidthInteger>(
  _ list: inout InlineArray<n, S>, _ i: Int, _ j: Int
) {
  (list[i], list[j]) = (smaller(list[i], list[j]), larger(list[i], list[j]))
}

@inline(__always)
func smaller<S: FixedWidthInteger>(_ a: S, _ b: S) -> S { b < a ? b : a }

@inline(__always)
func larger<S: FixedWidthInteger>(_ a: S, _ b: S) -> S { a < b ? b : a }
