// A tile of a matrix product, the heart of every convolution with many channels:
//
//     out[r, x] = clamp(start[r, x] + Σₖ a[k, r] · b[k, x]),   0 ≤ r < rows, 0 ≤ x < columns
//
// `start` is a number for each row, or what `out` holds already. The sums stay in registers while k is
// walked, in order: one product after the other is added, whatever the instruction set, the tile's place
// or its size. A column of `b` is a pixel, a row of `a` an output channel.

#if VIZ_AVX512
  private typealias Lanes = FloatLanes
#elseif VIZ_FMA
  private typealias Lanes = SingleFloatLanes
#else
  private typealias Lanes = QuarterFloatLanes
#endif

/// The most rows of a tile that stay in registers, and the columns of a whole one.
#if VIZ_AVX512 || arch(arm64)
  package var tileRows: Int { 12 }
#else
  package var tileRows: Int { 6 }
#endif
package var tileColumns: Int { 2 * Lanes.lanes }

/// Multiplies a tile of at most `tileRows` rows.
///
/// `a` holds `aStride` numbers for every k, the tile's rows first; `b` holds `tileColumns` numbers for
/// every k. `vectors` is 2 for a whole tile and 1 for its left half. `bias` has a number for each row; nil
/// adds to `out`. Results lie between `lower` and `upper`; NaN stays NaN.
package func multiplyTile(
  rows: Int, vectors: Int, depth: Int, a: UnsafePointer<Float>, aStride: Int,
  b: UnsafePointer<Float>, bias: UnsafePointer<Float>?, lower: Float, upper: Float,
  out: UnsafeMutablePointer<Float>, outStride: Int
) {
  let tile = Tile(
    depth: depth, a: a, aStride: aStride, b: b, bias: bias, lower: Lanes(repeating: lower),
    upper: Lanes(repeating: upper), out: out, outStride: outStride)
  switch (rows, vectors) {
  case (1, 1): tile.multiply(InlineArray<1, OneVector>.self)
  case (2, 1): tile.multiply(InlineArray<2, OneVector>.self)
  case (3, 1): tile.multiply(InlineArray<3, OneVector>.self)
  case (4, 1): tile.multiply(InlineArray<4, OneVector>.self)
  case (5, 1): tile.multiply(InlineArray<5, OneVector>.self)
  case (6, 1): tile.multiply(InlineArray<6, OneVector>.self)
  case (1, _): tile.multiply(InlineArray<1, TwoVectors>.self)
  case (2, _): tile.multiply(InlineArray<2, TwoVectors>.self)
  case (3, _): tile.multiply(InlineArray<3, TwoVectors>.self)
  case (4, _): tile.multiply(InlineArray<4, TwoVectors>.self)
  case (5, _): tile.multiply(InlineArray<5, TwoVectors>.self)
  case (6, _): tile.multiply(InlineArray<6, TwoVectors>.self)
  #if VIZ_AVX512 || arch(arm64)
    case (7, 1): tile.multiply(InlineArray<7, OneVector>.self)
    case (8, 1): tile.multiply(InlineArray<8, OneVector>.self)
    case (9, 1): tile.multiply(InlineArray<9, OneVector>.self)
    case (10, 1): tile.multiply(InlineArray<10, OneVector>.self)
    case (11, 1): tile.multiply(InlineArray<11, OneVector>.self)
    case (12, 1): tile.multiply(InlineArray<12, OneVector>.self)
    case (7, _): tile.multiply(InlineArray<7, TwoVectors>.self)
    case (8, _): tile.multiply(InlineArray<8, TwoVectors>.self)
    case (9, _): tile.multiply(InlineArray<9, TwoVectors>.self)
    case (10, _): tile.multiply(InlineArray<10, TwoVectors>.self)
    case (11, _): tile.multiply(InlineArray<11, TwoVectors>.self)
    default: tile.multiply(InlineArray<12, TwoVectors>.self)
  #else
    default: break
  #endif
  }
}

private struct Tile {
  let depth: Int
  let a: UnsafePointer<Float>
  let aStride: Int
  let b: UnsafePointer<Float>
  let bias: UnsafePointer<Float>?
  let lower: Lanes
  let upper: Lanes
  let out: UnsafeMutablePointer<Float>
  let outStride: Int

  /// The product for as many rows as the type has: all loops over them unroll.
  @inline(__always)
  func multiply<let rows: Int, Row: TileRow>(_: InlineArray<rows, Row>.Type) {
    var sums = InlineArray<rows, Row>(repeating: Row(repeating: 0))
    for r in 0..<rows {
      if let bias {
        sums[r] = Row(repeating: bias[r])
      } else {
        sums[r] = Row.load(out + r * outStride)
      }
    }
    var (a, b) = (a, b)
    for _ in 0..<depth {
      let columns = Row.load(b)
      for r in 0..<rows { sums[r].add(columns, times: a[r]) }
      a += aStride
      b += tileColumns
    }
    for r in 0..<rows { sums[r].store(out + r * outStride, lower, upper) }
  }
}

/// A row of a tile: as many vectors as it is wide.
private protocol TileRow {
  init(repeating value: Float)
  static func load(_ source: UnsafePointer<Float>) -> Self
  mutating func add(_ columns: Self, times factor: Float)
  func store(_ out: UnsafeMutablePointer<Float>, _ lower: Lanes, _ upper: Lanes)
}

private struct OneVector: TileRow {
  var first: Lanes
  @inline(__always) init(repeating value: Float) { first = Lanes(repeating: value) }
  @inline(__always) init(_ first: Lanes) { self.first = first }
  @inline(__always) static func load(_ source: UnsafePointer<Float>) -> OneVector {
    OneVector(.load(source))
  }
  @inline(__always) mutating func add(_ columns: OneVector, times factor: Float) {
    first = Lanes.multiplyAdd(first, columns.first, Lanes(repeating: factor))
  }
  @inline(__always)
  func store(_ out: UnsafeMutablePointer<Float>, _ lower: Lanes, _ upper: Lanes) {
    Lanes.clamp(first, lower, upper).store(out)
  }
}

private struct TwoVectors: TileRow {
  var first: Lanes
  var second: Lanes
  @inline(__always) init(repeating value: Float) {
    first = Lanes(repeating: value)
    second = first
  }
  @inline(__always) init(_ first: Lanes, _ second: Lanes) {
    self.first = first
    self.second = second
  }
  @inline(__always) static func load(_ source: UnsafePointer<Float>) -> TwoVectors {
    TwoVectors(.load(source), .load(source + Lanes.lanes))
  }
  @inline(__always) mutating func add(_ columns: TwoVectors, times factor: Float) {
    let factor = Lanes(repeating: factor)
    first = Lanes.multiplyAdd(first, columns.first, factor)
    second = Lanes.multiplyAdd(second, columns.second, factor)
  }
  @inline(__always)
  func store(_ out: UnsafeMutablePointer<Float>, _ lower: Lanes, _ upper: Lanes) {
    Lanes.clamp(first, lower, upper).store(out)
    Lanes.clamp(second, lower, upper).store(out + Lanes.lanes)
  }
}
