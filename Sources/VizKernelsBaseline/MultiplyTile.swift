// A tile of a matrix product, the heart of every convolution with many channels:
//
//     out[r, x] = clamp(start[r, x] + Σₖ a[k, r] · b[k, x] + addend[r, x]),   0 ≤ r < rows, 0 ≤ x < columns
//
// `start` is a number for each row, or what `out` holds already; addend and limits are there where the sum ends. The sums stay in registers while k is
// walked, in order: one product after the other is added, whatever the instruction set, the tile's place
// or its size. A column of `b` is a pixel, a row of `a` an output channel.

internal import CHints

#if VIZ_AVX512
  typealias TileLanes = FloatLanes
#elseif VIZ_FMA
  typealias TileLanes = SingleFloatLanes
#else
  typealias TileLanes = QuarterFloatLanes
#endif
private typealias Lanes = TileLanes

/// The most rows of a tile that stay in registers, and the columns of a whole one.
#if VIZ_AVX512 || arch(arm64)
  package var tileRows: Int { 12 }
#else
  package var tileRows: Int { 6 }
#endif
package var tileColumns: Int { 2 * Lanes.lanes }

/// Multiplies at most `tileRows` rows with `count` panels of columns, a tile each.
///
/// `a` holds `aStride` numbers for every k, the tile's rows first. Panel i begins `starts[i]` behind `b`, its numbers for k
/// `offsets[k]` behind that, or without offsets `bStride` behind the last; its tile, and what is added to it, `places[i]`
/// behind `out` and `addend`, whose rows are `outStride` apart. Whole panels without offsets are copied to `copy`, unless it
/// is nil: one after the other, `tileColumns` numbers for every k.
/// Of at most `tileColumns` columns whole vectors are read and written; half of them and one more may be done as a
/// vector and a single column, which reads a vector's numbers of `a` for every k. `bias` has a number for each row;
/// nil adds to `out`. From `ahead` on, two lines for every four k are fetched into the cache, each `aheadStep` numbers behind the
/// last: what will be multiplied next. `limits` are a lower and an upper one, which let NaN through.
package func multiplyTiles(
  count: Int, starts: UnsafePointer<Int>, places: UnsafePointer<Int>, rows: Int, columns: Int,
  depth: Int, a: UnsafePointer<Float>, aStride: Int, ahead: UnsafePointer<Float>, aheadStep: Int,
  b: UnsafePointer<Float>, bStride: Int, offsets: UnsafePointer<Int>?,
  copy: UnsafeMutablePointer<Float>?, bias: UnsafePointer<Float>?, addend: UnsafePointer<Float>?,
  limits: UnsafePointer<Float>?, out: UnsafeMutablePointer<Float>, outStride: Int
) {
  let tiles = Tiles(
    outStride: outStride, out: out, limits: limits, addend: addend, bias: bias, copy: copy,
    offsets: offsets, bStride: bStride, b: b, aheadStep: aheadStep, ahead: ahead, aStride: aStride,
    a: a, depth: depth, places: places, starts: starts, count: count)
  if columns <= Lanes.lanes {
    tiles.multiply(OneVector.self, rows: rows)
  } else if columns == Lanes.lanes + 1, tileRows <= Lanes.lanes {
    tiles.multiply(VectorAndColumn.self, rows: rows)
  } else {
    tiles.multiply(TwoVectors.self, rows: rows)
  }
}

/// What is multiplied, in the reverse order of the arguments: in their order, those on the stack would be copied as vectors,
/// which wait for each number that was just written.
private struct Tiles {
  let outStride: Int
  let out: UnsafeMutablePointer<Float>
  let limits: UnsafePointer<Float>?
  let addend: UnsafePointer<Float>?
  let bias: UnsafePointer<Float>?
  let copy: UnsafeMutablePointer<Float>?
  let offsets: UnsafePointer<Int>?
  let bStride: Int
  let b: UnsafePointer<Float>
  let aheadStep: Int
  let ahead: UnsafePointer<Float>
  let aStride: Int
  let a: UnsafePointer<Float>
  let depth: Int
  let places: UnsafePointer<Int>
  let starts: UnsafePointer<Int>
  let count: Int

  @inline(__always)
  func multiply<Row: TileRow>(_: Row.Type, rows: Int) {
    if let offsets {
      multiply(Row.self, SpreadColumns(b, offsets), rows: rows)
    } else if let copy, Row.columns == tileColumns {
      multiply(Row.self, CopiedColumns(b, bStride, to: copy, depth: depth), rows: rows)
    } else {
      multiply(Row.self, EvenColumns(b, bStride), rows: rows)
    }
  }

