extension ReferenceKernel {
  /// A column of weights times a row of weights.
  package struct Product: Equatable {
    package let column: [Double]
    package let row: [Double]
  }

  /// The kernel as few columns times rows; nil where that would save nothing.
  ///
  ///     k(i, j) = Σ_t column_t(i) · row_t(j)
  ///
  /// A Gaussian is one product, its Laplacian two: the sum over 121×121 taps becomes two over 121.
  /// Gaussian elimination with full pivoting finds them: the row and the column through the largest
  /// tap left are one product, and what remains without it is treated alike, until nothing is left but
  /// the rounding of Float64, 2⁻⁵⁰ of the largest tap.
  ///
  /// Whole taps, and fractions over a power of two, are split only into products of such numbers that
  /// give back every tap: their sums stay exact.
  package func products() -> [Product]? {
    let unit = commonUnit(of: taps, least: 0x1p-30)
    let isWhole = unit != nil
    var rest = taps.map { $0 / (unit ?? 1) }
    let negligible = isWhole ? 0 : rest.reduce(0) { max($0, abs($1)) } * 0x1p-50
    // A product costs width + height steps a sample, the whole kernel one for each tap.
    let worthwhile = taps.count { $0 != 0 } / (2 * (width + height))
    var products: [Product] = []
    while let pivot = rest.indices.max(by: { abs(rest[$0]) < abs(rest[$1]) }),
      abs(rest[pivot]) > negligible
    {
      guard products.count < worthwhile else { return nil }
      let (i, j) = (pivot / width, pivot % width)
      let pivotRow = rest[(i * width)..<((i + 1) * width)]
      // Divided by its smallest tap, the row of a whole product becomes whole.
      let divisor = isWhole ? pivotRow.map(abs).filter { $0 > 0 }.min() ?? 1 : 1
      let row = pivotRow.map { $0 / divisor }
      let column = (0..<height).map { rest[$0 * width + j] * divisor / rest[pivot] }
      if isWhole, !(row + column).allSatisfy({ $0 == $0.rounded() }) { return nil }
      for y in 0..<height {
        for x in 0..<width { rest[y * width + x] -= column[y] * row[x] }
      }
      products.append(Product(column: column.map { $0 * (unit ?? 1) }, row: row))
    }
    return products.isEmpty ? nil : products
  }
}

/// The largest power of two, from 1 down to `least`, that all numbers are whole multiples of.
func commonUnit(of numbers: [Double], least: Double) -> Double? {
  var unit = 1.0
  for number in numbers {
    while (number / unit).rounded() != number / unit {
      unit /= 2
      if unit < least { return nil }
    }
  }
  return unit
}
