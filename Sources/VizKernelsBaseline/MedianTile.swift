// The medians of a tile of bytes, for windows of any size, by counting instead of sorting: with
//
//     below(T) = how many samples of the window are less than T,   middle = half the window
//
// the median is the largest T with below(T) ≤ middle: a level that the window has reached. One pass
// over the tile finds for a level which windows have reached it. It is a box sum of ones and zeros:
// down the columns a running sum, along the rows sums of twice as many columns with every step.
//
// A level is passed over in those columns only, from the first to the last, where windows have their
// medians between two levels that are known: eight times where a picture is flat, under a window of
// 15×15 about 64 times over noise. A pass has no branches that depend on samples: its loops become
// operations on whole vectors.
//
// Source: threshold decomposition, Fitch, Coyle & Gallagher 1985, doi:10.1109/TCS.1985.1085740.

/// out[y · width + x] = median of the window at region[y · stride + x]; where `below` is given, the
/// count of samples that are less goes there.
///
/// - Shapes:
///   - `region`: `height + windowHeight − 1` rows of `stride ≥ width + windowWidth − 1` bytes
///   - `out`, `below`: `height` ≤ 255 rows of `width` UInt8 and UInt16
///   - `scratch`: five times `height · stride + 512` and ten times `width` bytes
///   - windows: up to 255 rows and columns, an odd number
package func medianTile(
  region: UnsafeRawPointer, stride: Int, width: Int, height: Int, windowWidth: Int,
  windowHeight: Int, scratch: UnsafeMutableRawPointer, out: UnsafeMutableRawPointer,
  below: UnsafeMutableRawPointer?
) {
  let listBytes = height * stride + 512
  let tile = Tile(
    region: region.assumingMemoryBound(to: UInt8.self), stride: stride, width: width,
    height: height, windowWidth: windowWidth, windowHeight: windowHeight,
    columns: scratch.assumingMemoryBound(to: UInt8.self),
    sums: (scratch + listBytes, scratch + 3 * listBytes),
    out: out.assumingMemoryBound(to: UInt8.self),
    below: below?.assumingMemoryBound(to: UInt16.self))
  for i in 0..<(width * height) { tile.out[i] = 0 }
  if let below = tile.below { for i in 0..<(width * height) { below[i] = 0 } }
  let tallies = (scratch + 5 * listBytes).assumingMemoryBound(to: UInt8.self)
  for x in 0..<width { (tallies[x], tallies[width + x]) = (UInt8(truncatingIfNeeded: height), 0) }
  tile.search(above: 0, tallies, below: 256, tallies + width, 0, width, tallies + 2 * width)
}

private struct Tile {
  let region: UnsafePointer<UInt8>
  let stride: Int
  let width: Int
  let height: Int
  let windowWidth: Int
  let windowHeight: Int
  /// Of every column of a window, the samples less than the level.
  let columns: UnsafeMutablePointer<UInt8>
  /// Sums of several columns, in turn read and written, as UInt8 where they fit.
  let sums: (UnsafeMutableRawPointer, UnsafeMutableRawPointer)
  let out: UnsafeMutablePointer<UInt8>
  let below: UnsafeMutablePointer<UInt16>?

  /// Passes over the levels between two that matter.
  ///
  /// Tallies are how many windows of a column of the tile have reached a level: where as many have
  /// reached the lower as the higher, no median lies between.
  func search(
    above low: Int, _ atLow: UnsafePointer<UInt8>, below high: Int,
    _ atHigh: UnsafePointer<UInt8>, _ first: Int, _ end: Int, _ tally: UnsafeMutablePointer<UInt8>
  ) {
    guard high - low > 1 else { return }
    var (first, end) = (first, end)
    while first < end, atLow[first] == atHigh[first] { first += 1 }
    while first < end, atLow[end - 1] == atHigh[end - 1] { end -= 1 }
    guard first < end else { return }
    let level = (low + high) / 2
    pass(UInt8(truncatingIfNeeded: level), first, end, tally)
    search(above: low, atLow, below: level, tally, first, end, tally + width)
    search(above: level, tally, below: high, atHigh, first, end, tally + width)
  }

  /// Notes which windows from column `first` to `end` have reached a level.
  private func pass(
    _ level: UInt8, _ first: Int, _ end: Int, _ tally: UnsafeMutablePointer<UInt8>
  ) {
    // Lists as narrow as what is looked at, in whole vectors.
    let whole = (end - first + windowWidth - 1 + 31) / 32 * 32
    let pitch = whole < stride ? whole : stride
    sumColumns(level, first, pitch)
    for x in first..<end { tally[x] = 0 }
    if windowWidth * windowHeight > 255 {
      note(UInt16.self, sumRows(pitch), pitch, level, first, end, tally)
    } else {
      note(UInt8.self, sumRows(pitch), pitch, level, first, end, tally)
    }
  }

  private func sumColumns(_ level: UInt8, _ first: Int, _ pitch: Int) {
    let region = region + first
    let length = pitch < stride - first ? pitch : stride - first
    for x in 0..<length { columns[x] = 0 }
    for y in 0..<windowHeight { count(region + y * stride, level, length, columns) }
    for y in 1..<height {
      let (next, last) = (region + (y + windowHeight - 1) * stride, region + (y - 1) * stride)
      let target = columns + y * pitch
      slide(target - pitch, next, last, level, length, target)
    }
  }