  @inline(never)
  private func multiply<Row: TileRow, Columns: TileColumns>(
    _: Row.Type, _ columns: Columns, rows: Int
  ) {
    switch rows {
    case 1: multiply(OneRow<Row>.self, columns)
    case 2: multiply(Rows2<Row>.self, columns)
    case 3: multiply(Rows3<Row>.self, columns)
    case 4: multiply(Rows4<Row>.self, columns)
    case 5: multiply(Both<Rows4<Row>, OneRow<Row>>.self, columns)
    case 6: multiply(Both<Rows4<Row>, Rows2<Row>>.self, columns)
    #if VIZ_AVX512 || arch(arm64)
      case 7: multiply(Both<Rows4<Row>, Rows3<Row>>.self, columns)
      case 8: multiply(Rows8<Row>.self, columns)
      case 9: multiply(Both<Rows8<Row>, OneRow<Row>>.self, columns)
      case 10: multiply(Both<Rows8<Row>, Rows2<Row>>.self, columns)
      case 11: multiply(Both<Rows8<Row>, Rows3<Row>>.self, columns)
      default: multiply(Both<Rows8<Row>, Rows4<Row>>.self, columns)
    #else
      default: break
    #endif
    }
  }

  @inline(__always)
  private func multiply<Rows: TileRows, Columns: TileColumns>(_: Rows.Type, _ columns: Columns) {
    var ahead = ahead
    for i in 0..<count {
      fetch(Rows.self, places[i])
      multiply(Rows.self, columns.panel(i, start: starts[i]), places[i], ahead: ahead)
      ahead += depth / 2 * aheadStep
    }
  }

  /// Fetches what a tile is stored to, and what is added to it, while it is multiplied.
  @inline(__always)
  private func fetch<Rows: TileRows>(_: Rows.Type, _ place: Int) {
    var i = place
    for _ in 0..<Rows.count {
      Self.fetch(Rows.Row.self, out + i)
      if let addend { Self.fetch(Rows.Row.self, addend + i) }
      i += outStride
    }
  }

  /// The lines of the cache that a row's numbers touch.
  @inline(__always)
  private static func fetch<Row: TileRow>(_: Row.Type, _ numbers: UnsafePointer<Float>) {
    chints_prefetch(numbers)
    if Row.columns > 16 { chints_prefetch(numbers + 16) }
    chints_prefetch(numbers + Row.columns - 1)
  }

  @inline(__always)
  private func multiply<Rows: TileRows, Columns: TileColumns>(
    _: Rows.Type, _ b: Columns, _ place: Int, ahead: UnsafePointer<Float>
  ) {
    let out = out + place
    var sums: Rows
    if let bias {
      sums = Rows(bias: bias)
    } else {
      sums = Rows(out: out, stride: outStride)
    }
    var (a, b, ahead) = (a, b, ahead)
    var column = Lanes.zero
    if Rows.Row.hasColumn {
      for r in 0..<Rows.count { column.vector[r] = bias?[r] ?? out[r * outStride + Lanes.lanes] }
    }
    @inline(__always)
    func add(_ k: Int, times a: UnsafePointer<Float>) {
      sums.add(b.row(k), times: a)
      if Rows.Row.hasColumn {
        // The rows of one column side by side.
        let factor = Lanes(repeating: b[k][Lanes.lanes])
        column = Lanes.multiplyAdd(column, Lanes.load(a), factor)
      }
    }
    // What is not a product is done once for several of them: it takes a part of what a core can begin in a cycle,
    // which it shares where it runs two threads.
    for _ in 0..<depth / 4 {
      chints_prefetch(ahead)
      chints_prefetch(ahead + aheadStep)
      add(0, times: a)
      add(1, times: a + aStride)
      add(2, times: a + 2 * aStride)
      add(3, times: a + 3 * aStride)
      b.advance(by: 4)
      a += 4 * aStride
      ahead += 2 * aheadStep
    }
    for _ in 0..<depth % 4 {
      add(0, times: a)
      b.advance(by: 1)
      a += aStride
    }
    if let addend = addend.map({ $0 + place }) {
      sums.add(addend, stride: outStride)
      if Rows.Row.hasColumn {
        for r in 0..<Rows.count { column.vector[r] += addend[r * outStride + Lanes.lanes] }
      }
    }
    sums.store(out, stride: outStride)
    if Rows.Row.hasColumn {
      for r in 0..<Rows.count { out[r * outStride + Lanes.lanes] = column.vector[r] }
    }
    if let limits { limit(Rows.Row.self, out, rows: Rows.count, limits[0], limits[1]) }
  }

