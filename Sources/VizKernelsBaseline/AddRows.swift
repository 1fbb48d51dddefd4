// One row of a convolution with whole-number taps. Taps of the same size share one product:
//
//     out[x] = Σ_g weight_g · (Σ plus sources of g − Σ minus sources of g)[x],   0 ≤ x < count
//
// so that a kernel of ones is additions alone and a Sobel kernel one doubling more. Sums wrap: the
// planner has proven that the final sum fits, so wraps on the way cancel.

/// Adds rows of whole numbers group by group; `accumulator` as in `widenRow`.
///
/// `groups` holds three numbers a group: its weight, how many sources are added and how many are
/// subtracted. `sources` lists them in that order.
package func addRows(
  accumulator: Int, sources: UnsafePointer<UnsafeRawPointer>, groups: UnsafePointer<Int>,
  groupCount: Int, count: Int, out: UnsafeMutableRawPointer
) {
  switch accumulator {
  case 0: add(Int16Lanes.self, sources, groups, groupCount, count, out)
  case 1: add(Int32Lanes.self, sources, groups, groupCount, count, out)
  default: add(Int64Lanes.self, sources, groups, groupCount, count, out)
  }
}

@inline(__always)
private func add<V: IntegerSumVector>(
  _: V.Type, _ sources: UnsafePointer<UnsafeRawPointer>, _ groups: UnsafePointer<Int>,
  _ groupCount: Int, _ count: Int, _ out: UnsafeMutableRawPointer
) {
  let out = out.assumingMemoryBound(to: V.Scalar.self)
  var x = 0
  if groupCount == 1 {  // a longer block, as there is only one sum to hold
    while x + 4 * V.lanes <= count {
      addBlock(InlineArray<4, V>.self, sources, groups, groupCount, out, x)
      x += 4 * V.lanes
    }
  }
  while x + 2 * V.lanes <= count {
    addBlock(InlineArray<2, V>.self, sources, groups, groupCount, out, x)
    x += 2 * V.lanes
  }
  forVectors(of: V.lanes, from: x, count: count) { x in
    addBlock(InlineArray<1, V>.self, sources, groups, groupCount, out, x)
  } column: { x in
    var (total, s) = (V.Scalar.zero, 0)
    for g in 0..<groupCount {
      var sum = V.Scalar.zero
      for _ in 0..<groups[3 * g + 1] {
        sum &+= sources[s].assumingMemoryBound(to: V.Scalar.self)[x]
        s += 1
      }
      for _ in 0..<groups[3 * g + 2] {
        sum &-= sources[s].assumingMemoryBound(to: V.Scalar.self)[x]
        s += 1
      }
      total = V.multiplyAdd(total, sum, V.Scalar(truncatingIfNeeded: groups[3 * g]))
    }
    out[x] = total
  }
}

@inline(__always)
private func addBlock<let n: Int, V: IntegerSumVector>(
  _: InlineArray<n, V>.Type, _ sources: UnsafePointer<UnsafeRawPointer>,
  _ groups: UnsafePointer<Int>, _ groupCount: Int, _ out: UnsafeMutablePointer<V.Scalar>, _ x: Int
) {
  var s = 0
  var total = InlineArray<n, V>(repeating: .zero)
  for g in 0..<groupCount {
    var sum = InlineArray<n, V>(repeating: .zero)
    let (plus, minus) = (groups[3 * g + 1], groups[3 * g + 2])
    for t in s..<s + plus {
      let source = sources[t].assumingMemoryBound(to: V.Scalar.self) + x
      for v in 0..<n { sum[v] = V.add(sum[v], .load(source + v * V.lanes)) }
    }
    for t in s + plus..<s + plus + minus {
      let source = sources[t].assumingMemoryBound(to: V.Scalar.self) + x
      for v in 0..<n { sum[v] = V.subtract(sum[v], .load(source + v * V.lanes)) }
    }
    s += plus + minus
    switch groups[3 * g] {
    case 1:
      for v in 0..<n { total[v] = g == 0 ? sum[v] : V.add(total[v], sum[v]) }
    case 2:
      for v in 0..<n { total[v] = V.add(total[v], V.add(sum[v], sum[v])) }
    case let weight:
      let weight = V(repeating: V.Scalar(truncatingIfNeeded: weight))
      for v in 0..<n { total[v] = V.multiplyAdd(total[v], sum[v], weight) }
    }
  }
  for v in 0..<n { total[v].store(out + x + v * V.lanes) }
}
