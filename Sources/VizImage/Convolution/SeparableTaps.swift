/// A kernel's taps as column · row, in the accumulator's units.
struct SeparableTaps: Sendable {
  let column: [Double]
  let row: [Double]

  /// Products and sums of one sample.
  var additions: Int { column.count { $0 != 0 } + row.count { $0 != 0 } }

  /// Nil where the kernel is no outer product up to a share `tolerance` of each tap, or where
  /// whole-number taps are not exactly one.
  init?(_ kernel: Kernel, factor: Double, isWhole: Bool, tolerance: Double) {
    let taps = kernel.taps.map { isWhole ? ($0 * factor).rounded() : $0 }
    let scaled = Kernel(width: kernel.width, height: kernel.height, taps: taps)
    guard kernel.width > 1, kernel.height > 1, let parts = scaled.separated(within: tolerance)
    else { return nil }
    (column, row) = parts
    if isWhole, column.flatMap({ weight in row.map { weight * $0 } }) != taps { return nil }
  }
}
