// The correlation of tiles with one kernel by way of their frequencies, two tiles at a time:
//
//     z = a + i·b,   F⁻¹(F(z) · conj(F(k)) / (w·h)) = a ⋆ k + i · (b ⋆ k)
//
// The kernel is real, so the product keeps the tiles apart: one becomes the real part of a complex
// tile, the other its imaginary part, and the results come out as the same parts.
//
// A tile is stored in panels as wide as a vector: the complex vector of column panel p and row y is
// element p · height + y. Columns are transformed a panel at a time, in place. For the rows, the
// panels' squares are transposed into a panel of rows, which passes through F, the product and F⁻¹
// while it is in the nearest cache. A spectrum is stored in row panels: that of row panel q and
// column x is element q · width + x.

/// Puts samples into one row of a tile: `tile[x] = factor · samples[x]`, zeros beyond `count`.
///
/// `target` is the place of the row's first real or imaginary part, and `panelStride` the numbers
/// from one panel to the next. The codes are those of `accumulateRow`; `accumulator` is 3 or 4.
package func packRow(
  sample: Int, accumulator: Int, source: UnsafeRawPointer, count: Int, width: Int,
  factor: Double, target: UnsafeMutableRawPointer, panelStride: Int
) {
  @inline(__always) func run<V: FourierLanes>(_: V.Type) {
    let target = target.assumingMemoryBound(to: V.Scalar.self)
    let factor = V.scalar(factor)
    switch sample {
    case 0: pack(V.self, source, UInt8.self, count, width, factor, target, panelStride)
    case 1: pack(V.self, source, UInt16.self, count, width, factor, target, panelStride)
    case 2: pack(V.self, source, Int16.self, count, width, factor, target, panelStride)
    default:
      pack(
        V.self, source.assumingMemoryBound(to: Float.self), count, width, factor, target,
        panelStride, load: { V.load($0) }, widen: { V.widen($0) })
    }
  }
  if accumulator == 3 { run(FloatOctet.self) } else { run(DoubleQuartet.self) }
}

@inline(__always)
private func pack<V: FourierLanes, S: BinaryInteger>(
  _: V.Type, _ source: UnsafeRawPointer, _: S.Type, _ count: Int, _ width: Int,
  _ factor: V.Scalar, _ target: UnsafeMutablePointer<V.Scalar>, _ panelStride: Int
) {
  pack(
    V.self, source.assumingMemoryBound(to: S.self), count, width, factor, target, panelStride,
    load: { V.load($0) }, widen: { V.widen($0) })
}

@inline(__always)
private func pack<V: FourierLanes, S>(
  _: V.Type, _ source: UnsafePointer<S>, _ count: Int, _ width: Int, _ factor: V.Scalar,
  _ target: UnsafeMutablePointer<V.Scalar>, _ panelStride: Int,
  load: (UnsafePointer<S>) -> V, widen: (S) -> V.Scalar
) {
  let factors = V(repeating: factor)
  var place = target
  var x = 0
  while x + V.lanes <= count {  // whole vectors
    (load(source + x) * factors).store(place)
    place += panelStride
    x += V.lanes
  }
  while x < width {  // the last samples, and zeros
    for lane in 0..<V.lanes {
      place[lane] = x + lane < count ? widen(source[x + lane]) * factor : 0
    }
    place += panelStride
    x += V.lanes
  }
}

/// The results of one row of a tile: `out[x] = factor · tile[x]`, in whole vectors.
package func unpackRow(
  accumulator: Int, source: UnsafeRawPointer, panelStride: Int, count: Int, factor: Double,
  out: UnsafeMutableRawPointer
) {
  @inline(__always) func run<V: FourierLanes>(_: V.Type) {
    let factor = V(repeating: V.scalar(factor))
    let out = out.assumingMemoryBound(to: V.Scalar.self)
    var place = source.assumingMemoryBound(to: V.Scalar.self)
    var x = 0
    while x < count {
      (V.load(place) * factor).store(out + x)
      place += panelStride
      x += V.lanes
    }
  }
  if accumulator == 3 { run(FloatOctet.self) } else { run(DoubleQuartet.self) }
}

