// A convolution of 3×3 taps by Winograd's minimal filtering: a tile of m × m outputs takes (m + 2)²
// products of numbers where the definition takes 9·m²:
//
//     Y = Aᵀ · [(G · g · Gᵀ) ⊙ (Bᵀ · d · B)] · A
//
// g is the kernel, d what the tile reads, (m + 2) × (m + 2) samples; ⊙ multiplies number by number and is
// where the channels are added up, as (m + 2)² products of matrices (`multiplyTile`). This file is what lies
// before them, Bᵀ·d·B, and behind them, Aᵀ·M·A. Vectors run over the tiles of a few rows, one after the other:
// number (i, j) of all of them lies side by side.
//
// Source: Lavin & Gray 2016, "Fast Algorithms for Convolutional Neural Networks", arXiv:1509.09308.

private typealias Lanes = SingleFloatLanes

/// Numbers that `winogradInput` and `winogradOutput` need beside their results for so many rows of tiles; zeros
/// at first, so that what no tile reads is not slow either.
package func winogradScratch(outputs m: Int, rows: Int, tiles: Int) -> Int {
  let size = m + 2
  return size * size * (TileRows.planeStride(rows: rows, tiles: tiles) + Lanes.lanes)
    + m * (tiles + 1 + 2 * Lanes.lanes)
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
  for row in 0..<rows {
    for i in 0..<m + 2 {
      let y = y + row * m + i
      strip.split(
        0..<height ~= y ? plane + y * width : nil, width: width, left: left, outputs: m, row: row,
        line: i)
    }
  }
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
    strip.merge(row: y / m, line: y % m, outputs: m, into: out + y * outStride, width)
  }
  if width == outStride { return isFinite(out, height * width) }
  return (0..<height).allSatisfy { isFinite(out + $0 * outStride, width) }
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

  @inline(__always)
  init(rows: Int, tiles: Int, outputs m: Int, scratch: UnsafeMutablePointer<Float>) {
    count = rows * tiles
    self.tiles = tiles
    planeStride = Self.planeStride(rows: rows, tiles: tiles)
    planes = scratch
    square = planes + (m + 2) * (m + 2) * planeStride
    padded = square + (m + 2) * (m + 2) * Lanes.lanes
  }

  /// Whole vectors from the first tile of the last row on, and the one that holds the place behind its last tile.
  @inline(__always)
  static func planeStride(rows: Int, tiles: Int) -> Int { rows * tiles + Lanes.lanes + 1 }

  @inline(__always)
  func spread<Form: WinogradForm>(
    _: Form.Type, into out: UnsafeMutablePointer<Float>, _ outStride: Int
  ) {
    let (size, lanes) = (Form.outputs + 2, Lanes.lanes)
    var t = 0
    while t < count {
      for j in 0..<size {
        Form.spread(
          planes + j * planeStride + t, size * planeStride, into: square + j * lanes, size * lanes)
      }
      for i in 0..<size {
        Form.spread(
          square + i * size * lanes, lanes, into: out + i * size * outStride + t, outStride)
      }
      t += lanes
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
  /// m.
  static var outputs: Int { get }

  /// Bᵀ · d for m + 2 vectors d.
  static func spread(
    _ d: UnsafePointer<Float>, _ stride: Int, into out: UnsafeMutablePointer<Float>,
    _ outStride: Int)

  /// Aᵀ · M + bias for m + 2 vectors M.
  static func gather(
    _ source: UnsafePointer<Float>, _ stride: Int, _ bias: Lanes,
    into out: UnsafeMutablePointer<Float>, _ outStride: Int)
}

/// F(2, 3), over the points 0, 1, −1, ∞.
private enum OutputsOfTwo: WinogradForm {
  @inline(__always) static var outputs: Int { 2 }

  @inline(__always)
  static func spread(
    _ d: UnsafePointer<Float>, _ stride: Int, into out: UnsafeMutablePointer<Float>,
    _ outStride: Int
  ) {
    let (d0, d1) = (Lanes.load(d), Lanes.load(d + stride))
    let (d2, d3) = (Lanes.load(d + 2 * stride), Lanes.load(d + 3 * stride))
    (d0 - d2).store(out)
    (d1 + d2).store(out + outStride)
    (d2 - d1).store(out + 2 * outStride)
    (d1 - d3).store(out + 3 * outStride)
  }

  @inline(__always)
  static func gather(
    _ source: UnsafePointer<Float>, _ stride: Int, _ bias: Lanes,
    into out: UnsafeMutablePointer<Float>, _ outStride: Int
  ) {
    let (m0, m1) = (Lanes.load(source), Lanes.load(source + stride))
    let (m2, m3) = (Lanes.load(source + 2 * stride), Lanes.load(source + 3 * stride))
    (bias + (m0 + (m1 + m2))).store(out)
    (bias + (m1 - m2 - m3)).store(out + outStride)
  }
}

/// F(4, 3), over the points 0, 1, −1, 2, −2, ∞.
private enum OutputsOfFour: WinogradForm {
  @inline(__always) static var outputs: Int { 4 }

  @inline(__always)
  static func spread(
    _ d: UnsafePointer<Float>, _ stride: Int, into out: UnsafeMutablePointer<Float>,
    _ outStride: Int
  ) {
    let (d0, d1) = (Lanes.load(d), Lanes.load(d + stride))
    let (d2, d3) = (Lanes.load(d + 2 * stride), Lanes.load(d + 3 * stride))
    let (d4, d5) = (Lanes.load(d + 4 * stride), Lanes.load(d + 5 * stride))
    let (even, odd) = (d4 - 4 * d2, d3 - 4 * d1)
    let (evenHalf, oddHalf) = (d4 - d2, d3 - d1)
    (4 * d0 + (d4 - 5 * d2)).store(out)
    (even + odd).store(out + outStride)
    (even - odd).store(out + 2 * outStride)
    (2 * oddHalf + evenHalf).store(out + 3 * outStride)
    (evenHalf - 2 * oddHalf).store(out + 4 * outStride)
    (4 * d1 + (d5 - 5 * d3)).store(out + 5 * outStride)
  }

  @inline(__always)
  static func gather(
    _ source: UnsafePointer<Float>, _ stride: Int, _ bias: Lanes,
    into out: UnsafeMutablePointer<Float>, _ outStride: Int
  ) {
    let (m0, m1) = (Lanes.load(source), Lanes.load(source + stride))
    let (m2, m3) = (Lanes.load(source + 2 * stride), Lanes.load(source + 3 * stride))
    let (m4, m5) = (Lanes.load(source + 4 * stride), Lanes.load(source + 5 * stride))
    let (even, odd) = (m1 + m2, m1 - m2)
    let (evenTwice, oddTwice) = (m3 + m4, m3 - m4)
    (bias + (m0 + even + evenTwice)).store(out)
    (bias + (2 * oddTwice + odd)).store(out + outStride)
    (bias + (4 * evenTwice + even)).store(out + 2 * outStride)
    (bias + (8 * oddTwice + (odd + m5))).store(out + 3 * outStride)
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

extension TileRows {
  /// Sorts line `i` of a row of tiles, which begins `left` numbers before `source`, by places in the tile; nil is
  /// a line of zeros.
  @inline(__always)
  func split(
    _ source: UnsafePointer<Float>?, width: Int, left: Int, outputs m: Int, row: Int, line i: Int
  ) {
    let out = planes + i * (m + 2) * planeStride + row * tiles
    if let source {
      let (first, margin, length) = (max(0, -left), max(0, left), m * tiles + 2)
      let count = max(0, min(width - first, length - margin))
      for x in 0..<min(margin, length) { padded[x] = 0 }
      copyRow(source + first, padded + margin, count)
      for x in min(margin + count, length)..<length { padded[x] = 0 }
    }
    // What is written behind the last tile is the next row's, which comes later; what is written before the first
    // one, the last row's, which was there.
    let (first, second) = (out + m * planeStride - 1, out + (m + 1) * planeStride - 1)
    let (firstSaved, secondSaved) = (first[0], second[0])
    var t = 0
    while t <= tiles {
      if source == nil {
        for j in 0..<m + 2 { Lanes(repeating: 0).store(out + j * planeStride + t) }
      } else if m == 4 {
        splitFour(padded + 4 * t, into: out + t, planeStride)
      } else {
        splitTwo(padded + 2 * t, into: out + t, planeStride)
      }
      t += Lanes.lanes
    }
    first[0] = firstSaved
    second[0] = secondSaved
  }

  /// The first `width` numbers of line `i` of a row of tiles.
  @inline(__always)
  func merge(
    row: Int, line i: Int, outputs m: Int, into out: UnsafeMutablePointer<Float>, _ width: Int
  ) {
    let source = planes + i * m * planeStride + row * tiles
    var x = 0
    while x < width {
      let isWhole = x + m * Lanes.lanes <= width
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

/// Numbers 0 … 5 of a vector of tiles that begin four numbers apart; 4 and 5 are the next tile's 0 and 1.
@inline(never)
private func splitFour(
  _ source: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, _ stride: Int
) {
  let (low, high) = (pair(source), pair(source + 2 * Lanes.lanes))
  let even = Lanes.Pair(lowHalf: low.evenHalf, highHalf: high.evenHalf)
  let odd = Lanes.Pair(lowHalf: low.oddHalf, highHalf: high.oddHalf)
  let (first, second) = (Lanes(even.evenHalf), Lanes(odd.evenHalf))
  first.store(out)
  second.store(out + stride)
  Lanes(even.oddHalf).store(out + 2 * stride)
  Lanes(odd.oddHalf).store(out + 3 * stride)
  first.store(out + 4 * stride - 1)
  second.store(out + 5 * stride - 1)
}

/// Numbers 0 … 3 of a vector of tiles that begin two numbers apart; 2 and 3 are the next tile's 0 and 1.
@inline(never)
private func splitTwo(
  _ source: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, _ stride: Int
) {
  let both = pair(source)
  let (first, second) = (Lanes(both.evenHalf), Lanes(both.oddHalf))
  first.store(out)
  second.store(out + stride)
  first.store(out + 2 * stride - 1)
  second.store(out + 3 * stride - 1)
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
