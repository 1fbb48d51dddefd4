// A tile of a convolution whose rows are pixels and whose columns are output channels:
//
//     out[places[p] + o] = start[o] + Σₖ source[pixels[p] + offsets[k]] · weights[k, o],   0 ≤ p < rows, 0 ≤ o < columns
//
// Numbers of the image are read one by one where they lie, at whatever distance: nothing is copied for a tap. As in
// `multiplyTiles`, the sums stay in registers while k is walked, in order.

internal import CHints

/// The most pixels of a tile that stay in registers.
#if VIZ_AVX512
  private var pixelRows: Int { 8 }
#else
  private var pixelRows: Int { 6 }
#endif

/// Sums of pixels, a tile after the other; they start from `start`, which has a number for each column, or where it is nil
/// from what is there.
///
/// `weights` has `stride` numbers for every k; of these and of what lies behind a place, at most sixteen `columns` are
/// used up to whole vectors. No place may be twice in a tile; tiles are even parts of at most 6 pixels, or 8 with
/// AVX-512. As many weights are fetched from `ahead` on, if it is not nil: those that will be multiplied next.
package func multiplyPixels(
  rows: Int, columns: Int, depth: Int, source: UnsafePointer<Float>, pixels: UnsafePointer<Int>,
  offsets: UnsafePointer<Int>, weights: UnsafePointer<Float>, ahead: UnsafePointer<Float>?,
  start: UnsafePointer<Float>?, out: UnsafeMutablePointer<Float>, places: UnsafePointer<Int>,
  stride: Int
) {
  let parts = (rows + pixelRows - 1) / pixelRows
  var first = 0
  for part in 0..<parts {
    let end = (part + 1) * rows / parts
    let tile = PixelTile(
      depth: depth, source: source, pixels: pixels + first, offsets: offsets,
      fetch: WeightFetch(ahead, count: depth * stride, part: part, of: parts),
      places: places + first, stride: stride)
    #if VIZ_AVX512
      tile.multiply(OneVector.self, end - first, weights, start, out)
    #else
      var o = 0
      while o < columns {
        if columns - o > TileLanes.lanes {
          tile.multiply(TwoVectors.self, end - first, weights + o, start.map { $0 + o }, out + o)
        } else {
          tile.multiply(OneVector.self, end - first, weights + o, start.map { $0 + o }, out + o)
        }
        o += TwoVectors.columns
      }
    #endif
    first = end
  }
}

/// Lines of the cache that a tile fetches, two for every four k: the first two tiles half of what is next each, a single
/// one every second line, and those that follow none.
private struct WeightFetch {
  private var next: UnsafePointer<Float>
  private let step: Int

  @inline(__always)
  init?(_ ahead: UnsafePointer<Float>?, count: Int, part: Int, of parts: Int) {
    guard let ahead, part < 2 else { return nil }
    next = ahead + part * count / 2
    step = parts == 1 ? 32 : 16
  }

  @inline(__always) mutating func fetch() {
    chints_prefetch(next)
    chints_prefetch(next + step)
    next += 2 * step
  }
}

private struct PixelTile {
  let depth: Int
  let source: UnsafePointer<Float>
  let pixels: UnsafePointer<Int>
  let offsets: UnsafePointer<Int>
  let fetch: WeightFetch?
  let places: UnsafePointer<Int>
  let stride: Int

  @inline(__always)
  func multiply<Row: TileRow>(
    _: Row.Type, _ rows: Int, _ weights: UnsafePointer<Float>, _ start: UnsafePointer<Float>?,
    _ out: UnsafeMutablePointer<Float>
  ) {
    switch rows {
    case 1: multiply(OnePixel<Row>.self, weights, start, out)
    case 2: multiply(Pixels2<Row>.self, weights, start, out)
    case 3: multiply(SomePixels<Pixels2<Row>, OnePixel<Row>>.self, weights, start, out)
    case 4: multiply(Pixels4<Row>.self, weights, start, out)
    case 5: multiply(SomePixels<Pixels4<Row>, OnePixel<Row>>.self, weights, start, out)
    case 6: multiply(SomePixels<Pixels4<Row>, Pixels2<Row>>.self, weights, start, out)
    #if VIZ_AVX512
      case 7:
        multiply(
          SomePixels<Pixels4<Row>, SomePixels<Pixels2<Row>, OnePixel<Row>>>.self, weights, start,
          out)
      default: multiply(SomePixels<Pixels4<Row>, Pixels4<Row>>.self, weights, start, out)
    #else
      default: break
    #endif
    }
  }

