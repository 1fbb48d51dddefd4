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

  /// Multiplies into `output` `[M, N]`; `start` is 0 where it is nil.
  package func run(
    a: UnsafePointer<Float>, b: UnsafePointer<Float>, start: UnsafePointer<Float>? = nil,
    output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    guard rows * columns > 0 else { return }
    nonisolated(unsafe) let (a, b, start, output) = (a, b, start, output)
    // Small products are done before another thread is awake.
    let jobs = rows * columns * depth < 1 << 16 ? 1 : execution.jobs
    let kernels = execution.kernels.tensors
    let size = BlockSize(of: self, kernels: kernels, jobs: jobs)
    let across = Self.parts(columns, size.columns)
    let down = Self.parts(rows, size.rows)
    ThreadPool.run(count: across * down, jobs: jobs) { task in
      ScratchShelf.lending(size.room * 4) { memory in
        let block = Block(
          product: self, size: size, kernels: kernels, a: a, b: b, start: start, output: output,
          room: memory.assumingMemoryBound(to: Float.self))
        let (row, column) = (task / across * size.rows, task % across * size.columns)
        block.run(
          rows: row..<min(row + size.rows, rows),
          columns: column..<min(column + size.columns, columns))
      }
    }
  }

  private static func parts(_ count: Int, _ size: Int) -> Int { (count + size - 1) / size }

  /// How much of the output is done at a time, and of the depth.
  ///
  /// A block's rows of `a` are packed once and serve all of its columns, the columns of `b` all of its rows: blocks are as
  /// large as the caches allow, and smaller where there would be fewer of them than threads can use. Sums do not depend on
  /// it, as every one is added up in the order of the depth.
  private struct BlockSize {
    let rows: Int
    let columns: Int
    let depth: Int
    let room: Int

    // A panel of `b` and a tile of `a` stay in the first cache; a block of `a`, and where it is read again a block of
    // the output, in the second.
    private static let mostDepth = 256
    private static let numbers = 96 * 256
    private static let outputNumbers = 192 * 256
    private static let leastRows = 96
    private static let leastColumns = 128
    /// Blocks for each thread, so that none waits long for the last one.
    private static let blocksPerJob = 2

    init(of product: MatrixProduct, kernels: TensorKernels, jobs: Int) {
      let (height, width) = (kernels.tileRows, kernels.tileColumns)
      let deep = MatrixProduct.parts(max(product.depth, 1), Self.mostDepth)
      // Tiles take four products at a time.
      let depth = Self.even(max(product.depth, 1), deep, multiple: 4)
      let mostDown = MatrixProduct.parts(product.rows, Self.leastRows)
      let usual = MatrixProduct.parts(product.columns, Self.leastColumns)
      // A few samples and outputs are cut smaller, as else there would be nothing to do for other threads.
      let isSmall = usual * mostDown < jobs
      let mostAcross = isSmall ? MatrixProduct.parts(product.columns, width) : usual
      let wanted = jobs == 1 || isSmall ? jobs : Self.blocksPerJob * jobs
      let leastDown = min(MatrixProduct.parts(product.rows, Self.numbers / depth), mostDown)
      let down = min(max(MatrixProduct.parts(wanted, mostAcross), leastDown), mostDown)
      let rows = Self.even(product.rows, down, multiple: height)
      let leastAcross =
        deep == 1 ? 1 : MatrixProduct.parts(product.columns, max(Self.outputNumbers / rows, 1))
      let across = min(max(MatrixProduct.parts(wanted, down), leastAcross), mostAcross)
      (self.rows, self.depth) = (rows, depth)
      columns = Self.even(product.columns, across, multiple: width)
      room = depth * (width + rows) + height * width
    }

    /// The size of parts that are about as large, in whole multiples.
    private static func even(_ count: Int, _ parts: Int, multiple: Int) -> Int {
      MatrixProduct.parts(count, parts * multiple) * multiple
    }
  }

  private struct Block {
    let product: MatrixProduct
    let size: BlockSize
    let kernels: TensorKernels
    let a: UnsafePointer<Float>
    let b: UnsafePointer<Float>
    let start: UnsafePointer<Float>?
    let output: UnsafeMutablePointer<Float>
    let room: UnsafeMutablePointer<Float>

    private var width: Int { kernels.tileColumns }
    private var panel: UnsafeMutablePointer<Float> { room }
    private var tiles: UnsafeMutablePointer<Float> { room + size.depth * width }
    private var spare: UnsafeMutablePointer<Float> { tiles + size.depth * size.rows }

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
        let depth = k..<min(k + size.depth, product.depth)
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
                2 * height, panel, width, nil, k == 0 && start == nil ? zeros : nil, out, step)
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
