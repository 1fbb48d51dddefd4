/// White above a level: `out[x] = row[x] > level ? highest : 0`, `sample` as in `accumulateRow`.
///
/// NaN is not above anything.
package func thresholdRow(
  sample: Int, _ row: UnsafeRawPointer, level: Double, highest: Double, count: Int,
  out: UnsafeMutableRawPointer
) {
  switch sample {
  case 0: threshold(UInt8.self, row, level, UInt8(highest), count, out)
  case 1: threshold(UInt16.self, row, level, UInt16(highest), count, out)
  case 2: threshold(Int16.self, row, level, Int16(highest), count, out)
  default:
    let row = row.assumingMemoryBound(to: Float.self)
    let out = out.assumingMemoryBound(to: Float.self)
    let high = Float(highest)
    for x in 0..<count { out[x] = Double(row[x]) > level ? high : 0 }
  }
}

/// Whole numbers are above a level where they are above its floor.
@inline(__always)
private func threshold<S: FixedWidthInteger>(
  _: S.Type, _ row: UnsafeRawPointer, _ level: Double, _ highest: S, _ count: Int,
  _ out: UnsafeMutableRawPointer
) {
  let row = row.assumingMemoryBound(to: S.self)
  let out = out.assumingMemoryBound(to: S.self)
  let floor = level.rounded(.down)
  let none = !(floor < Double(S.max))  // a level that is NaN included
  let all = floor < Double(S.min)
  let limit = none ? S.max : all ? S.min : S(floor)
  for x in 0..<count { out[x] = row[x] > limit || all ? highest : 0 }
}
