extension Kernel {
  /// A row of Pascal's triangle: the discrete cousin of a Gaussian.
  static func binomialRow(_ size: Int) -> [Double] {
    var row: [Double] = [1]
    while row.count < size { row = zip(row + [0], [0] + row).map { $0 + $1 } }
    return row
  }

  /// Binomial weights in both directions: whole numbers, scaled by 4 to the power 1 − size.
  ///
  ///     3: [1 2 1]ᵀ · [1 2 1] / 16
  public static func binomial(size: Int) -> Kernel {
    let row = binomialRow(size)
    return .outer(
      column: row, row: row, scale: Double(sign: .plus, exponent: 2 - 2 * size, significand: 1))
  }
}

/// The binomial blur, exact in integers.
enum BinomialBlur {
  static let entry = FilterEntry(
    name: "binomial", summary: "Blur by Pascal's triangle: nearly Gaussian, exact in integers",
    parameters: [
      FilterParameter(name: "size", unit: "taps", range: 1...15, defaultValue: 3, kind: .odd)
    ]
  ) { .kernels(KernelBank(.binomial(size: Int($0[0])))) }
}
