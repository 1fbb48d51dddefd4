// A convolution of 3×3 taps by Winograd's minimal filtering: a tile of m × m outputs takes (m + 2)²
// products of numbers where the definition takes 9·m²:
//
//     Y = Aᵀ · [(G · g · Gᵀ) ⊙ (Bᵀ · d · B)] · A
//
// g is the kernel, d what the tile reads, (m + 2) × (m + 2) samples; ⊙ multiplies number by number and is
// where the channels are added up, as (m + 2)² products of matrices (`multiplyTiles`). This file is what lies
// before them, Bᵀ·d·B, and behind them, Aᵀ·M·A. Vectors run over the tiles of a few rows, one after the other:
// number (i, j) of all of them lies side by side.
//
// The weights' gradient is the same read backwards: with y, the gradient of a tile's outputs, Gᵀ·[(A·y·Aᵀ) ⊙
// (Bᵀ·d·B)]·G, where ⊙ is followed by the sum over tiles.
//
// Source: Lavin & Gray 2016, "Fast Algorithms for Convolutional Neural Networks", arXiv:1509.09308.

internal import CHints

private typealias Lanes = SingleFloatLanes

/// Numbers that `winogradInput` and `winogradOutput` need beside their results for so many rows of tiles; zeros
/// at first, so that what no tile reads is not slow either.
package func winogradScratch(outputs m: Int, rows: Int, tiles: Int) -> Int {
  let size = m + 2
  return size * size * (TileRows.planeStride(rows: rows, tiles: tiles) + Lanes.lanes)
    + m * (tiles + 1 + 2 * Lanes.lanes) + (m * rows + 2) * m * TileRows.lineStride(tiles: tiles)
}

/// Bᵀ · d · B for rows of tiles in one channel.
///
/// The first tile begins `left` columns before the plane, in row `y`; samples outside count as zero. Number ξ
/// of tile t goes to `out[ξ · outStride + t]`; up to 15 numbers behind the last tile are written too.
package func winogradInput(
  outputs m: Int, plane: UnsafePointer<Float>, height: Int, width: Int, y: Int, left: Int,
  rows: Int, tiles: Int, scratch: UnsafeMutablePointer<Float>, out: UnsafeMutablePointer<Float>,
  outStride: Int
) {
  let strip = TileRows(rows: rows, tiles: tiles, outputs: m, scratch: scratch)
  strip.split(
    PlaneLines(plane: plane, height: height, width: width, left: left), from: y,
    count: m * rows + 2, outputs: m)
  if m == 4 {
    strip.spread(OutputsOfFour.self, into: out, outStride)
  } else {
    strip.spread(OutputsOfTwo.self, into: out, outStride)
  }
}

/// Aᵀ · M · A for rows of tiles in one channel, with the bias: `height` rows of `width` pixels.
///
/// Number ξ of tile t is `source[ξ · sourceStride + t]`; up to 15 numbers behind the last tile are read too.
///
/// - Returns: whether all pixels are finite.
package func winogradOutput(
  outputs m: Int, source: UnsafePointer<Float>, sourceStride: Int, bias: Float, rows: Int,
  tiles: Int, scratch: UnsafeMutablePointer<Float>, out: UnsafeMutablePointer<Float>,
  outStride: Int, height: Int, width: Int
) -> Bool {
  let strip = TileRows(rows: rows, tiles: tiles, outputs: m, scratch: scratch)
  if m == 4 {
    strip.gather(OutputsOfFour.self, source, sourceStride, bias)
  } else {
    strip.gather(OutputsOfTwo.self, source, sourceStride, bias)
  }
  for y in 0..<height {
    // Behind a line of a whole image come lines that are written later.
    let room = width == outStride ? (height - y) * width : width
    strip.merge(row: y / m, line: y % m, outputs: m, into: out + y * outStride, width, room: room)
  }
  if width == outStride { return isFinite(out, height * width) }
  return (0..<height).allSatisfy { isFinite(out + $0 * outStride, width) }
}

