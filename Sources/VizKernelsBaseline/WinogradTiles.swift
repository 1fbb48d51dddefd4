// A convolution of 3×3 taps by Winograd's minimal filtering: a tile of m × m outputs takes (m + 2)²
// products of numbers where the definition takes 9·m²:
//
//     Y = Aᵀ · [(G · g · Gᵀ) ⊙ (Bᵀ · d · B)] · A
//
// g is the kernel, d what the tile reads, (m + 2) × (m + 2) samples; ⊙ multiplies number by number and is
// where the channels are added up, as (m + 2)² products of matrices (`multiplyPixels`). This file is what
// lies before them, Bᵀ·d·B, and behind them, Aᵀ·M·A. Images lie pixel by pixel, and vectors run over channels.
//
// The weights' gradient is the same read backwards: with y, the gradient of a tile's outputs, Gᵀ·[(A·y·Aᵀ) ⊙
// (Bᵀ·d·B)]·G, where ⊙ is followed by the sum over tiles.
//
// Source: Lavin & Gray 2016, "Fast Algorithms for Convolutional Neural Networks", arXiv:1509.09308.

private typealias Lanes = SingleFloatLanes

/// Bᵀ · d · B for tiles of one row, or A · y · Aᵀ, where an image's numbers lie pixel by pixel.
///
/// Pixel (i, m·t + j) of tile t has `count` channels, whole vectors of them, from `source[i · lineStride + (m·t + j) · count]`
/// on; so has number ξ from `out[ξ · outStride + t · count]` on. `square` is room for (m + 2)² vectors.
package func winogradInput(
  outputs m: Int, isGradient: Bool, source: UnsafePointer<Float>, lineStride: Int, count: Int,
  tiles: Int, square: UnsafeMutablePointer<Float>, out: UnsafeMutablePointer<Float>,
  outStride: Int
) {
  let pixels = TilePixels(
    source: source, lineStride: lineStride, count: count, tiles: tiles, square: square, out: out,
    outStride: outStride)
  switch (m, isGradient) {
  case (4, false): pixels.spread(OutputsOfFour.self)
  case (4, true): pixels.scatter(OutputsOfFour.self)
  case (_, false): pixels.spread(OutputsOfTwo.self)
  case (_, true): pixels.scatter(OutputsOfTwo.self)
  }
}

private struct TilePixels {
  let source: UnsafePointer<Float>
  let lineStride: Int
  let count: Int
  let tiles: Int
  let square: UnsafeMutablePointer<Float>
  let out: UnsafeMutablePointer<Float>
  let outStride: Int

  @inline(__always)
  func spread<Form: WinogradForm>(_: Form.Type) {
    let (m, size, lanes) = (Form.outputs, Form.outputs + 2, Lanes.lanes)
    for t in 0..<tiles {
      for c in stride(from: 0, to: count, by: lanes) {
        let (source, out) = (source + m * t * count + c, out + t * count + c)
        for j in 0..<size {
          Form.Samples(source + j * count, lineStride).spread.store(
            square + j * lanes, size * lanes)
        }
        for i in 0..<size {
          Form.Samples(square + i * size * lanes, lanes).spread.store(
            out + i * size * outStride, outStride)
        }
      }
    }
  }

  @inline(__always)
  func scatter<Form: WinogradForm>(_: Form.Type) {
    let (m, size, lanes) = (Form.outputs, Form.outputs + 2, Lanes.lanes)
    for t in 0..<tiles {
      for c in stride(from: 0, to: count, by: lanes) {
        let (source, out) = (source + m * t * count + c, out + t * count + c)
        for j in 0..<m {
          Form.scatter(source + j * count, lineStride).store(square + j * lanes, size * lanes)
        }
        for i in 0..<size {
          Form.scatter(square + i * size * lanes, lanes).store(
            out + i * size * outStride, outStride)
        }
      }
    }
  }
}

