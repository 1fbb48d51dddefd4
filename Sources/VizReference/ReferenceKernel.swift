/// Taps in row-major order, and the one that lies over the output pixel.
///
///     kernel[x, y],   0 ≤ x < width, 0 ≤ y < height
package struct ReferenceKernel: Sendable, Equatable {
  package let width: Int
  package let height: Int
  package let taps: [Double]
  package let anchorX: Int
  package let anchorY: Int

  /// A kernel whose anchor is the centre `(width / 2, height / 2)` where none is given.
  package init(width: Int, height: Int, taps: [Double], anchorX: Int? = nil, anchorY: Int? = nil) {
    precondition(width > 0 && height > 0, "a kernel of \(width)×\(height)")
    precondition(taps.count == width * height, "\(taps.count) taps for \(width)×\(height)")
    self.width = width
    self.height = height
    self.taps = taps
    self.anchorX = anchorX ?? width / 2
    self.anchorY = anchorY ?? height / 2
    precondition(
      0..<width ~= self.anchorX && 0..<height ~= self.anchorY,
      "anchor \(self.anchorX),\(self.anchorY) of a kernel of \(width)×\(height)")
  }

  /// The product of a column and a row: tap (x, y) = column[y] · row[x].
  package init(row: [Double], column: [Double]) {
    self.init(
      width: row.count, height: column.count,
      taps: column.flatMap { vertical in row.map { vertical * $0 } })
  }

  package subscript(x: Int, y: Int) -> Double { taps[y * width + x] }

  /// Σ k, in row-major order.
  package var sum: Double { taps.reduce(0, +) }
  /// Σ |k|, in row-major order.
  package var magnitudeSum: Double { taps.reduce(0) { $0 + abs($1) } }

  /// The kernel with every tap multiplied.
  package func scaled(by factor: Double) -> ReferenceKernel {
    ReferenceKernel(
      width: width, height: height, taps: taps.map { $0 * factor }, anchorX: anchorX,
      anchorY: anchorY)
  }
}
