// One tap of a pooling window for a row of outputs:
//
//     out[x] = max(out[x], source[x · step])   or   out[x] + source[x · step],   0 ≤ x < count

/// Folds a row into the maxima or sums of all windows; NaN is larger than every number.
package func foldRow(
  isMaximum: Bool, source: UnsafePointer<Float>, step: Int, count: Int,
  out: UnsafeMutablePointer<Float>
) {
  // Steps that are known are turned into shuffles of vectors.
  switch (isMaximum, step) {
  case (true, 1): for x in 0..<count { out[x] = larger(out[x], source[x]) }
  case (true, 2): for x in 0..<count { out[x] = larger(out[x], source[2 * x]) }
  case (true, _): for x in 0..<count { out[x] = larger(out[x], source[x * step]) }
  case (false, 1): for x in 0..<count { out[x] += source[x] }
  case (false, 2): for x in 0..<count { out[x] += source[2 * x] }
  case (false, _): for x in 0..<count { out[x] += source[x * step] }
  }
}

/// What differs from itself is NaN.
@inline(__always)
private func larger(_ a: Float, _ b: Float) -> Float { b > a || b != b ? b : a }
