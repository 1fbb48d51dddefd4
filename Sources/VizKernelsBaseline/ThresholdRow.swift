/// White above a level: `out[x] = row[x] > level ? highest : 0`, `sample` as in `widenRow`.
///
/// NaN is not above anything.
package func thresholdRow(
  sample: Int, _ row: UnsafeRawPointer, level: Double, highest: Double, count: Int,
  out: UnsafeMutableRawPointer
) {
  switch sample {
  case 0: threshold(row, level, UInt8(highest), count, out) { UInt8($0) }
  case 1: threshold(row, level, UInt16(highest), count, out) { UInt16($0) }
  case 2: threshold(row, level, Int16(highest), count, out) { Int16($0) }
  default:
    let row = row.assumingMemoryBound(to: Float.self)
    let out = out.assumingMemoryBound(to: Float.self)
    let high = Float(highest)
    for x in 0..<count { out[x] = Double(row[x]) > level ? high : 0 }
  }
}

/// Whole numbers are above a level where they are above its floor.
///
/// `sample` converts a number in range; the generic conversion would be a function of the standard
/// library, compiled here for this instruction set.
@inline(__always)
private func threshold<S: FixedWidthInteger>(
  _ row: UnsafeRawPointer, _ level: Double, _ highest: S, _ count: Int,
  _ out: UnsafeMutableRawPointer, sample: (Double) -> S
) {
  let row = row.assumingMemoryBound(to: S.self)
  let out = out.assumingMemoryBound(to: S.self)
  let floor = level.rounded(.down)
  let none = !(floor < Double(Int(truncatingIfNeeded: S.max)))  // a level that is NaN included
  let all = floor < Double(Int(truncatingIfNeeded: S.min))
  let limit = none ? S.max : all ? S.min : sample(floor)
  for x in 0..<count { out[x] = row[x] > limit || all ? highest : 0 }
}
