// One row of a convolution, straight from its definition:
//
//     out[x] = Σₜ taps[t] · sources[t][x],   0 ≤ x < count
//
// A source is the row of samples that tap t reads, moved by the tap's column. Zero taps have no
// entry, any kernel shape is a list, and a border is nothing but other pointers. Blocks of the row
// stay in registers while the taps are walked, in the list's order. Whole numbers wrap, as in
// `addRows`.

#if VIZ_AVX512
  private typealias Block<V> = InlineArray<8, V>
#elseif VIZ_FMA || arch(arm64)
  private typealias Block<V> = InlineArray<4, V>
#else
  private typealias Block<V> = InlineArray<2, V>
#endif

/// Sums `tapCount` scaled rows into `out`; `accumulator` as in `widenRow`.
package func accumulateRow(
  accumulator: Int, sources: UnsafePointer<UnsafeRawPointer>, taps: UnsafeRawPointer,
  tapCount: Int, count: Int, out: UnsafeMutableRawPointer
) {
  switch accumulator {
  case 0: accumulate(Int16Lanes.self, sources, taps, tapCount, count, out)
  case 1: accumulate(Int32Lanes.self, sources, taps, tapCount, count, out)
  case 2: accumulate(Int64Lanes.self, sources, taps, tapCount, count, out)
  case 3: accumulate(FloatLanes.self, sources, taps, tapCount, count, out)
  default: accumulate(DoubleLanes.self, sources, taps, tapCount, count, out)
  }
}

@inline(__always)
private func accumulate<V: SumVector>(
  _: V.Type, _ sources: UnsafePointer<UnsafeRawPointer>, _ taps: UnsafeRawPointer,
  _ tapCount: Int, _ count: Int, _ out: UnsafeMutableRawPointer
) {
  let taps = taps.assumingMemoryBound(to: V.Scalar.self)
  let out = out.assumingMemoryBound(to: V.Scalar.self)
  let (lanes, vectors) = (V.lanes, Block<V>.count)
  var x = 0
  while x + vectors * lanes <= count {
    var sums = Block<V>(repeating: .zero)
    for t in 0..<tapCount {
      let source = sources[t].assumingMemoryBound(to: V.Scalar.self) + x
      let tap = V(repeating: taps[t])
      for v in 0..<vectors {
        sums[v] = V.multiplyAdd(sums[v], .load(source + v * lanes), tap)
      }
    }
    for v in 0..<vectors { sums[v].store(out + x + v * lanes) }
    x += vectors * lanes
  }
  forVectors(of: lanes, from: x, count: count) { x in
    var sum = V.zero
    for t in 0..<tapCount {
      let source = sources[t].assumingMemoryBound(to: V.Scalar.self) + x
      sum = V.multiplyAdd(sum, .load(source), V(repeating: taps[t]))
    }
    sum.store(out + x)
  } column: { x in
    var sum = V.Scalar.zero
    for t in 0..<tapCount {
      sum = V.multiplyAdd(sum, sources[t].assumingMemoryBound(to: V.Scalar.self)[x], taps[t])
    }
    out[x] = sum
  }
}
