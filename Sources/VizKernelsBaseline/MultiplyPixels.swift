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

/// Columns of a panel: the numbers side by side of one k, and of one pixel.
private var panelColumns: Int { 16 }

/// Sums of pixels, a tile after the other; they start from `start`, which has a number for each column, or where it is nil
/// from what is there.
///
/// Columns are one panel of sixteen or two, the second of which has its weights `weightStep` behind those of the first and
/// its sums `outStep`. A panel has sixteen weights for every k; of these and of what lies behind a place, the `columns` are
/// used up to whole vectors. No place may be twice in a tile; tiles are even parts of at most 6 pixels, or 8 with AVX-512.
/// As many weights are fetched from `ahead` on, if it is not nil: those that will be multiplied next.
package func multiplyPixels(
  rows: Int, columns: Int, depth: Int, source: UnsafePointer<Float>, pixels: UnsafePointer<Int>,
  offsets: UnsafePointer<Int>, weights: UnsafePointer<Float>, weightStep: Int,
  ahead: UnsafePointer<Float>?, start: UnsafePointer<Float>?, out: UnsafeMutablePointer<Float>,
  outStep: Int, places: UnsafePointer<Int>
) {
  #if VIZ_AVX512
    let tiles = PixelTiles(
      rows: rows, depth: depth, source: source, pixels: pixels, offsets: offsets, places: places,
      weightStep: weightStep, outStep: outStep)
    if columns > panelColumns {
      tiles.multiply(TwoVectors.self, weights, ahead, start, out)
    } else {
      tiles.multiply(OneVector.self, weights, ahead, start, out)
    }
  #else
    let tiles = PixelTiles(
      rows: rows, depth: depth, source: source, pixels: pixels, offsets: offsets, places: places,
      weightStep: TileLanes.lanes, outStep: TileLanes.lanes)
    let panels = (columns + panelColumns - 1) / panelColumns
    for panel in 0..<panels {
      let weights = weights + panel * weightStep
      var ahead = ahead == nil || panel + 1 == panels ? ahead : weights + weightStep
      let end = min(panelColumns, columns - panel * panelColumns)
      for o in stride(from: 0, to: end, by: TwoVectors.columns) {
        let start = start.map { $0 + panel * panelColumns + o }
        let out = out + panel * outStep + o
        if end - o > TileLanes.lanes {
          tiles.multiply(TwoVectors.self, weights + o, ahead, start, out)
        } else {
          tiles.multiply(OneVector.self, weights + o, ahead, start, out)
        }
        ahead = nil
      }
    }
  #endif
}

/// Lines of the cache that a tile fetches, two at a time: the first two tiles half of what is next each, a single one all
/// of two panels or every second line of one, and those that follow none.
private struct WeightFetch {
  private var next: UnsafePointer<Float>
  private let second: Int
  private let advance: Int

  /// Of one panel two lines for every four k, of two panels for every k.
  @inline(__always)
  init?(_ ahead: UnsafePointer<Float>?, depth: Int, part: Int, of parts: Int, panelStep: Int?) {
    guard let ahead, part < 2 else { return nil }
    let isAlone = parts == 1
    if let panelStep {
      next = ahead + part * panelStep
      second = isAlone ? panelStep : 0
      advance = panelColumns
    } else {
      next = ahead + part * depth * panelColumns / 2
      second = (isAlone ? 2 : 1) * panelColumns
      advance = 2 * second
    }
  }

  @inline(__always) mutating func fetch() {
    chints_prefetch(next)
    chints_prefetch(next + second)
    next += advance
  }
}

private struct PixelTiles {
  let rows: Int
  let depth: Int
  let source: UnsafePointer<Float>
  let pixels: UnsafePointer<Int>
  let offsets: UnsafePointer<Int>
  let places: UnsafePointer<Int>
  /// From the weights, and the sums, of a vector to those of the next.
  let weightStep: Int
  let outStep: Int

