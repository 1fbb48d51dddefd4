/// Images cut into tiles of m × m outputs, and laid out pixel by pixel for the transforms of minimal filtering, so that
/// vectors run over channels.
struct PixelTiles: Sendable {
  /// m: 2 or 4.
  let tile: Int
  /// Samples around the outputs that a tile reads: 2 for windows of 3×3 taps, 0 for the outputs themselves.
  let border: Int
  let channels: Int
  /// Channels up to whole vectors of any instruction set.
  let pixelSize: Int
  private let height: Int
  private let width: Int
  private let top: Int
  private let left: Int

  /// What 3×3 windows read of images of `channels` planes.
  init(tile: Int, inputsOf grid: WindowGrid, channels: Int) {
    self.tile = tile
    self.channels = channels
    border = 2
    pixelSize = PixelLayout.wholeVectors(channels)
    (height, width, top, left) = (grid.height, grid.width, grid.top, grid.left)
  }

  /// The outputs themselves.
  init(tile: Int, outputsOf grid: WindowGrid, channels: Int) {
    self.tile = tile
    self.channels = channels
    border = 0
    pixelSize = PixelLayout.wholeVectors(channels)
    (height, width, top, left) = (grid.outputHeight, grid.outputWidth, 0, 0)
  }

  /// Numbers of an image as it is given.
  var imageSize: Int { channels * height * width }

  /// Numbers of a transformed tile.
  var places: Int { (tile + 2) * (tile + 2) }

  /// How far apart the numbers of two places are: an odd number of cache lines, as multiples of a large power of two
  /// would crowd a few sets of the cache.
  static func step(tiles: Int, pixelSize: Int) -> Int { (tiles * pixelSize / 16 | 1) * 16 }

  private func lineLength(_ strip: TileStrip) -> Int {
    (strip.columns.count * tile + border) * pixelSize
  }

  /// Numbers of a strip that is laid out.
  func count(_ strip: TileStrip) -> Int {
    (strip.rows.count * tile + border) * lineLength(strip)
  }

  /// Lays out what is new to a row of tiles of a strip, with zeros outside of the image.
  func layOut(
    _ row: TileStrip.Row, _ images: UnsafePointer<Float>, into room: UnsafeMutablePointer<Float>,
    _ kernels: TensorKernels
  ) {
    let strip = row.strip
    let isLast = row.number == strip.rows.count - 1
    let lines = row.number * tile..<(row.number + 1) * tile + (isLast ? border : 0)
    let (length, start) = (lineLength(strip), strip.columns.lowerBound * tile - left)
    let pixels = strip.columns.count * tile + border
    let first = min(max(0, -start), pixels)
    let end = min(max(first, width - start), pixels)
    if channels < pixelSize {
      (room + lines.lowerBound * length).update(repeating: 0, count: lines.count * length)
    }
    for line in lines {
      let y = strip.rows.lowerBound * tile + line - top
      let out = room + line * length
      guard 0..<height ~= y, first < end else {
        out.update(repeating: 0, count: length)
        continue
      }
      out.update(repeating: 0, count: first * pixelSize)
      kernels.turnRows(
        images + strip.image * imageSize + y * width + start + first, height * width, channels,
        end - first, out + first * pixelSize, pixelSize)
      (out + end * pixelSize).update(repeating: 0, count: length - end * pixelSize)
    }
  }

  /// Numbers of a tile's vectors between the two directions of a transform.
  var squareSize: Int { places * 16 }

  /// Transforms a row of tiles of what is laid out; the numbers of each place are `step` apart.
  ///
  /// `square` is room for `squareSize` numbers.
  func transform(
    _ row: TileStrip.Row, _ room: UnsafePointer<Float>, _ square: UnsafeMutablePointer<Float>,
    into numbers: UnsafeMutablePointer<Float>, step: Int, _ kernels: TensorKernels
  ) {
    let length = lineLength(row.strip)
    kernels.winogradInput(
      tile, border == 0, room + row.number * tile * length, length, pixelSize,
      row.strip.columns.count, square, numbers + row.first * pixelSize, step)
  }
}