  /// Sums of w columns become sums of 2w or 2w + 1, from the leading bit of the width down to the last.
  private func sumRows(_ pitch: Int) -> UnsafeRawPointer {
    let cells = height * pitch
    var (w, from, to) = (1, UnsafeRawPointer(columns), sums.0)
    var bit = Int.bitWidth - 2 - windowWidth.leadingZeroBitCount
    while bit >= 0 {
      let isOdd = windowWidth >> bit & 1 == 1
      let wide = 2 * w + (isOdd ? 1 : 0)
      let third = isOdd ? columns : nil
      switch (w * windowHeight > 255, wide * windowHeight > 255) {
      case (false, false): widen(UInt8.self, from, w, third, cells, UInt8.self, to)
      case (false, true): widen(UInt8.self, from, w, third, cells, UInt16.self, to)
      default: widen(UInt16.self, from, w, third, cells, UInt16.self, to)
      }
      from = UnsafeRawPointer(to)
      to = to == sums.0 ? sums.1 : sums.0
      w = wide
      bit -= 1
    }
    return from
  }

  private func note<S: FixedWidthInteger>(
    _: S.Type, _ sums: UnsafeRawPointer, _ pitch: Int, _ level: UInt8, _ first: Int, _ end: Int,
    _ tally: UnsafeMutablePointer<UInt8>
  ) {
    let middle = S(truncatingIfNeeded: windowWidth * windowHeight / 2)
    for y in 0..<height {
      let sums = sums.assumingMemoryBound(to: S.self) + y * pitch
      let place = y * width + first
      raise(sums, middle, level, end - first, out + place, tally + first)
      if let below { keep(sums, middle, end - first, below + place) }
    }
  }
}

// Functions of their own: the compiler makes vectors of a loop that it sees by itself.

/// columns[x] += 1 where row[x] is less than the level.
@inline(never)
private func count(
  _ row: UnsafePointer<UInt8>, _ level: UInt8, _ count: Int,
  _ columns: UnsafeMutablePointer<UInt8>
) {
  for x in 0..<count { columns[x] &+= row[x] < level ? 1 : 0 }
}

/// below[x] = above[x], with the row `next` and without the row `last`.
@inline(never)
private func slide(
  _ above: UnsafePointer<UInt8>, _ next: UnsafePointer<UInt8>, _ last: UnsafePointer<UInt8>,
  _ level: UInt8, _ count: Int, _ below: UnsafeMutablePointer<UInt8>
) {
  for x in 0..<count {
    below[x] = above[x] &+ (next[x] < level ? 1 : 0) &- (last[x] < level ? 1 : 0)
  }
}

/// to[i] = from[i] + from[i + w] + columns[i + 2w], the last if it is given.
@inline(__always)
private func widen<S: FixedWidthInteger, D: FixedWidthInteger>(
  _: S.Type, _ from: UnsafeRawPointer, _ w: Int, _ columns: UnsafePointer<UInt8>?, _ count: Int,
  _: D.Type, _ to: UnsafeMutableRawPointer
) {
  let (from, to) = (from.assumingMemoryBound(to: S.self), to.assumingMemoryBound(to: D.self))
  if let columns {
    addThree(from, from + w, columns + 2 * w, count, to)
  } else {
    addTwo(from, from + w, count, to)
  }
}

@inline(never)
private func addThree<S: FixedWidthInteger, D: FixedWidthInteger>(
  _ a: UnsafePointer<S>, _ b: UnsafePointer<S>, _ c: UnsafePointer<UInt8>, _ count: Int,
  _ sums: UnsafeMutablePointer<D>
) {
  for i in 0..<count {
    sums[i] =
      D(truncatingIfNeeded: a[i]) &+ D(truncatingIfNeeded: b[i]) &+ D(truncatingIfNeeded: c[i])
  }
}

@inline(never)
private func addTwo<S: FixedWidthInteger, D: FixedWidthInteger>(
  _ a: UnsafePointer<S>, _ b: UnsafePointer<S>, _ count: Int, _ sums: UnsafeMutablePointer<D>
) {
  for i in 0..<count { sums[i] = D(truncatingIfNeeded: a[i]) &+ D(truncatingIfNeeded: b[i]) }
}

/// out[x] = level where it is reached and higher than what stands there; tally[x] counts them.
@inline(never)
private func raise<S: FixedWidthInteger>(
  _ sums: UnsafePointer<S>, _ middle: S, _ level: UInt8, _ count: Int,
  _ out: UnsafeMutablePointer<UInt8>, _ tally: UnsafeMutablePointer<UInt8>
) {
  for x in 0..<count {
    let isReached = sums[x] <= middle
    let value = isReached ? level : 0
    out[x] = out[x] < value ? value : out[x]
    tally[x] &+= isReached ? 1 : 0
  }
}

/// below[x] = the count of the highest level that is reached, which is the largest.
@inline(never)
private func keep<S: FixedWidthInteger>(
  _ sums: UnsafePointer<S>, _ middle: S, _ count: Int, _ below: UnsafeMutablePointer<UInt16>
) {
  for x in 0..<count {
    let value = sums[x] <= middle ? UInt16(truncatingIfNeeded: sums[x]) : 0
    below[x] = below[x] < value ? value : below[x]
  }
}