  /// Clamps what was stored.
  ///
  /// Vectors that are clamped in their registers are calls in so large a function, around which all of them are saved.
  @inline(never)
  private func limit<Row: TileRow>(
    _: Row.Type, _ out: UnsafeMutablePointer<Float>, rows: Int, _ lower: Float, _ upper: Float
  ) {
    for r in 0..<rows {
      let row = out + r * outStride
      for x in 0..<Row.columns { row[x] = clamp(row[x], lower, upper) }
    }
  }
}

/// Where a panel's numbers are for each k.
private protocol TileColumns {
  /// Those of panel i, which begins so far behind what all of them begin with.
  func panel(_ i: Int, start: Int) -> Self
  /// The numbers of the k that is so many behind the one at hand.
  subscript(k: Int) -> UnsafePointer<Float> { get }
  func row<Row: TileRow>(_ k: Int) -> Row
  mutating func advance(by count: Int)
}

extension TileColumns {
  @inline(__always) func row<Row: TileRow>(_ k: Int) -> Row { .load(self[k]) }
}

/// All as far apart.
private struct EvenColumns: TileColumns {
  private var numbers: UnsafePointer<Float>
  private let stride: Int

  @inline(__always) init(_ numbers: UnsafePointer<Float>, _ stride: Int) {
    (self.numbers, self.stride) = (numbers, stride)
  }
  @inline(__always) func panel(_ i: Int, start: Int) -> EvenColumns {
    EvenColumns(numbers + start, stride)
  }
  @inline(__always) subscript(k: Int) -> UnsafePointer<Float> { numbers + k * stride }
  @inline(__always) mutating func advance(by count: Int) { numbers += count * stride }
}

/// All as far apart, as in an image; what is read is copied side by side.
private struct CopiedColumns: TileColumns {
  private var numbers: EvenColumns
  private var copy: UnsafeMutablePointer<Float>
  private let depth: Int

  /// In an image every k has lines of its own: they are fetched so many k before they are multiplied.
  @inline(__always) private static var ahead: Int { 16 }

  @inline(__always)
  init(
    _ numbers: UnsafePointer<Float>, _ stride: Int, to copy: UnsafeMutablePointer<Float>, depth: Int
  ) {
    self.init(EvenColumns(numbers, stride), copy, depth)
  }
  @inline(__always)
  private init(_ numbers: EvenColumns, _ copy: UnsafeMutablePointer<Float>, _ depth: Int) {
    (self.numbers, self.copy, self.depth) = (numbers, copy, depth)
  }
  @inline(__always) func panel(_ i: Int, start: Int) -> CopiedColumns {
    CopiedColumns(numbers.panel(i, start: start), copy + i * depth * tileColumns, depth)
  }
  @inline(__always) subscript(k: Int) -> UnsafePointer<Float> { numbers[k] }
  @inline(__always) func row<Row: TileRow>(_ k: Int) -> Row {
    let next = numbers[k + Self.ahead]
    chints_prefetch(next)
    if Row.columns > 16 { chints_prefetch(next + 16) }
    let row = Row.load(numbers[k])
    row.store(copy + k * tileColumns)
    return row
  }
  @inline(__always) mutating func advance(by count: Int) {
    numbers.advance(by: count)
    copy += count * tileColumns
  }
}

/// At a distance of its own for each k.
private struct SpreadColumns: TileColumns {
  private let numbers: UnsafePointer<Float>
  private var offsets: UnsafePointer<Int>

