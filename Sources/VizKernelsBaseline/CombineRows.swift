// Filters that look in several directions at once join the sums of their kernels, column by column:
//
//     magnitude:  out[x] = √(a[x]² + b[x]²)
//     compass:    best[x] = max(best[x], other[x])

/// The Euclidean length of two gradients; `accumulator` as in `widenRow`.
///
/// `lengths` is what `out` holds, as an accumulator: 4 for Float64; 3 for Float32, in which they are
/// computed then; 0 for Int16, computed in Float32 and rounded half to even, where they fit.
package func magnitudeRow(
  accumulator: Int, lengths: Int, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, count: Int,
  out: UnsafeMutableRawPointer
) {
  @inline(__always) func run<A: Sum>(_: A.Type) {
    let (a, b) = (a.assumingMemoryBound(to: A.self), b.assumingMemoryBound(to: A.self))
    @inline(__always) func length(_ x: Int) -> Float {
      let (u, v) = (a[x].float32, b[x].float32)
      return (u * u + v * v).squareRoot()
    }
    switch lengths {
    case 0:
      let out = out.assumingMemoryBound(to: Int16.self)
      for x in 0..<count { out[x] = Int16(truncatingIfNeeded: length(x).rounded) }
    case 3:
      let out = out.assumingMemoryBound(to: Float.self)
      for x in 0..<count { out[x] = length(x) }
    default:
      let out = out.assumingMemoryBound(to: Double.self)
      for x in 0..<count {
        let (u, v) = (a[x].float64, b[x].float64)
        out[x] = (u * u + v * v).squareRoot()
      }
    }
  }
  switch accumulator {
  case 0: run(Int16.self)
  case 1: run(Int32.self)
  case 2: run(Int64.self)
  case 3: run(Float.self)
  default: run(Double.self)
  }
}

/// Keeps the larger of two responses in `best`; a number is kept over NaN.
package func maximumRow(
  accumulator: Int, _ other: UnsafeRawPointer, count: Int, best: UnsafeMutableRawPointer
) {
  @inline(__always) func run<A: Comparable>(_: A.Type) {
    let other = other.assumingMemoryBound(to: A.self)
    let best = best.assumingMemoryBound(to: A.self)
    for x in 0..<count {
      let isBetter = other[x] > best[x] || best[x] != best[x]  // what differs from itself is NaN
      best[x] = isBetter ? other[x] : best[x]
    }
  }
  switch accumulator {
  case 0: run(Int16.self)
  case 1: run(Int32.self)
  case 2: run(Int64.self)
  case 3: run(Float.self)
  default: run(Double.self)
  }
}
