// Samples as numbers of the type that sums are held in:
//
//     out[x] = row[x]

/// Widens one row.
///
/// Types cross this border as numbers, because the kernel modules import nothing and so share no
/// type. `sample`: 0 UInt8, 1 UInt16, 2 Int16, 3 Float. `accumulator`: 0 Int16, 1 Int32, 2 Int64,
/// 3 Float, 4 Double. The accumulator holds every sample.
package func widenRow(
  sample: Int, accumulator: Int, row: UnsafeRawPointer, count: Int, out: UnsafeMutableRawPointer
) {
  switch sample {
  case 0: widen(UInt8.self, accumulator, row, count, out)
  case 1: widen(UInt16.self, accumulator, row, count, out)
  case 2: widen(Int16.self, accumulator, row, count, out)
  default:
    let row = row.assumingMemoryBound(to: Float.self)
    if accumulator == 4 {
      let out = out.assumingMemoryBound(to: Double.self)
      for x in 0..<count { out[x] = Double(row[x]) }
    } else {
      let out = out.assumingMemoryBound(to: Float.self)
      for x in 0..<count { out[x] = row[x] }
    }
  }
}

@inline(__always)
private func widen<S: FixedWidthInteger>(
  _: S.Type, _ accumulator: Int, _ row: UnsafeRawPointer, _ count: Int,
  _ out: UnsafeMutableRawPointer
) {
  let row = row.assumingMemoryBound(to: S.self)
  @inline(__always) func run<A>(_: A.Type, _ widened: (S) -> A) {
    let out = out.assumingMemoryBound(to: A.self)
    for x in 0..<count { out[x] = widened(row[x]) }
  }
  switch accumulator {
  case 0: run(Int16.self) { Int16(truncatingIfNeeded: $0) }
  case 1: run(Int32.self) { Int32(truncatingIfNeeded: $0) }
  case 2: run(Int64.self) { Int64(truncatingIfNeeded: $0) }
  case 3: run(Float.self) { Float(Int32(truncatingIfNeeded: $0)) }
  default: run(Double.self) { Double(Int32(truncatingIfNeeded: $0)) }
  }
}