  @inline(__always)
  func multiply<Row: TileRow>(
    _: Row.Type, _ weights: UnsafePointer<Float>, _ ahead: UnsafePointer<Float>?,
    _ start: UnsafePointer<Float>?, _ out: UnsafeMutablePointer<Float>
  ) {
    let parts = (rows + pixelRows - 1) / pixelRows
    var first = 0
    for part in 0..<parts {
      let end = (part + 1) * rows / parts
      let tile = PixelTile(
        depth: depth, source: source, pixels: pixels + first, offsets: offsets,
        fetch: WeightFetch(
          ahead, depth: depth, part: part, of: parts,
          panelStep: Row.columns > panelColumns ? weightStep : nil),
        places: places + first, weightStep: weightStep, outStep: outStep)
      tile.multiply(Row.self, end - first, weights, start, out)
      first = end
    }
  }
}

private struct PixelTile {
  let depth: Int
  let source: UnsafePointer<Float>
  let pixels: UnsafePointer<Int>
  let offsets: UnsafePointer<Int>
  let fetch: WeightFetch?
  let places: UnsafePointer<Int>
  let weightStep: Int
  let outStep: Int

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
    if let start {
      rows.start(from: .load(start, step: TileLanes.lanes))
    } else {
      rows.load(out, places, step: outStep)
    }
    if let fetch {
      add(to: &rows, weights, fetch)
    } else {
      add(to: &rows, weights, nil)
    }
    rows.store(out, places, step: outStep)
  }

  @inline(__always)
  private func add<Rows: PixelRows>(
    to rows: inout Rows, _ weights: UnsafePointer<Float>, _ fetch: WeightFetch?
  ) {
    var (weights, offsets, fetch) = (weights, offsets, fetch)
    @inline(__always) func row(_ k: Int) -> Rows.Row {
      .load(weights + k * panelColumns, step: weightStep)
    }
    if Rows.Row.columns > panelColumns {
      // The compiler would move the numbers of several k to the front, and run out of registers.
      for k in 0..<depth {
        fetch?.fetch()
        rows.add(row(0), offsets[k])
        weights += panelColumns
      }
      return
    }
    for _ in 0..<depth / 4 {
      fetch?.fetch()
      rows.add(row(0), offsets[0])
      rows.add(row(1), offsets[1])
      rows.add(row(2), offsets[2])
      rows.add(row(3), offsets[3])
      offsets += 4
      weights += 4 * panelColumns
    }
    for k in 0..<depth % 4 { rows.add(row(k), offsets[k]) }
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
  mutating func load(_ out: UnsafeMutablePointer<Float>, _ places: UnsafePointer<Int>, step: Int)
  mutating func add(_ weights: Row, _ offset: Int)
  func store(_ out: UnsafeMutablePointer<Float>, _ places: UnsafePointer<Int>, step: Int)
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
  mutating func load(
    _ out: UnsafeMutablePointer<Float>, _ places: UnsafePointer<Int>, step: Int
  ) {
    sums = .load(out + places[0], step: step)
  }
  @inline(__always) mutating func add(_ weights: Row, _ offset: Int) {
    sums.add(weights, times: start[offset])
  }
  @inline(__always)
  func store(_ out: UnsafeMutablePointer<Float>, _ places: UnsafePointer<Int>, step: Int) {
    sums.store(out + places[0], step: step)
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
  mutating func load(
    _ out: UnsafeMutablePointer<Float>, _ places: UnsafePointer<Int>, step: Int
  ) {
    first.load(out, places, step: step)
    second.load(out, places + First.count, step: step)
  }
  @inline(__always) mutating func add(_ weights: First.Row, _ offset: Int) {
    first.add(weights, offset)
    second.add(weights, offset)
  }
  @inline(__always)
  func store(_ out: UnsafeMutablePointer<Float>, _ places: UnsafePointer<Int>, step: Int) {
    first.store(out, places, step: step)
    second.store(out, places + First.count, step: step)
  }
}
