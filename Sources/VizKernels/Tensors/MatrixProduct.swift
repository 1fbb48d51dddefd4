/// The product of two matrices that both run along the sum row by row, as gradients of dense layers are.
///
///     out[m, n] = Σₖ a[k, m] · b[k, n]
///
/// Rows of `a` are columns of a tile already; of `b` a panel as wide as a tile is copied once for all of them.
package struct MatrixProduct: Sendable {
  package let rows: Int
  package let columns: Int
  package let depth: Int

  package init(rows: Int, columns: Int, depth: Int) {
    self.rows = rows
    self.columns = columns
    self.depth = depth
  }

  // A panel of `b` stays in the first cache while tiles of `a` go over it.
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
    let width = kernels.tileColumns
    let room = (Self.blockDepth + kernels.tileRows) * width * 4
    ThreadPool.run(count: across * down, jobs: jobs) { task in
      ScratchShelf.lending(room) { memory in
        let block = Block(
          product: self, kernels: kernels, a: a, b: b, output: output,
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
    let output: UnsafeMutablePointer<Float>
    let room: UnsafeMutablePointer<Float>

    private var width: Int { kernels.tileColumns }

    func run(rows: Range<Int>, columns: Range<Int>) {
      let zeros = [Float](repeating: 0, count: kernels.tileRows)
      let offsets = (0..<MatrixProduct.blockDepth).map { $0 * width }
      let spare = room + MatrixProduct.blockDepth * width
      var k = 0
      repeat {
        let depth = min(MatrixProduct.blockDepth, product.depth - k)
        for x in stride(from: columns.lowerBound, to: columns.upperBound, by: width) {
          let count = min(width, columns.upperBound - x)
          // The panel with zeros behind it: a tile reads whole vectors.
          kernels.packColumns(
            b + k * product.columns + x, product.columns, depth, 1, 0, count, width - count, room,
            width)
          for y in stride(from: rows.lowerBound, to: rows.upperBound, by: kernels.tileRows) {
            let height = min(kernels.tileRows, rows.upperBound - y)
            place(y, height, x, count, spare, isFirst: k == 0) { out, step in
              let numbers = a + k * product.rows + y
              kernels.multiplyTile(
                height, count > width / 2 ? width : width / 2, depth, numbers, product.rows,
                numbers + 8 * product.rows, product.rows, room, offsets, k == 0 ? zeros : nil, nil,
                nil, out, step)
            }
          }
        }
        k += depth
      } while k < product.depth
    }

    /// Lends the place of a tile in the output, or where it ends within a vector a spare one that is copied.
    private func place(
      _ y: Int, _ height: Int, _ x: Int, _ count: Int, _ spare: UnsafeMutablePointer<Float>,
      isFirst: Bool, _ body: (UnsafeMutablePointer<Float>, Int) -> Void
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