/// Bᵀ · d · B for tiles of one row, or A · y · Aᵀ, where an image's numbers lie pixel by pixel.
///
/// Pixel (i, m·t + j) of tile t has `count` channels, whole vectors of them, from `source[i · lineStride + (m·t + j) · count]`
/// on; so has number ξ from `out[ξ · outStride + t · count]` on. `square` is room for (m + 2)² vectors.
package func winogradPixels(
  outputs m: Int, isGradient: Bool, source: UnsafePointer<Float>, lineStride: Int, count: Int,
  tiles: Int, square: UnsafeMutablePointer<Float>, out: UnsafeMutablePointer<Float>,
  outStride: Int
) {
  let pixels = TilePixels(
    source: source, lineStride: lineStride, count: count, tiles: tiles, square: square, out: out,
    outStride: outStride)
  switch (m, isGradient) {
  case (4, false): pixels.spread(OutputsOfFour.self)
  case (4, true): pixels.scatter(OutputsOfFour.self)
  case (_, false): pixels.spread(OutputsOfTwo.self)
  case (_, true): pixels.scatter(OutputsOfTwo.self)
  }
}

private struct TilePixels {
  let source: UnsafePointer<Float>
  let lineStride: Int
  let count: Int
  let tiles: Int
  let square: UnsafeMutablePointer<Float>
  let out: UnsafeMutablePointer<Float>
  let outStride: Int

  @inline(__always)
  func spread<Form: WinogradForm>(_: Form.Type) {
    let (m, size, lanes) = (Form.outputs, Form.outputs + 2, Lanes.lanes)
    for t in 0..<tiles {
      for c in stride(from: 0, to: count, by: lanes) {
        let (source, out) = (source + m * t * count + c, out + t * count + c)
        for j in 0..<size {
          Form.Samples(source + j * count, lineStride).spread.store(
            square + j * lanes, size * lanes)
        }
        for i in 0..<size {
          Form.Samples(square + i * size * lanes, lanes).spread.store(
            out + i * size * outStride, outStride)
        }
      }
    }
  }

  @inline(__always)
  func scatter<Form: WinogradForm>(_: Form.Type) {
    let (m, size, lanes) = (Form.outputs, Form.outputs + 2, Lanes.lanes)
    for t in 0..<tiles {
      for c in stride(from: 0, to: count, by: lanes) {
        let (source, out) = (source + m * t * count + c, out + t * count + c)
        for j in 0..<m {
          Form.scatter(source + j * count, lineStride).store(square + j * lanes, size * lanes)
        }
        for i in 0..<size {
          Form.scatter(square + i * size * lanes, lanes).store(
            out + i * size * outStride, outStride)
        }
      }
    }
  }
}

/// Rows of tiles, each of `tiles` tiles, and the numbers of all of them by their place in the tile.
private struct TileRows {
  let count: Int
  let tiles: Int
  /// Number (i, j) of tile t is `planes[(i · size + j) · planeStride + t]`.
  let planes: UnsafeMutablePointer<Float>
  let planeStride: Int
  /// Room for (m + 2)² vectors.
  let square: UnsafeMutablePointer<Float>
  /// A line with its border.
  let padded: UnsafeMutablePointer<Float>
  /// The lines of samples, sorted: number m·t + j of line i is `lines[(i · m + j) · lineStride + t]`.
  let lines: UnsafeMutablePointer<Float>
  let lineStride: Int

  @inline(__always)
  init(rows: Int, tiles: Int, outputs m: Int, scratch: UnsafeMutablePointer<Float>) {
    count = rows * tiles
    self.tiles = tiles
    planeStride = Self.planeStride(rows: rows, tiles: tiles)
    planes = scratch
    square = planes + (m + 2) * (m + 2) * planeStride
    padded = square + (m + 2) * (m + 2) * Lanes.lanes
    lines = padded + m * (tiles + 1 + 2 * Lanes.lanes)
    lineStride = Self.lineStride(tiles: tiles)
  }

  /// Whole vectors from the first tile of the last row on, and the one that holds the place behind its last tile.
  @inline(__always)
  static func planeStride(rows: Int, tiles: Int) -> Int { rows * tiles + Lanes.lanes + 1 }

