// A tile of a matrix product, the heart of every convolution with many channels:
//
//     out[r, x] = start[r, x] + Σₖ a[k, r] · b[k, x],   0 ≤ r < rows, 0 ≤ x < columns
//
// `start` is a number for each row, or what `out` holds already. The sums stay in registers while k is
// walked, in order: one product after the other is added, whatever the instruction set, the tile's place
// or its size. A column of `b` is a pixel, a row of `a` an output channel.

internal import CHints

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
/// `a` holds `aStride` numbers for every k, the tile's rows first; the numbers for k begin `offsets[k]` behind `b`.
/// Of at most `tileColumns` columns whole vectors are read and written; half of them and one more may be done as a
/// vector and a single column, which reads a vector's numbers of `a` for every k. `bias` has a number for each row;
/// nil adds to `out`. With every k one more line of the cache is fetched, `aheadStep` numbers behind the last, from
/// `ahead` on: what will be multiplied next.
package func multiplyTile(
  rows: Int, columns: Int, depth: Int, a: UnsafePointer<Float>, aStride: Int,
  ahead: UnsafePointer<Float>, aheadStep: Int, b: UnsafePointer<Float>,
  offsets: UnsafePointer<Int>, bias: UnsafePointer<Float>?, out: UnsafeMutablePointer<Float>,
  outStride: Int
) {
  let tile = Tile(
    depth: depth, a: a, aStride: aStride, ahead: ahead, aheadStep: aheadStep, b: b,
    offsets: offsets, bias: bias, out: out, outStride: outStride)
  if columns <= Lanes.lanes {
    tile.multiply(OneVector.self, rows: rows, hasColumn: false)
  } else if columns == Lanes.lanes + 1, tileRows <= Lanes.lanes {
    tile.multiply(OneVector.self, rows: rows, hasColumn: true)
  } else {
    tile.multiply(TwoVectors.self, rows: rows, hasColumn: false)
  }
}

private struct Tile {
  let depth: Int
  let a: UnsafePointer<Float>
  let aStride: Int
  let ahead: UnsafePointer<Float>
  let aheadStep: Int
  let b: UnsafePointer<Float>
  let offsets: UnsafePointer<Int>
  let bias: UnsafePointer<Float>?
  let out: UnsafeMutablePointer<Float>
  let outStride: Int

  @inline(__always)
  func multiply<Row: TileRow>(_: Row.Type, rows: Int, hasColumn: Bool) {
    switch rows {
    case 1: multiply(OneRow<Row>.self, hasColumn)
    case 2: multiply(Rows2<Row>.self, hasColumn)
    case 3: multiply(Rows3<Row>.self, hasColumn)
    case 4: multiply(Rows4<Row>.self, hasColumn)
    case 5: multiply(Both<Rows4<Row>, OneRow<Row>>.self, hasColumn)
    case 6: multiply(Both<Rows4<Row>, Rows2<Row>>.self, hasColumn)
    #if VIZ_AVX512 || arch(arm64)
      case 7: multiply(Both<Rows4<Row>, Rows3<Row>>.self, hasColumn)
      case 8: multiply(Rows8<Row>.self, hasColumn)
      case 9: multiply(Both<Rows8<Row>, OneRow<Row>>.self, hasColumn)
      case 10: multiply(Both<Rows8<Row>, Rows2<Row>>.self, hasColumn)
      case 11: multiply(Both<Rows8<Row>, Rows3<Row>>.self, hasColumn)
      default: multiply(Both<Rows8<Row>, Rows4<Row>>.self, hasColumn)
    #else
      default: break
    #endif
    }
  }

