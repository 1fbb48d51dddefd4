#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

// What a kernel does, read off its taps.
extension Kernel {
  /// What a flat picture of ones becomes, without the offset: `scale · Σ taps`.
  public var gain: Double { isZeroSum ? 0 : scale * taps.reduce(0, +) }

  /// Whether a flat picture becomes zero, up to rounded taps: the mark of a derivative.
  public var isZeroSum: Bool {
    let magnitude = taps.reduce(0) { $0 + abs($1) }
    return abs(taps.reduce(0, +)) <= magnitude * 1e-9 && magnitude > 0
  }

  /// The responses that samples within a range can cause, without saturation.
  public func responseRange(for samples: ClosedRange<Double>) -> ClosedRange<Double> {
    let sums = sumRange(for: samples)
    let (a, b) = (offset + scale * sums.lowerBound, offset + scale * sums.upperBound)
    return min(a, b)...max(a, b)
  }

  /// The smallest and the largest `Σ taps · samples`.
  func sumRange(for samples: ClosedRange<Double>) -> ClosedRange<Double> {
    let (low, high) = (samples.lowerBound, samples.upperBound)
    return taps.reduce(0) {
      $0 + min($1 * low, $1 * high)
    }...taps.reduce(0) {
      $0 + max($1 * low, $1 * high)
    }
  }

  /// A column and a row whose outer product is the kernel, where there are such.
  ///
  ///     self[i, j] = column[i] · row[j]
  ///
  /// Whole-number taps give whole numbers: the row is divided by its largest common divisor, and the
  /// column then is whole (Gauss's lemma). Other products are within 2⁻⁴⁰ of their tap.
  public var separated: (column: [Double], row: [Double])? { separated(within: 0x1p-40) }

  /// The same with products that are off by no more than so large a share of their tap.
  func separated(within tolerance: Double) -> (column: [Double], row: [Double])? {
    guard let pivot = taps.indices.max(by: { abs(taps[$0]) < abs(taps[$1]) }), taps[pivot] != 0
    else { return nil }
    let (i, j) = pivot.quotientAndRemainder(dividingBy: width)
    let row = (0..<width).map { self[i, $0] }
    let column = (0..<height).map { self[$0, j] / taps[pivot] }
    for y in 0..<height {
      for x in 0..<width {
        let difference = abs(column[y] * row[x] - self[y, x])
        if difference > abs(self[y, x]) * tolerance { return nil }
      }
    }
    guard taps.allSatisfy({ $0 == $0.rounded() }) else { return (column, row) }
    let divisor = row.reduce(0) { greatestCommonDivisor($0, abs($1)) }
    let whole = (column: column.map { ($0 * divisor).rounded() }, row: row.map { $0 / divisor })
    // Taps beyond 2⁵³ are whole only because Float64 has no fractions there.
    let isExact = whole.column.flatMap { weight in whole.row.map { weight * $0 } } == taps
    return isExact ? whole : (column, row)
  }

  /// How strongly each spatial frequency passes, with frequency zero in the centre.
  ///
  ///     response[v, u] = |scale · Σ taps[i, j] · exp(−i·(2π/n)·((v − n/2)·i + (u − n/2)·j))|
  ///
  /// - Returns: `size · size` magnitudes in row-major order, from −π to almost π on both axes.
  public func frequencyResponse(size: Int) -> [Double] {
    let step = 2 * Double.pi / Double(size)
    let cosines = (0..<size).map { cos(step * Double($0)) }
    let sines = (0..<size).map { sin(step * Double($0)) }
    func phase(_ frequency: Int, _ tap: Int) -> Int {
      (((frequency - size / 2) * tap) % size + size) % size
    }
    var response = [Double](repeating: 0, count: size * size)
    for u in 0..<size {
      // Along the rows first, then down the column: two sums of one axis each.
      let rows = (0..<height).map { i in
        (0..<width).reduce((re: 0.0, im: 0.0)) { sum, j in
          let p = phase(u, j)
          return (sum.re + self[i, j] * cosines[p], sum.im - self[i, j] * sines[p])
        }
      }
      for v in 0..<size {
        var (re, im) = (0.0, 0.0)
        for i in 0..<height {
          let p = phase(v, i)
          re += rows[i].re * cosines[p] + rows[i].im * sines[p]
          im += rows[i].im * cosines[p] - rows[i].re * sines[p]
        }
        response[v * size + u] = abs(scale) * (re * re + im * im).squareRoot()
      }
    }
    return response
  }
}

private func greatestCommonDivisor(_ a: Double, _ b: Double) -> Double {
  var (a, b) = (a, b)
  while b != 0 { (a, b) = (b, a.truncatingRemainder(dividingBy: b)) }
  return a
}