  /// Whole vectors, and the one that holds the place behind the last tile.
  @inline(__always)
  static func lineStride(tiles: Int) -> Int { tiles + 2 * Lanes.lanes }

  /// Bᵀ · d · B of sorted lines.
  @inline(__always)
  func spread<Form: WinogradForm>(
    _: Form.Type, into out: UnsafeMutablePointer<Float>, _ outStride: Int
  ) {
    let (m, size) = (Form.outputs, Form.outputs + 2)
    for i in 0..<m * (count / tiles) + 2 {
      let (row, line) = i.quotientAndRemainder(dividingBy: m)
      spreadLine(Form.self, i, into: row, line)
      // The last lines of a row of tiles are the first ones of the next.
      if line < 2, row > 0 { spreadLine(Form.self, i, into: row - 1, line + m) }
    }
    var t = 0
    while t < count {
      for j in 0..<size {
        Form.Samples(planes + j * planeStride + t, size * planeStride).spread.store(
          out + j * outStride + t, size * outStride)
      }
      t += Lanes.lanes
    }
  }

  /// d · B for line `i` of the samples, which is a line of a row of tiles.
  ///
  /// What is written behind a row's last tile is the next row's, which comes later.
  @inline(__always)
  private func spreadLine<Form: WinogradForm>(
    _: Form.Type, _ i: Int, into row: Int, _ line: Int
  ) {
    guard row * tiles < count else { return }
    let (m, size) = (Form.outputs, Form.outputs + 2)
    let source = lines + i * m * lineStride
    let out = planes + line * size * planeStride + row * tiles
    var t = 0
    while t < tiles {
      Form.Samples(line: source + t, lineStride).spread.store(out + t, planeStride)
      t += Lanes.lanes
    }
  }

  @inline(__always)
  func gather<Form: WinogradForm>(
    _: Form.Type, _ source: UnsafePointer<Float>, _ sourceStride: Int, _ bias: Float
  ) {
    let (m, size, lanes) = (Form.outputs, Form.outputs + 2, Lanes.lanes)
    let (bias, none) = (Lanes(repeating: bias), Lanes(repeating: 0))
    var t = 0
    while t < count {
      for j in 0..<size {
        Form.gather(
          source + j * sourceStride + t, size * sourceStride, none, into: square + j * lanes,
          size * lanes)
      }
      for i in 0..<m {
        Form.gather(
          square + i * size * lanes, lanes, bias, into: planes + i * m * planeStride + t,
          planeStride)
      }
      t += lanes
    }
  }
}

/// The matrices for tiles of m × m outputs, as sums of vectors.
private protocol WinogradForm {
  associatedtype Samples: WinogradSamples
  /// m.
  static var outputs: Int { get }

  /// Aᵀ · M + bias for m + 2 vectors M.
  static func gather(
    _ source: UnsafePointer<Float>, _ stride: Int, _ bias: Lanes,
    into out: UnsafeMutablePointer<Float>, _ outStride: Int)

  /// A · y for m vectors y.
  static func scatter(_ source: UnsafePointer<Float>, _ stride: Int) -> Samples
}

/// m + 2 vectors d.
private protocol WinogradSamples {
  init(_ source: UnsafePointer<Float>, _ stride: Int)
  /// The samples of tiles in a sorted line, of which the last two are the next tile's.
  init(line: UnsafePointer<Float>, _ stride: Int)
  /// Bᵀ · d.
  var spread: Self { get }
  func store(_ out: UnsafeMutablePointer<Float>, _ stride: Int)
}

private struct FourSamples: WinogradSamples {
  let (d0, d1, d2, d3): (Lanes, Lanes, Lanes, Lanes)

  @inline(__always) init(_ d0: Lanes, _ d1: Lanes, _ d2: Lanes, _ d3: Lanes) {
    (self.d0, self.d1, self.d2, self.d3) = (d0, d1, d2, d3)
  }

  @inline(__always) init(_ source: UnsafePointer<Float>, _ stride: Int) {
    (d0, d1) = (.load(source), .load(source + stride))
    (d2, d3) = (.load(source + 2 * stride), .load(source + 3 * stride))
  }

