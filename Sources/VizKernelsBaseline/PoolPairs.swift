// The largest numbers of windows of 2×2 side by side, the most common pooling:
//
//     out[y, x] = max(image[2y, 2x], image[2y + 1, 2x], image[2y, 2x + 1], image[2y + 1, 2x + 1])
//
// The columns of a window first and then both of them, in the order of `foldTaps`; NaN is larger than every number.

/// Pools a plane whose rows are `width` numbers into `rows` of `count` windows; what is behind them is not read.
package func poolPairs(
  image: UnsafePointer<Float>, width: Int, rows: Int, count: Int, out: UnsafeMutablePointer<Float>
) {
  var (top, out) = (image, out)
  for _ in 0..<rows {
    poolRow(top, top + width, count, out)
    top += 2 * width
    out += count
  }
}

/// Four windows at a time: rows of feature maps are short.
@inline(__always)
private func poolRow(
  _ top: UnsafePointer<Float>, _ bottom: UnsafePointer<Float>, _ count: Int,
  _ out: UnsafeMutablePointer<Float>
) {
  forVectors(of: QuarterFloatLanes.lanes, from: 0, count: count) { x in
    let upper = UnsafeRawPointer(top + 2 * x).loadUnaligned(as: SIMD8<Float>.self)
    let lower = UnsafeRawPointer(bottom + 2 * x).loadUnaligned(as: SIMD8<Float>.self)
    let columns = upper.replacing(with: lower, where: (lower .> upper) .| (lower .!= lower))
    let (left, right) = (columns.evenHalf, columns.oddHalf)
    QuarterFloatLanes(
      left.replacing(with: right, where: (right .> left) .| (right .!= right))
    ).store(out + x)
  } column: { x in
    out[x] = larger(larger(top[2 * x], bottom[2 * x]), larger(top[2 * x + 1], bottom[2 * x + 1]))
  }
}

/// What differs from itself is NaN.
@inline(__always)
private func larger(_ a: Float, _ b: Float) -> Float { b > a || b != b ? b : a }