  @inline(__always)
  private func multiply<Rows: PixelRows>(
    _: Rows.Type, _ weights: UnsafePointer<Float>, _ start: UnsafePointer<Float>?,
    _ out: UnsafeMutablePointer<Float>
  ) {
    var rows = Rows(source: source, pixels: pixels)
    if let start { rows.start(from: .load(start)) } else { rows.load(out, places) }
    if let fetch {
      add(to: &rows, weights, fetch)
    } else {
      add(to: &rows, weights, nil)
    }
    rows.store(out, places)
  }

  @inline(__always)
  private func add<Rows: PixelRows>(
    to rows: inout Rows, _ weights: UnsafePointer<Float>, _ fetch: WeightFetch?
  ) {
    var (weights, offsets, fetch) = (weights, offsets, fetch)
    for _ in 0..<depth / 4 {
      fetch?.fetch()
      rows.add(Rows.Row.load(weights), offsets[0])
      rows.add(Rows.Row.load(weights + stride), offsets[1])
      rows.add(Rows.Row.load(weights + 2 * stride), offsets[2])
      rows.add(Rows.Row.load(weights + 3 * stride), offsets[3])
      offsets += 4
      weights += 4 * stride
    }
    for k in 0..<depth % 4 {
      rows.add(Rows.Row.load(weights), offsets[k])
      weights += stride
    }
  }
}

private typealias Pixels2<Row: TileRow> = SomePixels<OnePixel<Row>, OnePixel<Row>>
private typealias Pixels4<Row: TileRow> = SomePixels<Pixels2<Row>, Pixels2<Row>>

/// Some rows of a tile, and where their pixels are.
private protocol PixelRows {
  associatedtype Row: TileRow
  static var count: Int { get }
  init(source: UnsafePointer<Float>, pixels: UnsafePointer<Int>)
  mutating func start(from row: Row)
  mutating func load(_ out: UnsafeMutablePointer<Float>, _ places: UnsafePointer<Int>)
  mutating func add(_ weights: Row, _ offset: Int)
  func store(_ out: UnsafeMutablePointer<Float>, _ places: UnsafePointer<Int>)
}

private struct OnePixel<Row: TileRow>: PixelRows {
  let start: UnsafePointer<Float>
  var sums: Row
  @inline(__always) static var count: Int { 1 }
  @inline(__always) init(source: UnsafePointer<Float>, pixels: UnsafePointer<Int>) {
    start = source + pixels[0]
    sums = Row(repeating: 0)
  }
  @inline(__always) mutating func start(from row: Row) { sums = row }
  @inline(__always)
  mutating func load(_ out: UnsafeMutablePointer<Float>, _ places: UnsafePointer<Int>) {
    sums = .load(out + places[0])
  }
  @inline(__always) mutating func add(_ weights: Row, _ offset: Int) {
    sums.add(weights, times: start[offset])
  }
  @inline(__always) func store(_ out: UnsafeMutablePointer<Float>, _ places: UnsafePointer<Int>) {
    sums.store(out + places[0])
  }
}

private struct SomePixels<First: PixelRows, Second: PixelRows>: PixelRows
where First.Row == Second.Row {
  var first: First
  var second: Second
  @inline(__always) static var count: Int { First.count + Second.count }
  @inline(__always) init(source: UnsafePointer<Float>, pixels: UnsafePointer<Int>) {
    first = First(source: source, pixels: pixels)
    second = Second(source: source, pixels: pixels + First.count)
  }
  @inline(__always) mutating func start(from row: First.Row) {
    first.start(from: row)
    second.start(from: row)
  }
  @inline(__always)
  mutating func load(_ out: UnsafeMutablePointer<Float>, _ places: UnsafePointer<Int>) {
    first.load(out, places)
    second.load(out, places + First.count)
  }
  @inline(__always) mutating func add(_ weights: First.Row, _ offset: Int) {
    first.add(weights, offset)
    second.add(weights, offset)
  }
  @inline(__always) func store(_ out: UnsafeMutablePointer<Float>, _ places: UnsafePointer<Int>) {
    first.store(out, places)
    second.store(out, places + First.count)
  }
}