  @inline(__always) init(line: UnsafePointer<Float>, _ stride: Int) {
    (d0, d1) = (.load(line), .load(line + stride))
    (d2, d3) = (.load(line + 1), .load(line + stride + 1))
  }

  @inline(__always) var spread: FourSamples { FourSamples(d0 - d2, d1 + d2, d2 - d1, d1 - d3) }

  @inline(__always) func store(_ out: UnsafeMutablePointer<Float>, _ stride: Int) {
    d0.store(out)
    d1.store(out + stride)
    d2.store(out + 2 * stride)
    d3.store(out + 3 * stride)
  }
}

private struct SixSamples: WinogradSamples {
  let first: FourSamples
  let (d4, d5): (Lanes, Lanes)

  @inline(__always) init(_ first: FourSamples, _ d4: Lanes, _ d5: Lanes) {
    (self.first, self.d4, self.d5) = (first, d4, d5)
  }

  @inline(__always) init(_ source: UnsafePointer<Float>, _ stride: Int) {
    first = FourSamples(source, stride)
    (d4, d5) = (.load(source + 4 * stride), .load(source + 5 * stride))
  }

  @inline(__always) init(line: UnsafePointer<Float>, _ stride: Int) {
    first = FourSamples(line, stride)
    (d4, d5) = (.load(line + 1), .load(line + stride + 1))
  }

  @inline(__always) var spread: SixSamples {
    let (d0, d1, d2, d3) = (first.d0, first.d1, first.d2, first.d3)
    let (even, odd) = (d4 - 4 * d2, d3 - 4 * d1)
    let (evenHalf, oddHalf) = (d4 - d2, d3 - d1)
    let oddTwice = oddHalf + oddHalf
    return SixSamples(
      FourSamples(4 * d0 + (d4 - 5 * d2), even + odd, even - odd, evenHalf + oddTwice),
      evenHalf - oddTwice, 4 * d1 + (d5 - 5 * d3))
  }

  @inline(__always) func store(_ out: UnsafeMutablePointer<Float>, _ stride: Int) {
    first.store(out, stride)
    d4.store(out + 4 * stride)
    d5.store(out + 5 * stride)
  }
}

/// F(2, 3), over the points 0, 1, −1, ∞.
private enum OutputsOfTwo: WinogradForm {
  typealias Samples = FourSamples
  @inline(__always) static var outputs: Int { 2 }

  @inline(__always)
  static func gather(
    _ source: UnsafePointer<Float>, _ stride: Int, _ bias: Lanes,
    into out: UnsafeMutablePointer<Float>, _ outStride: Int
  ) {
    let m = FourSamples(source, stride)
    (bias + (m.d0 + (m.d1 + m.d2))).store(out)
    (bias + (m.d1 - m.d2 - m.d3)).store(out + outStride)
  }

  @inline(__always)
  static func scatter(_ source: UnsafePointer<Float>, _ stride: Int) -> FourSamples {
    let (y0, y1) = (Lanes.load(source), Lanes.load(source + stride))
    return FourSamples(y0, y0 + y1, y0 - y1, Lanes(repeating: 0) - y1)
  }
}

/// F(4, 3), over the points 0, 1, −1, 2, −2, ∞.
private enum OutputsOfFour: WinogradForm {
  typealias Samples = SixSamples
  @inline(__always) static var outputs: Int { 4 }

  @inline(__always)
  static func gather(
    _ source: UnsafePointer<Float>, _ stride: Int, _ bias: Lanes,
    into out: UnsafeMutablePointer<Float>, _ outStride: Int
  ) {
    let m = SixSamples(source, stride)
    let (even, odd) = (m.first.d1 + m.first.d2, m.first.d1 - m.first.d2)
    let (evenTwice, oddTwice) = (m.first.d3 + m.d4, m.first.d3 - m.d4)
    (bias + (m.first.d0 + even + evenTwice)).store(out)
    (bias + (2 * oddTwice + odd)).store(out + outStride)
    (bias + (4 * evenTwice + even)).store(out + 2 * outStride)
    (bias + (8 * oddTwice + (odd + m.d5))).store(out + 3 * outStride)
  }