/// Aᵀ · M · A for tiles of one row, with a bias for each channel and between two limits, where numbers lie pixel by pixel.
///
/// Number ξ of tile t has `count` channels, whole vectors of them, from `source[ξ · sourceStride + t · count]` on; pixel
/// (i, m·t + j) of it goes to `out[i · lineStride + (m·t + j) · count]`. `square` is room for (m + 2)² vectors.
///
/// - Returns: whether all pixels were finite before the limits.
package func winogradOutput(
  outputs m: Int, source: UnsafePointer<Float>, sourceStride: Int, bias: UnsafePointer<Float>,
  lower: Float, upper: Float, count: Int, tiles: Int, square: UnsafeMutablePointer<Float>,
  out: UnsafeMutablePointer<Float>, lineStride: Int
) -> Bool {
  let sums = TileSums(
    source: source, sourceStride: sourceStride, bias: bias, lower: Lanes(repeating: lower),
    upper: Lanes(repeating: upper), count: count, tiles: tiles, square: square, out: out,
    lineStride: lineStride)
  return m == 4 ? sums.gather(OutputsOfFour.self) : sums.gather(OutputsOfTwo.self)
}

private struct TileSums {
  let source: UnsafePointer<Float>
  let sourceStride: Int
  let bias: UnsafePointer<Float>
  let lower: Lanes
  let upper: Lanes
  let count: Int
  let tiles: Int
  let square: UnsafeMutablePointer<Float>
  let out: UnsafeMutablePointer<Float>
  let lineStride: Int

  @inline(__always)
  func gather<Form: WinogradForm>(_: Form.Type) -> Bool {
    let (m, size, lanes) = (Form.outputs, Form.outputs + 2, Lanes.lanes)
    let none = Lanes(repeating: 0)
    // 0 times what is infinite or NaN is NaN.
    var nothing = none
    for t in 0..<tiles {
      for c in stride(from: 0, to: count, by: lanes) {
        let (source, out) = (source + t * count + c, out + m * t * count + c)
        for j in 0..<size {
          Form.gather(
            source + j * sourceStride, size * sourceStride, none, into: square + j * lanes,
            size * lanes)
        }
        for i in 0..<m {
          let line = out + i * lineStride
          Form.gather(square + i * size * lanes, lanes, .load(bias + c), into: line, count)
          for j in 0..<m {
            let sum = Lanes.load(line + j * count)
            nothing = Lanes.multiplyAdd(nothing, sum, none)
            Lanes.clamp(sum, lower, upper).store(line + j * count)
          }
        }
      }
    }
    return (0..<Lanes.lanes).allSatisfy { nothing.vector[$0] == 0 }
  }
}

/// The matrices for tiles of m × m outputs, as sums of vectors.
private protocol WinogradForm {
  associatedtype Samples: WinogradSamples
  /// m.
  static var outputs: Int { get }

  /// Aᵀ · M + bias for m + 2 vectors M.
  static func gather(
    _ source: UnsafePointer<Float>, _ stride: Int, _ bias: Lanes,
    into out: UnsafeMutablePointer<Float>, _ outStride: Int)

  /// A · y for m vectors y.
  static func scatter(_ source: UnsafePointer<Float>, _ stride: Int) -> Samples
}

/// m + 2 vectors d.
private protocol WinogradSamples {
  init(_ source: UnsafePointer<Float>, _ stride: Int)
  /// Bᵀ · d.
  var spread: Self { get }
  func store(_ out: UnsafeMutablePointer<Float>, _ stride: Int)
}

private struct FourSamples: WinogradSamples {
  let (d0, d1, d2, d3): (Lanes, Lanes, Lanes, Lanes)

  @inline(__always) init(_ d0: Lanes, _ d1: Lanes, _ d2: Lanes, _ d3: Lanes) {
    (self.d0, self.d1, self.d2, self.d3) = (d0, d1, d2, d3)
  }

  @inline(__always) init(_ source: UnsafePointer<Float>, _ stride: Int) {
    (d0, d1) = (.load(source), .load(source + stride))
    (d2, d3) = (.load(source + 2 * stride), .load(source + 3 * stride))
  }

  @inline(__always) var spread: FourSamples { FourSamples(d0 - d2, d1 + d2, d2 - d1, d1 - d3) }

  @inline(__always) func store(_ out: UnsafeMutablePointer<Float>, _ stride: Int) {
    d0.store(out)
    d1.store(out + stride)
    d2.store(out + 2 * stride)
    d3.store(out + 3 * stride)
  }
}

private struct SixSamples: WinogradSamples {
  let first: FourSamples
  let (d4, d5): (Lanes, Lanes)

  @inline(__always) init(_ first: FourSamples, _ d4: Lanes, _ d5: Lanes) {
    (self.first, self.d4, self.d5) = (first, d4, d5)
  }

