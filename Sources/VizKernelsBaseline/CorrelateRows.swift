// Up to four rows of a convolution with a tap for every sample of its window:
//
//     out[r][x] = Σᵢ Σⱼ taps[i · width + j] · rows[r + i][x + j],   0 ≤ r < outputs,   0 ≤ x < count
//
// Four rows at a time, because then a loaded vector of samples meets up to four taps before the
// next one is loaded. The products of one output sample are added in row-major order, as in
// `accumulateRow`, however many rows there are: the bits are the same.

#if VIZ_AVX512
  /// Vectors of a block: enough sums in flight to hide the latency of the multiply-add.
  private let blockVectors = 2
#else
  private let blockVectors = 1
#endif

/// Correlates rows with a window.
///
/// `accumulator` is as in `widenRow`. Rows hold the accumulator's type; if `bytes`, they hold UInt8, the sums are Int16 and the window is one column wide. `out` holds rows that are `outStride` bytes apart. Whole
/// numbers wrap, as in `addRows`.
package func correlateRows(
  bytes: Bool, accumulator: Int, rows: UnsafePointer<UnsafeRawPointer>, taps: UnsafeRawPointer,
  height: Int, width: Int, outputs: Int, count: Int, out: UnsafeMutableRawPointer, outStride: Int
) {
  @inline(__always) func run<S, V: SumVector>(
    _: V.Type, _ width: Int, _ load: (UnsafePointer<S>) -> V, _ widen: (S) -> V.Scalar
  ) {
    correlate(
      rows, taps.assumingMemoryBound(to: V.Scalar.self), height, width, outputs, count, out,
      outStride, load, widen)
  }
  @inline(__always) func run<V: SumVector>(_: V.Type) {
    run(V.self, width, { V.load($0) }, { (sample: V.Scalar) in sample })
  }
  switch accumulator {
  case 0 where bytes: run(Int16Lanes.self, 1, { Int16Lanes.load(bytes: $0) }, { Int16($0) })
  case 0: run(Int16Lanes.self)
  case 1: run(Int32Lanes.self)
  case 2: run(Int64Lanes.self)
  case 3 where height == 3 && width == 3: run(SingleFloatLanes.self)
  case 3: run(FloatLanes.self)
  default: run(DoubleLanes.self)
  }
}

@inline(__always)
private func correlate<S, V: SumVector>(
  _ rows: UnsafePointer<UnsafeRawPointer>, _ taps: UnsafePointer<V.Scalar>, _ height: Int,
  _ width: Int, _ outputs: Int, _ count: Int, _ out: UnsafeMutableRawPointer, _ outStride: Int,
  _ load: (UnsafePointer<S>) -> V, _ widen: (S) -> V.Scalar
) {
  let lanes = V.lanes
  if outputs == 4, height == 3, width == 3, count >= lanes {
    var held = InlineArray<9, V>(repeating: .zero)  // in registers for the whole row
    for t in 0..<9 { held[t] = V(repeating: taps[t]) }
    forVectors(of: lanes, from: 0, count: count) { x in
      block(
        InlineArray<1, InlineArray<4, V>>.self, rows, 3, 3, x, out, outStride, load
      ) { held[$0] }
    } column: { _ in
    }
    return
  }
  if outputs == 4, height >= 3, count >= lanes {
    @inline(__always) func run(_ width: Int) {
      var x = 0
      while blockVectors == 2, x + 2 * lanes <= count {
        block(
          InlineArray<2, InlineArray<4, V>>.self, rows, height, width, x, out, outStride, load
        ) { V(repeating: taps[$0]) }
        x += 2 * lanes
      }
      forVectors(of: lanes, from: x, count: count) { x in
        block(
          InlineArray<1, InlineArray<4, V>>.self, rows, height, width, x, out, outStride, load
        ) { V(repeating: taps[$0]) }
      } column: { _ in
      }
    }
    switch width {  // a constant width lets the loop over columns be unrolled
    case 1: run(1)
    case 3: run(3)
    case 5: run(5)
    default: run(width)
    }
    return
  }
  for r in 0..<outputs {
    let row = (out + r * outStride).assumingMemoryBound(to: V.Scalar.self)
    forVectors(of: lanes, from: 0, count: count) { x in
      var sum = V.zero
      for i in 0..<height {
        let source = rows[r + i].assumingMemoryBound(to: S.self) + x
        for j in 0..<width {
          sum = V.multiplyAdd(sum, load(source + j), V(repeating: taps[i * width + j]))
        }
      }
      sum.store(row + x)
    } column: { x in
      var sum = V.Scalar.zero
      for i in 0..<height {
        let source = rows[r + i].assumingMemoryBound(to: S.self) + x
        for j in 0..<width {
          sum = V.multiplyAdd(sum, widen(source[j]), taps[i * width + j])
        }
      }
      row[x] = sum
    }
  }
}

/// A block of `n` vectors side by side, four rows high.
@inline(__always)
private func block<let n: Int, S, V: SumVector>(
  _: InlineArray<n, InlineArray<4, V>>.Type, _ rows: UnsafePointer<UnsafeRawPointer>,
  _ height: Int, _ width: Int, _ x: Int, _ out: UnsafeMutableRawPointer, _ outStride: Int,
  _ load: (UnsafePointer<S>) -> V, _ tap: (Int) -> V
) {
  var sums = InlineArray<n, InlineArray<4, V>>(repeating: .init(repeating: .zero))
  /// What row i adds to the outputs that look at it; `first` and `last` are constants.
  @inline(__always) func add(_ i: Int, _ first: Int, _ last: Int) {
    let source = rows[i].assumingMemoryBound(to: S.self) + x
    for j in 0..<width {
      for v in 0..<n {
        let samples = load(source + j + v * V.lanes)
        for r in first...last {
          sums[v][r] = V.multiplyAdd(sums[v][r], samples, tap((i - r) * width + j))
        }
      }
    }
  }
  add(0, 0, 0)
  add(1, 0, 1)
  add(2, 0, 2)
  for i in 3..<height { add(i, 0, 3) }
  add(height, 1, 3)
  add(height + 1, 2, 3)
  add(height + 2, 3, 3)
  for r in 0..<4 {
    let row = (out + r * outStride).assumingMemoryBound(to: V.Scalar.self)
    for v in 0..<n { sums[v][r].store(row + x + v * V.lanes) }
  }
}