  @inline(__always)
  static func scatter(_ source: UnsafePointer<Float>, _ stride: Int) -> SixSamples {
    let y = FourSamples(source, stride)
    let (even, odd) = (y.d0 + y.d2, y.d1 + y.d3)
    let (evenTwice, oddTwice) = (4 * y.d2 + y.d0, 8 * y.d3 + (y.d1 + y.d1))
    return SixSamples(
      FourSamples(y.d0, even + odd, even - odd, evenTwice + oddTwice), evenTwice - oddTwice, y.d3)
  }
}

/// A factor and a vector whose product is going to be added.
private struct Product {
  let factor: Float
  let vector: Lanes
}

@inline(__always) private func + (a: Lanes, b: Lanes) -> Lanes { Lanes(a.vector + b.vector) }
@inline(__always) private func - (a: Lanes, b: Lanes) -> Lanes { Lanes(a.vector - b.vector) }
@inline(__always) private func * (factor: Float, vector: Lanes) -> Product {
  Product(factor: factor, vector: vector)
}
@inline(__always) private func + (product: Product, sum: Lanes) -> Lanes {
  Lanes.multiplyAdd(sum, product.vector, Lanes(repeating: product.factor))
}
@inline(__always) private func - (sum: Lanes, product: Product) -> Lanes {
  Lanes.multiplyAdd(sum, product.vector, Lanes(repeating: -product.factor))
}

/// The lines of a plane, which begin `left` numbers behind those that are read.
private struct PlaneLines {
  let plane: UnsafePointer<Float>
  let height: Int
  let width: Int
  let left: Int

  /// `count` numbers of line `y`, where they lie or in `room`; left and right of the image they are anything.
  @inline(__always)
  func line(
    _ y: Int, _ count: Int, room: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    let place = y * width - left
    if place >= 0, place + count <= height * width { return plane + place }
    let first = max(0, -left)
    let margin = max(0, left)
    let inside = max(0, min(width - first, count - margin))
    for x in 0..<min(margin, count) { room[x] = 0 }
    copyRow(plane + y * width + first, room + margin, inside)
    for x in min(margin + inside, count)..<count { room[x] = 0 }
    return UnsafePointer(room)
  }

  /// Fetches what will be read of the next plane's line.
  @inline(__always)
  func fetchNext(_ y: Int, _ count: Int) {
    let line = plane + (height + y) * width
    for x in stride(from: max(0, -left), to: min(width, count - left), by: 16) {
      chints_prefetch(line + x)
    }
  }
}

extension TileRows {
  /// Sorts `count` lines from `y` on by places in the tile.
  @inline(__always)
  func split(_ lines: PlaneLines, from y: Int, count: Int, outputs m: Int) {
    for i in 0..<count {
      guard 0..<lines.height ~= y + i else {
        (self.lines + i * m * lineStride).update(repeating: 0, count: m * lineStride)
        continue
      }
      lines.fetchNext(y + i, m * tiles + 2)
      split(lines, y + i, into: self.lines + i * m * lineStride, outputs: m)
    }
  }

  @inline(__always)
  private func split(
    _ lines: PlaneLines, _ y: Int, into out: UnsafeMutablePointer<Float>, outputs m: Int
  ) {
    let length = m * tiles + 2
    let vectors = (tiles + Lanes.lanes - 1) / Lanes.lanes
    let line = lines.line(y, max(m * vectors * Lanes.lanes, length), room: padded)
    for t in stride(from: 0, to: tiles, by: Lanes.lanes) {
      if m == 4 {
        splitFour(line + 4 * t, into: out + t, lineStride)
      } else {
        splitTwo(line + 2 * t, into: out + t, lineStride)
      }
    }
    // The first two numbers of the tile behind the last.
    out[tiles] = line[m * tiles]
    out[lineStride + tiles] = line[m * tiles + 1]
    // What lies outside of the image is 0.
    for x in 0..<max(0, min(lines.left, length)) { out[x % m * lineStride + x / m] = 0 }
    for x in max(0, min(lines.left + lines.width, length))..<length {
      out[x % m * lineStride + x / m] = 0
    }
  }