  @inline(__always) init(_ numbers: UnsafePointer<Float>, _ offsets: UnsafePointer<Int>) {
    (self.numbers, self.offsets) = (numbers, offsets)
  }
  @inline(__always) func panel(_ i: Int, start: Int) -> SpreadColumns {
    SpreadColumns(numbers + start, offsets)
  }
  @inline(__always) subscript(k: Int) -> UnsafePointer<Float> { numbers + offsets[k] }
  @inline(__always) mutating func advance(by count: Int) { offsets += count }
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
  mutating func add(_ numbers: UnsafePointer<Float>, stride: Int)
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
  @inline(__always) mutating func add(_ numbers: UnsafePointer<Float>, stride: Int) {
    row.add(.load(numbers))
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
  @inline(__always) mutating func add(_ numbers: UnsafePointer<Float>, stride: Int) {
    first.add(numbers, stride: stride)
    second.add(numbers + First.count * stride, stride: stride)
  }
  @inline(__always) func store(_ out: UnsafeMutablePointer<Float>, stride: Int) {
    first.store(out, stride: stride)
    second.store(out + First.count * stride, stride: stride)
  }
}

/// A row of a tile: as many vectors as it is wide.
protocol TileRow {
  static var columns: Int { get }
  /// Whether one more column follows, whose sums the tile keeps side by side.
  static var hasColumn: Bool { get }
  init(repeating value: Float)
  /// Vectors that are `step` numbers apart.
  static func load(_ source: UnsafePointer<Float>, step: Int) -> Self
  mutating func add(_ columns: Self, times factor: Float)
  mutating func add(_ columns: Self)
  func store(_ out: UnsafeMutablePointer<Float>, step: Int)
}

extension TileRow {
  @inline(__always) static func load(_ source: UnsafePointer<Float>) -> Self {
    load(source, step: TileLanes.lanes)
  }
  @inline(__always) func store(_ out: UnsafeMutablePointer<Float>) {
    store(out, step: TileLanes.lanes)
  }
}

struct OneVector: TileRow {
  @inline(__always) static var columns: Int { TileLanes.lanes }
  @inline(__always) static var hasColumn: Bool { false }
  var first: TileLanes
  @inline(__always) init(repeating value: Float) { first = TileLanes(repeating: value) }
  @inline(__always) init(_ first: TileLanes) { self.first = first }
  @inline(__always) static func load(_ source: UnsafePointer<Float>, step: Int)
    -> OneVector
  {
    OneVector(.load(source))
  }
  @inline(__always) mutating func add(_ columns: OneVector, times factor: Float) {
    first = TileLanes.multiplyAdd(first, columns.first, TileLanes(repeating: factor))
  }
  @inline(__always) mutating func add(_ columns: OneVector) {
    first = TileLanes(first.vector + columns.first.vector)
  }
  @inline(__always) func store(_ out: UnsafeMutablePointer<Float>, step: Int) { first.store(out) }
}

private struct VectorAndColumn: TileRow {
  @inline(__always) static var columns: Int { TileLanes.lanes + 1 }
  var vector: OneVector
  @inline(__always) static var hasColumn: Bool { true }
  @inline(__always) init(_ vector: OneVector) { self.vector = vector }
  @inline(__always) init(repeating value: Float) { vector = OneVector(repeating: value) }
  @inline(__always) static func load(_ source: UnsafePointer<Float>, step: Int)
    -> VectorAndColumn
  {
    VectorAndColumn(.load(source))
  }
  @inline(__always) mutating func add(_ columns: VectorAndColumn, times factor: Float) {
    vector.add(columns.vector, times: factor)
  }
  @inline(__always) mutating func add(_ columns: VectorAndColumn) { vector.add(columns.vector) }
  @inline(__always) func store(_ out: UnsafeMutablePointer<Float>, step: Int) { vector.store(out) }
}

typealias TwoVectors = SideBySide<OneVector, OneVector>

/// A row's vectors, and more to the right of them.
struct SideBySide<Left: TileRow, Right: TileRow>: TileRow {
  @inline(__always) static var columns: Int { Left.columns + Right.columns }
  @inline(__always) static var hasColumn: Bool { false }
  var left: Left
  var right: Right
  @inline(__always) init(_ left: Left, _ right: Right) { (self.left, self.right) = (left, right) }
  @inline(__always) init(repeating value: Float) {
    self.init(Left(repeating: value), Right(repeating: value))
  }
  @inline(__always) static func load(_ source: UnsafePointer<Float>, step: Int) -> SideBySide {
    SideBySide(.load(source, step: step), .load(source + rightStep(step), step: step))
  }
  @inline(__always) mutating func add(_ columns: SideBySide, times factor: Float) {
    left.add(columns.left, times: factor)
    right.add(columns.right, times: factor)
  }
  @inline(__always) mutating func add(_ columns: SideBySide) {
    left.add(columns.left)
    right.add(columns.right)
  }
  @inline(__always) func store(_ out: UnsafeMutablePointer<Float>, step: Int) {
    left.store(out, step: step)
    right.store(out + Self.rightStep(step), step: step)
  }
  /// From the first vector to the right part's first, where vectors are `step` apart.
  @inline(__always) private static func rightStep(_ step: Int) -> Int {
    Left.columns / TileLanes.lanes * step
  }
}
