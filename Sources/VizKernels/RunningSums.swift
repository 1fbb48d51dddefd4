/// Sums over a rectangle that moves down the image, for whole numbers, where they are exact.
///
///     down[x]   = Σ of the window's rows at column x: the row that enters is added, the one that
///                 leaves is taken away
///     block[x]  = Σ down[x + j],  0 ≤ j < b, with b near √width
///     out[x]    = weight · (Σ block[x + b·k],  0 ≤ k < width / b,  + the columns that are left)
///
/// The cost does not depend on the window's height, and on its width as the square root.
package struct RunningSums {
  private let table: KernelTable
  private let accumulator: AccumulatorType
  private let width: Int
  private let windowWidth: Int
  private let windowHeight: Int
  /// Sums down the columns, of this row and the last.
  private var down: SampleBuffer
  private var above: SampleBuffer
  private let blockWidth: Int
  private let blocks: SampleBuffer
  /// The first row of the last window.
  private var leaving: UnsafeRawPointer?

  /// Sums for gathered rows of `width` samples.
  init(
    width: Int, windowWidth: Int, windowHeight: Int, accumulator: AccumulatorType,
    _ table: KernelTable
  ) {
    self.table = table
    self.accumulator = accumulator
    self.width = width
    self.windowWidth = windowWidth
    self.windowHeight = windowHeight
    let bytes = width * accumulator.byteCount
    down = SampleBuffer(byteCount: bytes)
    above = SampleBuffer(byteCount: bytes)
    blockWidth = Self.blockWidth(for: windowWidth)
    blocks = SampleBuffer(byteCount: bytes)
  }

  /// The width of a block that takes the fewest additions.
  private static func blockWidth(for width: Int) -> Int {
    (1...width).min { additions(width, block: $0) < additions(width, block: $1) } ?? 1
  }

  private static func additions(_ width: Int, block: Int) -> Int {
    (block == 1 ? 0 : block + 1) + width / block + width % block
  }

  /// Additions of one sample.
  package static func cost(width: Int) -> Int {
    3 + additions(width, block: blockWidth(for: width))
  }

  /// Brings `down` to a window's rows, one below those of the last time; the window's first row is to
  /// stay readable until the next.
  mutating func move(to rows: UnsafeMutablePointer<UnsafeRawPointer>) {
    defer { leaving = rows[0] }
    guard let leaving else {
      return add(rows, [1, windowHeight, 0], count: width, into: down.bytes)
    }
    swap(&down, &above)
    withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: 3) {
      guard let sources = $0.baseAddress else { return }
      sources[0] = UnsafeRawPointer(above.bytes)
      sources[1] = rows[windowHeight - 1]
      sources[2] = leaving
      add(sources, [1, 2, 1], count: width, into: down.bytes)
    }
  }

  /// One output row.
  func sum(weight: Int, count: Int, into out: UnsafeMutableRawPointer) {
    withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: windowWidth) {
      guard let sources = $0.baseAddress else { return }
      func place(_ row: SampleBuffer, from first: Int, step: Int, count: Int, at t: Int) {
        for i in 0..<count {
          sources[t + i] = UnsafeRawPointer(row.bytes + (first + i * step) * accumulator.byteCount)
        }
      }
      let whole = blockWidth == 1 ? 0 : windowWidth / blockWidth
      let left = windowWidth - whole * blockWidth
      if whole > 0 {
        place(down, from: 0, step: 1, count: blockWidth, at: 0)
        add(sources, [1, blockWidth, 0], count: width - blockWidth + 1, into: blocks.bytes)
      }
      place(blocks, from: 0, step: blockWidth, count: whole, at: 0)
      place(down, from: whole * blockWidth, step: 1, count: left, at: whole)
      let parts = whole + left
      add(
        sources, [abs(weight), weight > 0 ? parts : 0, weight < 0 ? parts : 0], count: count,
        into: out)
    }
  }

  private func add(
    _ sources: UnsafePointer<UnsafeRawPointer>, _ group: InlineArray<3, Int>, count: Int,
    into out: UnsafeMutableRawPointer
  ) {
    group.span.withUnsafeBufferPointer {
      guard let group = $0.baseAddress else { return }
      table.addRows(accumulator.rawValue, sources, group, 1, count, out)
    }
  }
}
