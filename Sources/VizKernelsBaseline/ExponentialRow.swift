// Exponentials of a row, which softmax spends its time with:
//
//     out[i] = exp(source[i] − centres[i · centreStep])

/// Exponentials of distances.
///
/// `centreStep` is 1, or 0 for one centre. `out` is other memory than `source`.
package func exponentialRow(
  source: UnsafePointer<Float>, centres: UnsafePointer<Float>, centreStep: Int, count: Int,
  out: UnsafeMutablePointer<Float>
) {
  guard centreStep == 0 else {
    for i in 0..<count { out[i] = exponential(source[i] - centres[i]) }
    return
  }
  let centre = centres[0]
  for i in 0..<count { out[i] = exponential(source[i] - centre) }
}
