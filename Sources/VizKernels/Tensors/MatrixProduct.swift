/// The product of two matrices that both run along the sum row by row, as gradients of dense layers are.
///
///     out[m, n] = Σₖ a[k, m] · b[k, n]
///
/// Both are read as they lie in memory: rows of `b` are panels of a tile already, and so are those of `a`.
package struct MatrixProduct: Sendable {
  package let rows: Int
  package let columns: Int
  package let depth: Int

  package init(rows: Int, columns: Int, depth: Int) {
    self.rows = rows
    self.columns = columns
    self.depth = depth
  }

  // A block of `b` stays in the second cache while tiles of `a` go over it, and parts of the sum in the first.
  private static let blockColumns = 128
  private static let blockRows = 48
  private static let blockDepth = 256

  /// Multiplies `a` `[K, M]` with `b` `[K, N]` into `output` `[M, N]`.
  package func run(
    a: UnsafePointer<Float>, b: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    execution: Execution
  ) {
    guard rows * columns > 0 else { return }
    nonisolated(unsafe) let (a, b, output) = (a, b, output)
    let across = (columns + Self.blockColumns - 1) / Self.blockColumns
    let down = (rows + Self.blockRows - 1) / Self.blockRows
    // Small products are done before another thread is awake.
    let jobs = rows * columns * depth < 1 << 16 ? 1 : execution.jobs
    let kernels = execution.kernels.tensors
    let scratch = ScratchShelf()
    let width = kernels.tileColumns
    let spare = Self.blockDepth * width + kernels.tileRows * width
    ThreadPool.run(count: across * down, jobs: jobs) { task in
      scratch.lending(spare * 4) { memory in
        let block = Block(
          product: self, kernels: kernels, a: a, b: b, output: output,
          spare: memory.assumingMemoryBound(to: Float.self))
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
    let output: UnsafeMutablePointer<Float>
    let spare: UnsafeMutablePointer<Float>

    func run(rows: Range<Int>, columns: Range<Int>) {
      let zeros = [Float](repeating: 0, count: kernels.tileRows)
      var k = 0
      repeat {
        let depth = min(MatrixProduct.blockDepth, product.depth - k)
        let offsets = (0..<depth).map { $0 * product.columns }
        let packed = (0..<depth).map { $0 * kernels.tileColumns }
        for x in stride(from: columns.lowerBound, to: columns.upperBound, by: kernels.tileColumns) {
          let count = min(kernels.tileColumns, columns.upperBound - x)
          let isWhole = count == kernels.tileColumns || count == kernels.tileColumns / 2
          let panel = isWhole ? b + k * product.columns + x : pack(k, depth, x, count)
          for y in stride(from: rows.lowerBound, to: rows.upperBound, by: kernels.tileRows) {
            let height = min(kernels.tileRows, rows.upperBound - y)
            place(y, height, x, count, isFirst: k == 0) { out, step in
              kernels.multiplyTile(
                height, count > kernels.tileColumns / 2 ? 2 : 1, depth, a + k * product.rows + y,
                product.rows, panel, isWhole ? offsets : packed, k == 0 ? zeros : nil, -.infinity,
                .infinity, out, step)
            }
          }
        }
        k += depth
      } while k < product.depth
    }

    /// The last columns with zeros behind them: a tile reads whole vectors.
    private func pack(_ k: Int, _ depth: Int, _ x: Int, _ count: Int) -> UnsafePointer<Float> {
      let width = kernels.tileColumns
      kernels.packColumns(
        b + k * product.columns + x, product.columns, depth, 1, 0, count, width - count, spare,
        width)
      return UnsafePointer(spare)
    }

    /// Lends the place of a tile in the output, or where it ends within a vector a spare one that is copied.
    private func place(
      _ y: Int, _ height: Int, _ x: Int, _ count: Int, isFirst: Bool,
      _ body: (UnsafeMutablePointer<Float>, Int) -> Void
    ) {
      let target = output + y * product.columns + x
      let width = kernels.tileColumns
      guard count != width, count != width / 2 else {
        body(target, product.columns)
        return
      }
      let tile = spare + MatrixProduct.blockDepth * width
      if !isFirst {
        kernels.packColumns(
          UnsafePointer(target), product.columns, height, 1, 0, count, width - count, tile, width)
      }
      body(tile, width)
      kernels.packColumns(
        UnsafePointer(tile), width, height, 1, 0, count, 0, target, product.columns)
    }
  }
}
