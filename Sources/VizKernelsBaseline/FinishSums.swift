// The last step of a convolution, over sums that were just stored:
//
//     out[r, x] = clamp(out[r, x] + addend[r, x])

/// Adds `addend`, where there is one, and keeps results between `lower` and `upper`; NaN stays NaN.
package func finishSums(
  out: UnsafeMutablePointer<Float>, addend: UnsafePointer<Float>?, stride: Int, rows: Int,
  count: Int, lower: Float, upper: Float
) {
  let whole = count / FloatLanes.lanes * FloatLanes.lanes
  for r in 0..<rows {
    let out = out + r * stride
    let addend = addend.map { $0 + r * stride }
    // In place: the last vector must not add to numbers for a second time.
    limitedSumRow(a: out, b: addend, lower: lower, upper: upper, count: whole, out: out)
    limitedSumRow(
      a: out + whole, b: addend.map { $0 + whole }, lower: lower, upper: upper,
      count: count - whole, out: out + whole)
  }
}
