/// Where ridges and edges are in a picture, a bit each, and how edges grow along ridges.
///
/// Words of 64 columns in rows with a frame of zeros, so that no neighbour needs a check.
struct EdgeBits: Sendable {
  /// Rows of the picture.
  let height: Int
  /// Words of a row, without the frame.
  let wordCount: Int
  private let ridges: SampleBuffer
  private let edges: SampleBuffer
  private var stride: Int { wordCount + 2 }

  init(width: Int, height: Int) {
    self.height = height
    wordCount = (width + 63) / 64
    let byteCount = 8 * (wordCount + 2) * (height + 2)
    ridges = SampleBuffer(byteCount: byteCount)
    edges = SampleBuffer(byteCount: byteCount)
    for bits in [ridges, edges] {
      bits.bytes.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    }
  }

  func ridgeRow(_ y: Int) -> UnsafeMutablePointer<UInt64> { words(ridges) + index(0, y) }
  func edgeRow(_ y: Int) -> UnsafeMutablePointer<UInt64> { words(edges) + index(0, y) }

  /// Makes edges of the ridges in `rows` that hang together with edges there.
  ///
  /// Only words of these rows are read and written, so that bands can grow side by side.
  func grow(in rows: Range<Int>) {
    for y in rows { grow(row: y, in: rows) }
  }

  /// Makes edges of what hangs together across the borders of bands that have grown by themselves.
  func join(_ bands: [Range<Int>]) {
    for band in bands.dropFirst() {
      grow(row: band.lowerBound - 1, in: 0..<height)
      grow(row: band.lowerBound, in: 0..<height)
    }
  }

  /// Lets the words of a row look at their neighbours, and then all that this may have changed.
  ///
  /// The order does not matter: in the end every ridge that can be reached is an edge.
  private func grow(row: Int, in rows: Range<Int>) {
    var open: [(column: Int, row: Int)] = []
    for column in 0..<wordCount where ridgesLeft(index(column, row)) != 0 {
      open.append((column, row))
      while let (column, row) = open.popLast() {
        let new = growWord(column, row, in: rows)
        guard new != 0 else { continue }
        let near = new | new << 1 | new >> 1
        for y in max(row - 1, rows.lowerBound)..<min(row + 2, rows.upperBound) {
          let i = index(column, y)
          if ridgesLeft(i) & near != 0 { open.append((column, y)) }
          if ridgesLeft(i - 1) >> 63 & new != 0 { open.append((column - 1, y)) }
          if ridgesLeft(i + 1) & new >> 63 != 0 { open.append((column + 1, y)) }
        }
      }
    }
  }

  /// The ridges of a word that are not edges.
  private func ridgesLeft(_ i: Int) -> UInt64 { words(ridges)[i] & ~words(edges)[i] }

  /// Makes edges of the ridges of a word that touch edges; which they are.
  private func growWord(_ column: Int, _ row: Int, in rows: Range<Int>) -> UInt64 {
    let i = index(column, row)
    let left = ridgesLeft(i)
    var near = spread(i)
    if row > rows.lowerBound { near |= spread(i - stride) }
    if row + 1 < rows.upperBound { near |= spread(i + stride) }
    var new: UInt64 = 0
    var grown = near & left
    while grown != new {
      new = grown
      grown |= (new << 1 | new >> 1) & left
    }
    words(edges)[i] |= new
    return new
  }

  /// The edges of a word and its two neighbours in the row, one column wider to either side.
  private func spread(_ i: Int) -> UInt64 {
    let edges = words(edges)
    return edges[i] | edges[i] << 1 | edges[i] >> 1 | edges[i - 1] >> 63 | edges[i + 1] << 63
  }

  private func index(_ column: Int, _ row: Int) -> Int { (row + 1) * stride + column + 1 }

  private func words(_ buffer: SampleBuffer) -> UnsafeMutablePointer<UInt64> {
    buffer.bytes.assumingMemoryBound(to: UInt64.self)
  }
}