/// Where a block's strips are laid out, one after the other, and behind them their transformed tiles, and what rows of
/// tiles need on the way: all with the beginnings of lines of the cache, as vectors that cross them take twice as long.
struct TransformedBlock: Sendable {
  let tiles: PixelTiles
  /// From the numbers of one place of a tile to those of the next.
  let step: Int
  private let rooms: [Int]
  /// Rows of tiles that are transformed at a time.
  private let together: Int

  init(_ tiles: PixelTiles, _ block: TileBlock, jobs: Int) {
    self.tiles = tiles
    together = jobs == 1 ? 1 : block.rows.count
    rooms = block.strips.reduce(into: [0]) { $0.append($0[$0.count - 1] + tiles.count($1)) }
    step = PixelTiles.step(tiles: block.count, pixelSize: tiles.pixelSize)
  }

  private var laidOut: Int { rooms[rooms.count - 1] }

  /// Numbers of all.
  var count: Int { laidOut + tiles.places * step + together * tiles.squareSize }

  /// Where the transformed tiles begin.
  func numbers(in room: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> {
    room + laidOut
  }

  func layOut(
    _ row: TileStrip.Row, _ images: UnsafePointer<Float>, in room: UnsafeMutablePointer<Float>,
    _ kernels: TensorKernels
  ) {
    tiles.layOut(row, images, into: room + rooms[row.place], kernels)
  }

  /// Transforms row `i` of the block.
  func transform(
    _ row: TileStrip.Row, _ i: Int, in room: UnsafeMutablePointer<Float>, _ kernels: TensorKernels
  ) {
    let numbers = numbers(in: room)
    tiles.transform(
      row, room + rooms[row.place],
      numbers + tiles.places * step + i % together * tiles.squareSize, into: numbers, step: step,
      kernels)
  }
}

/// Rows of tiles of one image, or a column of them.
struct TileStrip: Sendable {
  let image: Int
  let rows: Range<Int>
  let columns: Range<Int>
  /// The number of the first tile among those of its block.
  fileprivate(set) var first = 0

  var tiles: Int { rows.count * columns.count }

  /// One row of tiles.
  struct Row: Sendable {
    let strip: TileStrip
    /// The number of the strip in its block, and of the row in the strip.
    let place: Int
    let number: Int

    /// The number of its first tile in the block.
    var first: Int { strip.first + number * strip.columns.count }
  }
}

/// Strips that are transformed and multiplied together.
struct TileBlock: Sendable {
  private(set) var strips: [TileStrip] = []
  private(set) var count = 0

  /// Rows of tiles are cut into columns of at most so many, for images of any width.
  private static let widestStrip = 64

  private mutating func append(_ strip: TileStrip) {
    strips.append(strip)
    strips[strips.count - 1].first = count
    count += strip.tiles
  }

  /// All rows of tiles.
  var rows: [TileStrip.Row] {
    strips.enumerated().flatMap { place, strip in
      (0..<strip.rows.count).map { TileStrip.Row(strip: strip, place: place, number: $0) }
    }
  }

  /// The outputs of some images in strips, in blocks of about as many tiles, at most `most` where that is a row of a
  /// strip or more.
  static func blocks(
    of images: Range<Int>, _ grid: WindowGrid, tile m: Int, most: Int
  ) -> [TileBlock] {
    let (height, width) = grid.tiles(m)
    let columns = (width + widestStrip - 1) / widestStrip
    let rows = max(1, min(height, most * columns / width))
    let rowBlocks = (height + rows - 1) / rows
    var blocks: [TileBlock] = []
    for image in images {
      for block in 0..<rowBlocks {
        for column in 0..<columns {
          let strip = TileStrip(
            image: image, rows: block * height / rowBlocks..<(block + 1) * height / rowBlocks,
            columns: column * width / columns..<(column + 1) * width / columns)
          if blocks.isEmpty || blocks[blocks.count - 1].count + strip.tiles > most {
            blocks.append(TileBlock())
          }
          blocks[blocks.count - 1].append(strip)
        }
      }
    }
    return blocks
  }
}

extension WindowGrid {
  /// Rows of tiles of m × m outputs, and tiles of a row.
  func tiles(_ m: Int) -> (height: Int, width: Int) {
    ((outputHeight + m - 1) / m, (outputWidth + m - 1) / m)
  }
}
