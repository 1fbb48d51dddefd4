// The last step of a convolution, over sums that were just stored:
//
//     out[r, x] = clamp(out[r, x] + addend[r, x])

/// Adds `addend`, where there is one, and keeps results between `lower` and `upper`; NaN stays NaN.
package func finishSums(
  out: UnsafeMutablePointer<Float>, addend: UnsafePointer<Float>?, stride: Int, rows: Int,
  count: Int, lower: Float, upper: Float
) {
  for r in 0..<rows {
    let out = out + r * stride
    if let addend {
      let addend = addend + r * stride
      for x in 0..<count { out[x] += addend[x] }
    }
    for x in 0..<count {
      let raised = out[x] < lower ? lower : out[x]
      out[x] = raised > upper ? upper : raised
    }
  }
}
