/// A kernel's taps as column · row, in the accumulator's units.
struct SeparableTaps: Sendable {
  let column: [Double]
  let row: [Double]

  /// Products and sums of one sample.
  var additions: Int { column.count { $0 != 0 } + row.count { $0 != 0 } }
  /// In the time of one tap; handing the column sums on costs about three.
  var cost: Int { additions + 3 }

  /// Nil where the kernel is no outer product, or where its whole-number taps have none of whole
  /// numbers that can be trusted.
  init?(_ kernel: Kernel, factor: Double, isWhole: Bool) {
    guard kernel.width > 1, kernel.height > 1, let (column, row) = kernel.separated else {
      return nil
    }
    guard isWhole else {
      (self.column, self.row) = (column, row)
      return
    }
    // The row by its largest common divisor; the column then is whole (Gauss's lemma).
    let whole = row.map { ($0 * factor).rounded() }
    let divisor = whole.reduce(0) { greatestCommonDivisor($0, abs($1)) }
    self.row = whole.map { $0 / divisor }
    self.column = column.map { ($0 * divisor).rounded() }
    for i in 0..<kernel.height {
      for j in 0..<kernel.width
      where self.column[i] * self.row[j] != (kernel[i, j] * factor).rounded() {
        return nil
      }
    }
  }
}

private func greatestCommonDivisor(_ a: Double, _ b: Double) -> Double {
  var (a, b) = (a, b)
  while b != 0 { (a, b) = (b, a.truncatingRemainder(dividingBy: b)) }
  return a
}
