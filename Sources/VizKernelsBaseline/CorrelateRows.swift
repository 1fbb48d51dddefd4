// Up to four rows of a convolution with a tap for every sample of its window:
//
//     out[r][x] = Σᵢ Σⱼ taps[i · width + j] · rows[r + i][x + j],   0 ≤ r < outputs,   0 ≤ x < count
//
// Four rows at a time, because then a loaded vector of samples meets up to four taps before the
// next one is loaded. The products of one output sample are added in row-major order, as in
// `accumulateRow`, however many rows there are: the bits are the same.

/// Correlates rows with a window.
///
/// `accumulator` is as in `widenRow`. Rows hold the accumulator's type; if `bytes`, they hold UInt8, the
/// sums are Int16 and the window is one column wide. `out` holds rows that are `outStride` bytes apart.
/// Whole numbers wrap, as in `addRows`.
package func correlateRows(
  bytes: Bool, accumulator: Int, rows: UnsafePointer<UnsafeRawPointer>, taps: UnsafeRawPointer,
  height: Int, width: Int, outputs: Int, count: Int, out: UnsafeMutableRawPointer, outStride: Int
) {
  @inline(__always) func run<R: RowOfSamples>(_: R.Type, _ width: Int) {
    let taps = taps.assumingMemoryBound(to: R.Vector.Scalar.self)
    if outputs == 4, height >= 3, count >= R.Vector.lanes {
      correlateFour(R.self, rows, taps, height, width, count, out, outStride)
    } else {
      correlateEach(R.self, rows, taps, height, width, outputs, count, out, outStride)
    }
  }
  switch accumulator {
  case 0 where bytes: run(Bytes.self, 1)
  case 0: run(Sums<Int16Lanes>.self, width)
  case 1: run(Sums<Int32Lanes>.self, width)
  case 2: run(Sums<Int64Lanes>.self, width)
  case 3 where height == 3 && width == 3: run(Sums<SingleFloatLanes>.self, 3)
  case 3: run(Sums<FloatLanes>.self, width)
  default: run(Sums<DoubleLanes>.self, width)
  }
}

/// How a row's samples are read as vectors of sums.
///
/// A type and not a function as an argument: what the compiler does not inline would be called through
/// a pointer.
private protocol RowOfSamples {
  associatedtype Sample
  associatedtype Vector: SumVector
  static func load(_ source: UnsafePointer<Sample>) -> Vector
  static func widen(_ sample: Sample) -> Vector.Scalar
}

private enum Sums<Vector: SumVector>: RowOfSamples {
  @inline(__always) static func load(_ source: UnsafePointer<Vector.Scalar>) -> Vector {
    Vector.load(source)
  }
  @inline(__always) static func widen(_ sample: Vector.Scalar) -> Vector.Scalar { sample }
}

private enum Bytes: RowOfSamples {
  @inline(__always) static func load(_ source: UnsafePointer<UInt8>) -> Int16Lanes {
    Int16Lanes.load(bytes: source)
  }
  @inline(__always) static func widen(_ sample: UInt8) -> Int16 { Int16(sample) }
}

/// Taps as vectors, one number in all lanes.
private protocol SpreadTaps {
  associatedtype Vector: SumVector
  /// How many rows the window has, where it is known when this is compiled, else 0.
  static var height: Int { get }
  init(_ source: UnsafePointer<Vector.Scalar>)
  func tap(_ i: Int) -> Vector
}

/// Those of a window of 3×3 in registers for a whole row.
private struct HeldTaps<Vector: SumVector>: SpreadTaps {
  private var taps = InlineArray<9, Vector>(repeating: .zero)

  @inline(__always) static var height: Int { 3 }
  @inline(__always) init(_ source: UnsafePointer<Vector.Scalar>) {
    for i in 0..<9 { taps[i] = Vector(repeating: source[i]) }
  }
  @inline(__always) func tap(_ i: Int) -> Vector { taps[i] }
}

/// Spread where they are used.
private struct StoredTaps<Vector: SumVector>: SpreadTaps {
  private let taps: UnsafePointer<Vector.Scalar>

  @inline(__always) static var height: Int { 0 }
  @inline(__always) init(_ source: UnsafePointer<Vector.Scalar>) { taps = source }
  @inline(__always) func tap(_ i: Int) -> Vector { Vector(repeating: taps[i]) }
}

#if VIZ_AVX512
  /// Vectors of a block: enough sums in flight to hide the latency of the multiply-add.
  private let blockVectors = 2
#else
  private let blockVectors = 1
#endif

/// Four output rows of at least a vector.
@inline(__always)
private func correlateFour<R: RowOfSamples>(
  _: R.Type, _ rows: UnsafePointer<UnsafeRawPointer>, _ taps: UnsafePointer<R.Vector.Scalar>,
  _ height: Int, _ width: Int, _ count: Int, _ out: UnsafeMutableRawPointer, _ outStride: Int
) {
  @inline(__always) func run<let columns: Int, T: SpreadTaps>(_: Columns<columns>.Type, _: T.Type)
  where T.Vector == R.Vector {
    blocks(Columns<columns>.self, R.self, T.self, rows, taps, height, width, count, out, outStride)
  }
  switch (height, width) {  // a constant width lets the loop over columns be unrolled
  case (3, 3): run(Columns<3>.self, HeldTaps<R.Vector>.self)
  case (_, 1): run(Columns<1>.self, StoredTaps<R.Vector>.self)
  case (_, 3): run(Columns<3>.self, StoredTaps<R.Vector>.self)
  case (_, 5): run(Columns<5>.self, StoredTaps<R.Vector>.self)
  default: run(Columns<0>.self, StoredTaps<R.Vector>.self)
  }
}