  @inline(__always)
  private func multiply<Rows: TileRows>(_: Rows.Type, _ hasColumn: Bool) {
    var sums: Rows
    if let bias {
      sums = Rows(bias: bias)
    } else {
      sums = Rows(out: out, stride: outStride)
    }
    var (a, ahead) = (a, ahead)
    var column = Lanes.zero
    if hasColumn {
      for r in 0..<Rows.count { column.vector[r] = bias?[r] ?? out[r * outStride + Lanes.lanes] }
    }
    for k in 0..<depth {
      chints_prefetch(ahead)
      let numbers = b + offsets[k]
      sums.add(Rows.Row.load(numbers), times: a)
      if hasColumn {
        // The rows of one column side by side.
        let factor = Lanes(repeating: numbers[Lanes.lanes])
        column = Lanes.multiplyAdd(column, Lanes.load(a), factor)
      }
      a += aStride
      ahead += aheadStep
    }
    sums.store(out, stride: outStride)
    if hasColumn {
      for r in 0..<Rows.count { out[r * outStride + Lanes.lanes] = column.vector[r] }
    }
  }
}

// The sums of a tile are a value of rows inside of rows, each by its own name: an array of them would
// stay in memory wherever the compiler does not unroll the loops over it.

/// Some rows of a tile.
private protocol TileRows {
  associatedtype Row: TileRow
  static var count: Int { get }
  init(bias: UnsafePointer<Float>)
  init(out: UnsafePointer<Float>, stride: Int)
  mutating func add(_ columns: Row, times factors: UnsafePointer<Float>)
  func store(_ out: UnsafeMutablePointer<Float>, stride: Int)
}

private typealias Rows2<Row: TileRow> = Both<OneRow<Row>, OneRow<Row>>
private typealias Rows3<Row: TileRow> = Both<Rows2<Row>, OneRow<Row>>
private typealias Rows4<Row: TileRow> = Both<Rows2<Row>, Rows2<Row>>
private typealias Rows8<Row: TileRow> = Both<Rows4<Row>, Rows4<Row>>

private struct OneRow<Row: TileRow>: TileRows {
  var row: Row
  @inline(__always) static var count: Int { 1 }
  @inline(__always) init(bias: UnsafePointer<Float>) { row = Row(repeating: bias[0]) }
  @inline(__always) init(out: UnsafePointer<Float>, stride: Int) { row = .load(out) }
  @inline(__always) mutating func add(_ columns: Row, times factors: UnsafePointer<Float>) {
    row.add(columns, times: factors[0])
  }
  @inline(__always) func store(_ out: UnsafeMutablePointer<Float>, stride: Int) {
    row.store(out)
  }
}

/// Rows, and more rows below them.
private struct Both<First: TileRows, Second: TileRows>: TileRows where First.Row == Second.Row {
  var first: First
  var second: Second
  @inline(__always) static var count: Int { First.count + Second.count }
  @inline(__always) init(bias: UnsafePointer<Float>) {
    first = First(bias: bias)
    second = Second(bias: bias + First.count)
  }
  @inline(__always) init(out: UnsafePointer<Float>, stride: Int) {
    first = First(out: out, stride: stride)
    second = Second(out: out + First.count * stride, stride: stride)
  }
  @inline(__always)
  mutating func add(_ columns: First.Row, times factors: UnsafePointer<Float>) {
    first.add(columns, times: factors)
    second.add(columns, times: factors + First.count)
  }
  @inline(__always) func store(_ out: UnsafeMutablePointer<Float>, stride: Int) {
    first.store(out, stride: stride)
    second.store(out + First.count * stride, stride: stride)
  }
}

/// A row of a tile: as many vectors as it is wide.
private protocol TileRow {
  init(repeating value: Float)
  static func load(_ source: UnsafePointer<Float>) -> Self
  mutating func add(_ columns: Self, times factor: Float)
  func store(_ out: UnsafeMutablePointer<Float>)
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
  @inline(__always) func store(_ out: UnsafeMutablePointer<Float>) { first.store(out) }
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
  @inline(__always) func store(_ out: UnsafeMutablePointer<Float>) {
    first.store(out)
    second.store(out + Lanes.lanes)
  }
}
