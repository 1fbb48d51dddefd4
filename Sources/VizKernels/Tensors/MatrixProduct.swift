/// The product of two matrices, as dense layers of many samples and their gradients are.
///
///     out[m, n] = start[n] + Σₖ a[m, k] · b[k, n]
///
/// A block of either is copied into the order in which tiles read it, so it may be stored either way, and a column
/// whose numbers are a power of two apart costs no more than others.
package struct MatrixProduct: Sendable {
  package let rows: Int
  package let columns: Int
  package let depth: Int
  /// How each is stored: row by row as the formula has it, or column by column.
  package let a: Order
  package let b: Order

  package enum Order: Sendable {
    case byRow, byColumn
  }

  package init(rows: Int, columns: Int, depth: Int, a: Order, b: Order) {
    (self.rows, self.columns, self.depth) = (rows, columns, depth)
    (self.a, self.b) = (a, b)
  }

  // A panel of `b` and a tile of `a` stay in the first cache, a block of `a` in the second.
  private static let blockColumns = 128
  private static let blockRows = 96
  private static let blockDepth = 256

  /// Multiplies into `output` `[M, N]`; `start` is 0 where it is nil.
  package func run(
    a: UnsafePointer<Float>, b: UnsafePointer<Float>, start: UnsafePointer<Float>? = nil,
    output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    guard rows * columns > 0 else { return }
    nonisolated(unsafe) let (a, b, start, output) = (a, b, start, output)
    let across = (columns + Self.blockColumns - 1) / Self.blockColumns
    let down = (rows + Self.blockRows - 1) / Self.blockRows
    // Small products are done before another thread is awake.
    let jobs = rows * columns * depth < 1 << 16 ? 1 : execution.jobs
    let kernels = execution.kernels.tensors
    let width = kernels.tileColumns
    let room = (Self.blockDepth * (width + Self.blockRows) + kernels.tileRows * width) * 4
    ThreadPool.run(count: across * down, jobs: jobs) { task in
      ScratchShelf.lending(room) { memory in
        let block = Block(
          product: self, kernels: kernels, a: a, b: b, start: start, output: output,
          room: memory.assumingMemoryBound(to: Float.self))
        let (row, column) = (task / across * Self.blockRows, task % across * Self.blockColumns)
        block.run(
          rows: row..<min(row + Self.blockRows, rows),
          columns: column..<min(column + Self.blockColumns, columns))
      }
    }
  }

  private struct Block {
    let product: MatrixProduct
    let kernels: TensorKernels
    let a: UnsafePointer<Float>
    let b: UnsafePointer<Float>
    let start: UnsafePointer<Float>?
    let output: UnsafeMutablePointer<Float>
    let room: UnsafeMutablePointer<Float>

    private var width: Int { kernels.tileColumns }
    private var panel: UnsafeMutablePointer<Float> { room }
    private var tiles: UnsafeMutablePointer<Float> { room + MatrixProduct.blockDepth * width }
    private var spare: UnsafeMutablePointer<Float> {
      tiles + MatrixProduct.blockDepth * MatrixProduct.blockRows
    }

    func run(rows: Range<Int>, columns: Range<Int>) {
      let zeros = [Float](repeating: 0, count: kernels.tileRows)
      if let start {
        for y in rows {
          (output + y * product.columns + columns.lowerBound).update(
            from: start + columns.lowerBound, count: columns.count)
        }
      }
      var k = 0
      repeat {
        let depth = k..<min(k + MatrixProduct.blockDepth, product.depth)
        packTiles(rows, depth)
        for x in stride(from: columns.lowerBound, to: columns.upperBound, by: width) {
          let count = min(width, columns.upperBound - x)
          packPanel(x, count, depth)
          var tile = UnsafePointer(tiles)
          for y in stride(from: rows.lowerBound, to: rows.upperBound, by: kernels.tileRows) {
            let height = min(kernels.tileRows, rows.upperBound - y)
            let next = tile + height * depth.count
            place(y, height, x, count, isFirst: k == 0 && start == nil) { out, step in
              kernels.multiplyTile(
                height, count > width / 2 ? width : width / 2, depth.count, tile, height, next,
                height, panel, width, nil, k == 0 && start == nil ? zeros : nil, out, step)
            }
            tile = next
          }
        }
        k = depth.upperBound
      } while k < product.depth
    }

    /// Rows of `a`, a tile's numbers for every k side by side.
    private func packTiles(_ rows: Range<Int>, _ depth: Range<Int>) {
      var tile = tiles
      for y in stride(from: rows.lowerBound, to: rows.upperBound, by: kernels.tileRows) {
        let height = min(kernels.tileRows, rows.upperBound - y)
        switch product.a {
        case .byRow:
          kernels.turnRows(
            a + y * product.depth + depth.lowerBound, product.depth, height, depth.count, tile,
            height)
        case .byColumn:
          kernels.packColumns(
            a + depth.lowerBound * product.rows + y, product.rows, depth.count, 1, 0, height, 0,
            tile, height)
        }
        tile += height * depth.count
      }
    }

    /// Columns of `b`, with zeros behind them: a tile reads whole vectors.
    private func packPanel(_ x: Int, _ count: Int, _ depth: Range<Int>) {
      switch product.b {
      case .byRow:
        kernels.packColumns(
          b + depth.lowerBound * product.columns + x, product.columns, depth.count, 1, 0, count,
          width - count, panel, width)
      case .byColumn:
        if count < width { panel.update(repeating: 0, count: depth.count * width) }
        kernels.turnRows(
          b + x * product.depth + depth.lowerBound, product.depth, count, depth.count, panel, width)
      }
    }

    /// Lends the place of a tile in the output, or where it ends within a vector a spare one that is copied.
    private func place(
      _ y: Int, _ height: Int, _ x: Int, _ count: Int, isFirst: Bool,
      _ body: (UnsafeMutablePointer<Float>, Int) -> Void
    ) {
      let target = output + y * product.columns + x
      guard count != width, count != width / 2 else {
        body(target, product.columns)
        return
      }
      if !isFirst {
        kernels.packColumns(
          UnsafePointer(target), product.columns, height, 1, 0, count, width - count, spare, width)
      }
      body(spare, width)
      kernels.packColumns(
        UnsafePointer(spare), width, height, 1, 0, count, 0, target, product.columns)
    }
  }
}