/// How many columns a window has, where it is known when this is compiled, else 0.
private enum Columns<let count: Int> {}

private func blocks<let columns: Int, R: RowOfSamples, T: SpreadTaps>(
  _: Columns<columns>.Type, _: R.Type, _: T.Type, _ rows: UnsafePointer<UnsafeRawPointer>,
  _ source: UnsafePointer<R.Vector.Scalar>, _ height: Int, _ width: Int, _ count: Int,
  _ out: UnsafeMutableRawPointer, _ outStride: Int
) where T.Vector == R.Vector {
  let taps = T(source)
  let height = T.height > 0 ? T.height : height
  let width = columns > 0 ? columns : width
  let lanes = R.Vector.lanes
  var x = 0
  while blockVectors == 2, x + 2 * lanes <= count {
    Two<R>(rows, height, width, x, taps).store(out, outStride, x)
    x += 2 * lanes
  }
  while x < count {  // no closures here: they keep taps in memory
    let start = x + lanes <= count ? x : count - lanes
    One<R>(rows, height, width, start, taps).store(out, outStride, start)
    x += lanes
  }
}

private typealias One<R: RowOfSamples> = Block<4, R>
private typealias Two<R: RowOfSamples> = Block<8, R>

/// The sums of `n / 4` vectors side by side, four rows high.
private struct Block<let n: Int, R: RowOfSamples> {
  private var sums = InlineArray<n, R.Vector>(repeating: .zero)

  @inline(__always)
  init<T: SpreadTaps>(
    _ rows: UnsafePointer<UnsafeRawPointer>, _ height: Int, _ width: Int, _ x: Int, _ taps: T
  ) where T.Vector == R.Vector {
    add(rows[0], x, width, taps, 0, 0, 1)
    add(rows[1], x, width, taps, 1, 0, 2)
    add(rows[2], x, width, taps, 2, 0, 3)
    for i in 3..<height { add(rows[i], x, width, taps, i, 0, 4) }
    add(rows[height], x, width, taps, height, 1, 4)
    add(rows[height + 1], x, width, taps, height + 1, 2, 4)
    add(rows[height + 2], x, width, taps, height + 2, 3, 4)
  }

  /// What row i adds to the outputs first..<end that look at it; both are constants.
  @inline(__always)
  private mutating func add<T: SpreadTaps>(
    _ row: UnsafeRawPointer, _ x: Int, _ width: Int, _ taps: T, _ i: Int, _ first: Int, _ end: Int
  ) where T.Vector == R.Vector {
    let source = row.assumingMemoryBound(to: R.Sample.self) + x
    if width == 3 {  // no loop, because held taps need numbers that are constants
      add(source, taps, i * 3, 3, first, end)
      add(source + 1, taps, i * 3 + 1, 3, first, end)
      add(source + 2, taps, i * 3 + 2, 3, first, end)
    } else {
      for j in 0..<width { add(source + j, taps, i * width + j, width, first, end) }
    }
  }

  /// What one column of the row adds, `t` being its tap in the first output's window.
  @inline(__always)
  private mutating func add<T: SpreadTaps>(
    _ source: UnsafePointer<R.Sample>, _ taps: T, _ t: Int, _ width: Int, _ first: Int, _ end: Int
  ) where T.Vector == R.Vector {
    for v in 0..<n / 4 {
      let samples = R.load(source + v * R.Vector.lanes)
      for r in first..<end {
        sums[4 * v + r] = R.Vector.multiplyAdd(
          sums[4 * v + r], samples, taps.tap(t - r * width))
      }
    }
  }

  @inline(__always)
  func store(_ out: UnsafeMutableRawPointer, _ outStride: Int, _ x: Int) {
    for r in 0..<4 {
      let row = (out + r * outStride).assumingMemoryBound(to: R.Vector.Scalar.self)
      for v in 0..<n / 4 { sums[4 * v + r].store(row + x + v * R.Vector.lanes) }
    }
  }
}

/// Output rows one after the other.
@inline(__always)
private func correlateEach<R: RowOfSamples>(
  _: R.Type, _ rows: UnsafePointer<UnsafeRawPointer>, _ taps: UnsafePointer<R.Vector.Scalar>,
  _ height: Int, _ width: Int, _ outputs: Int, _ count: Int, _ out: UnsafeMutableRawPointer,
  _ outStride: Int
) {
  for r in 0..<outputs {
    let row = (out + r * outStride).assumingMemoryBound(to: R.Vector.Scalar.self)
    forVectors(of: R.Vector.lanes, from: 0, count: count) { x in
      var sum = R.Vector.zero
      for i in 0..<height {
        let source = rows[r + i].assumingMemoryBound(to: R.Sample.self) + x
        for j in 0..<width {
          sum = R.Vector.multiplyAdd(
            sum, R.load(source + j), R.Vector(repeating: taps[i * width + j]))
        }
      }
      sum.store(row + x)
    } column: { x in
      var sum = R.Vector.Scalar.zero
      for i in 0..<height {
        let source = rows[r + i].assumingMemoryBound(to: R.Sample.self) + x
        for j in 0..<width {
          sum = R.Vector.multiplyAdd(sum, R.widen(source[j]), taps[i * width + j])
        }
      }
      row[x] = sum
    }
  }
}