/// The largest magnitude of a row as the bits of a Float: infinities and NaN are above all numbers.
package func peakBits(source: UnsafeRawPointer, count: Int) -> UInt32 {
  let source = source.assumingMemoryBound(to: Int32.self)
  var peak: Int32 = 0
  for x in 0..<count {
    let magnitude = source[x] & 0x7FFF_FFFF
    peak = magnitude > peak ? magnitude : peak
  }
  return UInt32(bitPattern: peak)
}

/// Correlates a pair of tiles with a kernel, in place.
///
/// `spectrum` is conj(F(k)) / (w·h) in row panels. `scratch` holds one row panel. Results are right
/// in the first `outputWidth` columns (rounded up to whole panels); beyond, nothing is.
package func correlateTile(
  accumulator: Int, tile: UnsafeMutableRawPointer, width: Int, height: Int, outputWidth: Int,
  spectrum: UnsafeRawPointer, rowTwiddles: UnsafeRawPointer, columnTwiddles: UnsafeRawPointer,
  scratch: UnsafeMutableRawPointer
) {
  @inline(__always) func run<V: FourierLanes>(_: V.Type) {
    let tile = tile.assumingMemoryBound(to: V.Scalar.self)
    let columnTwiddles = columnTwiddles.assumingMemoryBound(to: V.Scalar.self)
    let panelStride = height * 2 * V.lanes
    let outputPanels = (outputWidth + V.lanes - 1) / V.lanes
    for p in 0..<width / V.lanes {
      let panel = Sequences<V>(tile + p * panelStride, height, columnTwiddles)
      panel.forwardBlocks(of: panel.forwardSteps())
    }
    for q in 0..<height / V.lanes {
      correlateRows(
        V.self, tile + q * V.lanes * 2 * V.lanes, width: width, panelStride: panelStride,
        outputPanels: outputPanels,
        spectrum: spectrum.assumingMemoryBound(to: V.Scalar.self) + q * width * 2 * V.lanes,
        twiddles: rowTwiddles.assumingMemoryBound(to: V.Scalar.self),
        scratch: scratch.assumingMemoryBound(to: V.Scalar.self))
    }
    for p in 0..<outputPanels {
      let panel = Sequences<V>(tile + p * panelStride, height, columnTwiddles)
      let size = lastBlock(height)
      panel.backwardBlocks(of: size)
      panel.backwardSteps(from: size)
    }
  }
  if accumulator == 3 { run(FloatOctet.self) } else { run(DoubleQuartet.self) }
}

/// What radix 4 leaves of a length: 4 or 8.
@inline(__always) private func lastBlock(_ length: Int) -> Int {
  var block = length
  while block > 8 { block /= 4 }
  return block
}

/// One row panel of `correlateTile`; `squares` is where its square of the first column panel lies.
@inline(__always)
private func correlateRows<V: FourierLanes>(
  _: V.Type, _ squares: UnsafeMutablePointer<V.Scalar>, width: Int, panelStride: Int,
  outputPanels: Int, spectrum: UnsafePointer<V.Scalar>, twiddles: UnsafePointer<V.Scalar>,
  scratch: UnsafeMutablePointer<V.Scalar>
) {
  let (lanes, pitch) = (V.lanes, 2 * V.lanes)
  for p in 0..<width / lanes {
    let (from, to) = (squares + p * panelStride, scratch + p * lanes * pitch)
    V.transpose(from, to, pitch: pitch)
    V.transpose(from + lanes, to + lanes, pitch: pitch)
  }
  let rows = Sequences<V>(scratch, width, twiddles)
  let size = rows.forwardSteps()
  rows.multiplyBlocks(
    of: size, by: Sequences<V>(UnsafeMutablePointer(mutating: spectrum), width, twiddles))
  rows.backwardSteps(from: size)
  for p in 0..<outputPanels {
    let (from, to) = (scratch + p * lanes * pitch, squares + p * panelStride)
    V.transpose(from, to, pitch: pitch)
    V.transpose(from + lanes, to + lanes, pitch: pitch)
  }
}
