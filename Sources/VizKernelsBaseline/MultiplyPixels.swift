// A tile of a convolution whose rows are pixels and whose columns are output channels:
//
//     out[places[p] + o] = start[o] + Σₖ source[pixels[p] + offsets[k]] · weights[k, o],   0 ≤ p < rows, 0 ≤ o < columns
//
// Numbers of the image are read one by one where they lie, at whatever distance: nothing is copied for a tap. As in
// `multiplyTiles`, the sums stay in registers while k is walked, in order.

internal import CHints

/// Columns of a panel: the numbers side by side of one k, and of one pixel.
private var panelColumns: Int { 16 }

private typealias ThreeVectors = SideBySide<TwoVectors, OneVector>
private typealias FourVectors = SideBySide<TwoVectors, TwoVectors>

extension TileRow {
  /// Panels that a row's vectors are in.
  @inline(__always) fileprivate static var panels: Int {
    (columns + panelColumns - 1) / panelColumns
  }
  /// The most pixels of a tile whose sums the compiler keeps in registers beside the weights of one k.
  @inline(__always) fileprivate static var mostPixels: Int {
    #if VIZ_AVX512
      panels > 2 ? 6 : 8
    #else
      6
    #endif
  }
}

/// Sums of pixels, a tile after the other; they start from `start`, which has a number for each column, or where it is nil
/// from what is there.
///
/// Columns are up to four panels of sixteen, each of which has its weights `weightStep` behind those of the panel before
/// and its sums `outStep`. A panel has sixteen weights for every k; of these and of what lies behind a place, the `columns`
/// are used up to whole vectors. No place may be twice in a tile: tiles are even parts of at most 8 pixels where columns are
/// at most two panels and there is AVX-512, and else of 6. From `ahead` on lie the weights that come next: as many of at
/// most two panels are fetched, if it is not nil.
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
    switch (columns + panelColumns - 1) / panelColumns {
    case 1: tiles.multiply(OneVector.self, weights, ahead, start, out)
    case 2: tiles.multiply(TwoVectors.self, weights, ahead, start, out)
    case 3: tiles.multiply(ThreeVectors.self, weights, nil, start, out)
    case 4: tiles.multiply(FourVectors.self, weights, nil, start, out)
    default: break
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

/// What a tile fetches into the cache while it is multiplied.
private protocol TileFetch {
  /// Whether that is nothing at all.
  static var isNone: Bool { get }
  /// What belongs to one more k.
  mutating func fetch()
}

private struct NoFetch: TileFetch {
  @inline(__always) static var isNone: Bool { true }
  @inline(__always) func fetch() {}
}

/// The weights of one panel, a line for each k.
private struct PanelFetch: TileFetch {
  var next: UnsafePointer<Float>
  @inline(__always) static var isNone: Bool { false }
  @inline(__always) mutating func fetch() {
    chints_prefetch(next)
    next += panelColumns
  }
}

/// The weights of two panels that are `step` apart.
private struct PairFetch: TileFetch {
  var next: UnsafePointer<Float>
  let step: Int
  @inline(__always) static var isNone: Bool { false }
  @inline(__always) mutating func fetch() {
    chints_prefetch(next)
    chints_prefetch(next + step)
    next += panelColumns
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

  /// Tiles are even parts: the first ones may have a pixel more than the others.
  @inline(__always)
  func multiply<Row: TileRow>(
    _: Row.Type, _ weights: UnsafePointer<Float>, _ ahead: UnsafePointer<Float>?,
    _ start: UnsafePointer<Float>?, _ out: UnsafeMutablePointer<Float>
  ) {
    let parts = (rows + Row.mostPixels - 1) / Row.mostPixels
    guard parts > 0 else { return }
    let (size, longer) = rows.quotientAndRemainder(dividingBy: parts)
    func tiles(_ range: Range<Int>) -> PixelRun {
      let isLonger = range.lowerBound < longer
      let first = range.lowerBound * size + min(range.lowerBound, longer)
      return PixelRun(
        tiles: range.count, size: isLonger ? size + 1 : size, depth: depth, source: source,
        pixels: pixels + first, offsets: offsets, places: places + first, weightStep: weightStep,
        outStep: outStep)
    }
    var part = 0
    if let ahead, Row.panels <= 2 {
      if Row.panels == 2, parts == 1 {
        let fetch = PairFetch(next: ahead, step: weightStep)
        tiles(0..<1).multiply(Row.self, weights, fetch, start, out)
        part = 1
      }
      while part < min(parts, Row.panels) {
        let fetch = PanelFetch(next: ahead + part * weightStep)
        tiles(part..<part + 1).multiply(Row.self, weights, fetch, start, out)
        part += 1
      }
    }
    if part < longer {
      tiles(part..<longer).multiply(Row.self, weights, NoFetch(), start, out)
      part = longer
    }
    if part < parts { tiles(part..<parts).multiply(Row.self, weights, NoFetch(), start, out) }
  }
}

/// Tiles of as many pixels each, one after the other.
private struct PixelRun {
  let tiles: Int
  /// Pixels of a tile.
  let size: Int
  let depth: Int
  let source: UnsafePointer<Float>
  let pixels: UnsafePointer<Int>
  let offsets: UnsafePointer<Int>
  let places: UnsafePointer<Int>
  let weightStep: Int
  let outStep: Int

  @inline(__always)
  func multiply<Row: TileRow, Fetch: TileFetch>(
    _: Row.Type, _ weights: UnsafePointer<Float>, _ fetch: Fetch,
    _ start: UnsafePointer<Float>?, _ out: UnsafeMutablePointer<Float>
  ) {
    switch size {
    case 1: multiply(OnePixel<Row>.self, weights, fetch, start, out)
    case 2: multiply(Pixels2<Row>.self, weights, fetch, start, out)
    case 3: multiply(SomePixels<Pixels2<Row>, OnePixel<Row>>.self, weights, fetch, start, out)
    case 4: multiply(Pixels4<Row>.self, weights, fetch, start, out)
    case 5: multiply(SomePixels<Pixels4<Row>, OnePixel<Row>>.self, weights, fetch, start, out)
    case 6:
      multiply(SomePixels<Pixels4<Row>, Pixels2<Row>>.self, weights, fetch, start, out)
    case 7 where Row.mostPixels >= 7:
      multiply(
        SomePixels<Pixels4<Row>, SomePixels<Pixels2<Row>, OnePixel<Row>>>.self, weights, fetch,
        start, out)
    case 8 where Row.mostPixels >= 8:
      multiply(SomePixels<Pixels4<Row>, Pixels4<Row>>.self, weights, fetch, start, out)
    default: break
    }
  }

  /// With AVX-512 a function of its own: among others, not all of its sums would stay in registers.
  #if VIZ_AVX512
    @inline(never)
  #else
    @inline(__always)
  #endif
  private func multiply<Rows: PixelRows, Fetch: TileFetch>(
    _: Rows.Type, _ weights: UnsafePointer<Float>, _ fetch: Fetch,
    _ start: UnsafePointer<Float>?, _ out: UnsafeMutablePointer<Float>
  ) {
    for tile in 0..<tiles {
      let (pixels, places) = (pixels + tile * Rows.count, places + tile * Rows.count)
      var rows = Rows(source: source, pixels: pixels)
      if let start {
        rows.start(from: .load(start, step: TileLanes.lanes))
      } else {
        rows.load(out, places, step: outStep)
      }
      add(to: &rows, weights, fetch)
      rows.store(out, places, step: outStep)
    }
  }

  @inline(__always)
  private func add<Rows: PixelRows, Fetch: TileFetch>(
    to rows: inout Rows, _ weights: UnsafePointer<Float>, _ fetch: Fetch
  ) {
    var (weights, offsets, fetch) = (weights, offsets, fetch)
    @inline(__always) func add(_ k: Int, isOrdered: Bool) {
      fetch.fetch()
      rows.add(
        .load(weights + k * panelColumns, step: weightStep), offsets[k], isOrdered: isOrdered)
    }
    // Where processors run two threads on a core, each has half of what it can begin in a cycle: loops are unrolled as far
    // as registers last. What the pixels of several panels read is kept in order where k go by twos, or the compiler would
    // move all of it to the front; of a single panel there is room for that.
    if Rows.Row.panels == 1 {
      for _ in 0..<depth / 4 {
        add(0, isOrdered: false)
        add(1, isOrdered: false)
        add(2, isOrdered: false)
        add(3, isOrdered: false)
        offsets += 4
        weights += 4 * panelColumns
      }
      for k in 0..<depth % 4 { add(k, isOrdered: false) }
    } else if Fetch.isNone {
      for _ in 0..<depth / 2 {
        add(0, isOrdered: true)
        add(1, isOrdered: true)
        offsets += 2
        weights += 2 * panelColumns
      }
      if depth % 2 != 0 { add(0, isOrdered: true) }
    } else {
      for _ in 0..<depth {
        add(0, isOrdered: false)
        offsets += 1
        weights += panelColumns
      }
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
  mutating func load(_ out: UnsafeMutablePointer<Float>, _ places: UnsafePointer<Int>, step: Int)
  mutating func add(_ weights: Row, _ offset: Int, isOrdered: Bool)
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
  @inline(__always) mutating func add(_ weights: Row, _ offset: Int, isOrdered: Bool) {
    sums.add(weights, times: start[offset])
    if isOrdered { chints_keep_order() }
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
  @inline(__always) mutating func add(_ weights: First.Row, _ offset: Int, isOrdered: Bool) {
    first.add(weights, offset, isOrdered: isOrdered)
    second.add(weights, offset, isOrdered: isOrdered)
  }
  @inline(__always)
  func store(_ out: UnsafeMutablePointer<Float>, _ places: UnsafePointer<Int>, step: Int) {
    first.store(out, places, step: step)
    second.store(out, places + First.count, step: step)
  }
}