  @inline(__always) init(_ source: UnsafePointer<Float>, _ stride: Int) {
    first = FourSamples(source, stride)
    (d4, d5) = (.load(source + 4 * stride), .load(source + 5 * stride))
  }

  @inline(__always) var spread: SixSamples {
    let (d0, d1, d2, d3) = (first.d0, first.d1, first.d2, first.d3)
    let (even, odd) = (d4 - 4 * d2, d3 - 4 * d1)
    let (evenHalf, oddHalf) = (d4 - d2, d3 - d1)
    let oddTwice = oddHalf + oddHalf
    return SixSamples(
      FourSamples(4 * d0 + (d4 - 5 * d2), even + odd, even - odd, evenHalf + oddTwice),
      evenHalf - oddTwice, 4 * d1 + (d5 - 5 * d3))
  }

  @inline(__always) func store(_ out: UnsafeMutablePointer<Float>, _ stride: Int) {
    first.store(out, stride)
    d4.store(out + 4 * stride)
    d5.store(out + 5 * stride)
  }
}

/// F(2, 3), over the points 0, 1, −1, ∞.
private enum OutputsOfTwo: WinogradForm {
  typealias Samples = FourSamples
  @inline(__always) static var outputs: Int { 2 }

  @inline(__always)
  static func gather(
    _ source: UnsafePointer<Float>, _ stride: Int, _ bias: Lanes,
    into out: UnsafeMutablePointer<Float>, _ outStride: Int
  ) {
    let m = FourSamples(source, stride)
    (bias + (m.d0 + (m.d1 + m.d2))).store(out)
    (bias + (m.d1 - m.d2 - m.d3)).store(out + outStride)
  }

  @inline(__always)
  static func scatter(_ source: UnsafePointer<Float>, _ stride: Int) -> FourSamples {
    let (y0, y1) = (Lanes.load(source), Lanes.load(source + stride))
    return FourSamples(y0, y0 + y1, y0 - y1, Lanes(repeating: 0) - y1)
  }
}

/// F(4, 3), over the points 0, 1, −1, 2, −2, ∞.
private enum OutputsOfFour: WinogradForm {
  typealias Samples = SixSamples
  @inline(__always) static var outputs: Int { 4 }

  @inline(__always)
  static func gather(
    _ source: UnsafePointer<Float>, _ stride: Int, _ bias: Lanes,
    into out: UnsafeMutablePointer<Float>, _ outStride: Int
  ) {
    let m = SixSamples(source, stride)
    let (even, odd) = (m.first.d1 + m.first.d2, m.first.d1 - m.first.d2)
    let (evenTwice, oddTwice) = (m.first.d3 + m.d4, m.first.d3 - m.d4)
    (bias + (m.first.d0 + even + evenTwice)).store(out)
    (bias + (2 * oddTwice + odd)).store(out + outStride)
    (bias + (4 * evenTwice + even)).store(out + 2 * outStride)
    (bias + (8 * oddTwice + (odd + m.d5))).store(out + 3 * outStride)
  }

  @inline(__always)
  static func scatter(_ source: UnsafePointer<Float>, _ stride: Int) -> SixSamples {
    let y = FourSamples(source, stride)
    let (even, odd) = (y.d0 + y.d2, y.d1 + y.d3)
    let (evenTwice, oddTwice) = (4 * y.d2 + y.d0, 8 * y.d3 + (y.d1 + y.d1))
    return SixSamples(
      FourSamples(y.d0, even + odd, even - odd, evenTwice + oddTwice), evenTwice - oddTwice, y.d3)
  }
}

/// A factor and a vector whose product is going to be added.
private struct Product {
  let factor: Float
  let vector: Lanes
}

@inline(__always) private func + (a: Lanes, b: Lanes) -> Lanes { Lanes(a.vector + b.vector) }
@inline(__always) private func - (a: Lanes, b: Lanes) -> Lanes { Lanes(a.vector - b.vector) }
@inline(__always) private func * (factor: Float, vector: Lanes) -> Product {
  Product(factor: factor, vector: vector)
}
@inline(__always) private func + (product: Product, sum: Lanes) -> Lanes {
  Lanes.multiplyAdd(sum, product.vector, Lanes(repeating: product.factor))
}
@inline(__always) private func - (sum: Lanes, product: Product) -> Lanes {
  Lanes.multiplyAdd(sum, product.vector, Lanes(repeating: -product.factor))
}
