// One row of a convolution, straight from its definition:
//
//     out[x] = Σₜ taps[t] · sources[t][x],   0 ≤ x < count
//
// A source is the row of the image that tap t reads, moved by the tap's column. Zero taps have no
// entry, any kernel shape is a list, and a border is nothing but other pointers. Blocks of the row
// stay in registers while the taps are walked. Integer sums wrap: the planner has proven that the
// final sum fits, so intermediate wraps cancel.

#if VIZ_FMA || arch(arm64)
  private typealias Block<V> = InlineArray<4, V>
#else
  private typealias Block<V> = InlineArray<2, V>
#endif

/// Sums `tapCount` scaled rows into `out`.
///
/// Types cross this border as numbers, because the kernel modules import nothing and so share no
/// type. `sample`: 0 UInt8, 1 UInt16, 2 Int16, 3 Float, 4 the accumulator's own. `accumulator`, the type of `taps` and
/// `out`: 0 Int16, 1 Int32, 2 Int64, 3 Float, 4 Double.
package func accumulateRow(
  sample: Int, accumulator: Int,
  sources: UnsafePointer<UnsafeRawPointer>, taps: UnsafeRawPointer, tapCount: Int,
  count: Int, out: UnsafeMutableRawPointer
) {
  switch sample {
  case 0: accumulate(UInt8.self, accumulator, sources, taps, tapCount, count, out)
  case 1: accumulate(UInt16.self, accumulator, sources, taps, tapCount, count, out)
  case 2: accumulate(Int16.self, accumulator, sources, taps, tapCount, count, out)
  case 3 where accumulator == 4:
    accumulate(
      DoubleLanes.self, sources, taps, tapCount, count, out,
      load: { DoubleLanes.load($0) }, widen: { (sample: Float) in Double(sample) })
  case 3: accumulate(FloatLanes.self, sources, taps, tapCount, count, out)
  default:
    switch accumulator {
    case 0: accumulate(Int16Lanes.self, sources, taps, tapCount, count, out)
    case 1: accumulate(Int32Lanes.self, sources, taps, tapCount, count, out)
    case 2: accumulate(Int64Lanes.self, sources, taps, tapCount, count, out)
    case 3: accumulate(FloatLanes.self, sources, taps, tapCount, count, out)
    default: accumulate(DoubleLanes.self, sources, taps, tapCount, count, out)
    }
  }
}

/// Rows that already hold the accumulator's type.
@inline(__always)
private func accumulate<V: AccumulatorVector>(
  _: V.Type, _ sources: UnsafePointer<UnsafeRawPointer>, _ taps: UnsafeRawPointer,
  _ tapCount: Int, _ count: Int, _ out: UnsafeMutableRawPointer
) {
  accumulate(
    V.self, sources, taps, tapCount, count, out, load: { V.load(sums: $0) },
    widen: { (sample: V.Scalar) in sample })
}

@inline(__always)
private func accumulate<S: BinaryInteger>(
  _: S.Type, _ accumulator: Int, _ sources: UnsafePointer<UnsafeRawPointer>,
  _ taps: UnsafeRawPointer, _ tapCount: Int, _ count: Int, _ out: UnsafeMutableRawPointer
) {
  @inline(__always) func run<V: IntegerLoading>(_: V.Type) {
    accumulate(
      V.self, sources, taps, tapCount, count, out,
      load: { (source: UnsafePointer<S>) in V.load(source) }, widen: { V.widen($0) })
  }
  switch accumulator {
  case 0: run(Int16Lanes.self)
  case 1: run(Int32Lanes.self)
  case 2: run(Int64Lanes.self)
  case 3: run(FloatLanes.self)
  default: run(DoubleLanes.self)
  }
}

@inline(__always)
private func accumulate<S, V: AccumulatorVector>(
  _: V.Type, _ sources: UnsafePointer<UnsafeRawPointer>, _ taps: UnsafeRawPointer,
  _ tapCount: Int, _ count: Int, _ out: UnsafeMutableRawPointer,
  load: (UnsafePointer<S>) -> V, widen: (S) -> V.Scalar
) {
  let taps = taps.assumingMemoryBound(to: V.Scalar.self)
  let out = out.assumingMemoryBound(to: V.Scalar.self)
  let (lanes, blocks) = (V.lanes, Block<V>.count)
  var x = 0
  while x + blocks * lanes <= count {  // whole blocks
    var sums = Block<V>(repeating: V())
    for t in 0..<tapCount {
      let source = sources[t].assumingMemoryBound(to: S.self) + x
      let tap = V(repeating: taps[t])
      for b in 0..<blocks { sums[b] = V.multiplyAdd(sums[b], load(source + b * lanes), tap) }
    }
    for b in 0..<blocks { store(sums[b], out + x + b * lanes) }
    x += blocks * lanes
  }
  while x + lanes <= count {  // whole vectors
    var sum = V()
    for t in 0..<tapCount {
      let source = sources[t].assumingMemoryBound(to: S.self) + x
      sum = V.multiplyAdd(sum, load(source), V(repeating: taps[t]))
    }
    store(sum, out + x)
    x += lanes
  }
  while x < count {  // the last few columns, one at a time
    var sum = V.Scalar.zero
    for t in 0..<tapCount {
      sum = V.multiplyAdd(sum, widen(sources[t].assumingMemoryBound(to: S.self)[x]), taps[t])
    }
    out[x] = sum
    x += 1
  }
}

@inline(__always)
private func store<V: AccumulatorVector>(_ vector: V, _ out: UnsafeMutablePointer<V.Scalar>) {
  UnsafeMutableRawPointer(out).storeBytes(of: vector, as: V.self)
}