  /// The first `width` numbers of line `i` of a row of tiles; up to `room` may be written.
  @inline(__always)
  func merge(
    row: Int, line i: Int, outputs m: Int, into out: UnsafeMutablePointer<Float>, _ width: Int,
    room: Int
  ) {
    let source = planes + i * m * planeStride + row * tiles
    var x = 0
    while x < width {
      let isWhole = x + m * Lanes.lanes <= room
      let target = isWhole ? out + x : padded
      if m == 4 {
        mergeFour(source + x / 4, planeStride, into: target)
      } else {
        mergeTwo(source + x / 2, planeStride, into: target)
      }
      if !isWhole { copyRow(padded, out + x, width - x) }
      x += m * Lanes.lanes
    }
  }
}

// Not inlined: in a large function the compiler would call the library for each half of a vector.

/// Numbers 0 … 3 of a vector of tiles that begin four numbers apart.
@inline(never)
private func splitFour(
  _ source: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, _ stride: Int
) {
  let (low, high) = (pair(source), pair(source + 2 * Lanes.lanes))
  let even = Lanes.Pair(lowHalf: low.evenHalf, highHalf: high.evenHalf)
  let odd = Lanes.Pair(lowHalf: low.oddHalf, highHalf: high.oddHalf)
  Lanes(even.evenHalf).store(out)
  Lanes(odd.evenHalf).store(out + stride)
  Lanes(even.oddHalf).store(out + 2 * stride)
  Lanes(odd.oddHalf).store(out + 3 * stride)
}

/// Numbers 0 and 1 of a vector of tiles that begin two numbers apart.
@inline(never)
private func splitTwo(
  _ source: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, _ stride: Int
) {
  let both = pair(source)
  Lanes(both.evenHalf).store(out)
  Lanes(both.oddHalf).store(out + stride)
}

@inline(__always)
private func pair(_ source: UnsafePointer<Float>) -> Lanes.Pair {
  Lanes.Pair(
    lowHalf: Lanes.load(source).vector, highHalf: Lanes.load(source + Lanes.lanes).vector)
}

/// The numbers of four vectors by turns.
@inline(never)
private func mergeFour(
  _ source: UnsafePointer<Float>, _ stride: Int, into out: UnsafeMutablePointer<Float>
) {
  var (even, odd) = (Lanes.Pair(), Lanes.Pair())
  even.evenHalf = Lanes.load(source).vector
  even.oddHalf = Lanes.load(source + 2 * stride).vector
  odd.evenHalf = Lanes.load(source + stride).vector
  odd.oddHalf = Lanes.load(source + 3 * stride).vector
  var (low, high) = (Lanes.Pair(), Lanes.Pair())
  low.evenHalf = even.lowHalf
  low.oddHalf = odd.lowHalf
  high.evenHalf = even.highHalf
  high.oddHalf = odd.highHalf
  store(low, out)
  store(high, out + 2 * Lanes.lanes)
}

/// The numbers of two vectors by turns.
@inline(never)
private func mergeTwo(
  _ source: UnsafePointer<Float>, _ stride: Int, into out: UnsafeMutablePointer<Float>
) {
  var both = Lanes.Pair()
  both.evenHalf = Lanes.load(source).vector
  both.oddHalf = Lanes.load(source + stride).vector
  store(both, out)
}

@inline(__always)
private func store(_ pair: Lanes.Pair, _ out: UnsafeMutablePointer<Float>) {
  Lanes(pair.lowHalf).store(out)
  Lanes(pair.highHalf).store(out + Lanes.lanes)
}

/// Whether no number of a row is infinite or NaN.
@inline(__always)
private func isFinite(_ row: UnsafePointer<Float>, _ count: Int) -> Bool {
  var greatest: UInt32 = 0
  for x in 0..<count { greatest = max(greatest, row[x].bitPattern & 0x7fff_ffff) }
  return greatest < 0x7f80_0000
}
