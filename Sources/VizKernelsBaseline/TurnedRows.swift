internal import CHints

// Planes of numbers as pixels with a number for each plane, and back: matrices whose rows and columns are exchanged,
// in squares of 4 × 4 numbers and pairs of squares.
//
// Halves of vectors are put together and exchanged as numbers of 64 bits: written with numbers of 32 bits
// throughout, a square becomes a selection of each single number, and takes half as many instructions again.

/// Pixels that are turned together, so many that they stay in the first cache.
///
/// Some planes at a time are walked along all of them. Planes are often a power of two apart, and lines of more than a few would push each other out.
@inline(__always)
private func pixelsTogether(size: Int) -> Int { max(4096 / max(size, 1) / 16, 1) * 16 }

/// Planes side by side as pixels with a number for each plane.
///
///     out[x · step + r] = source[r · stride + x],   0 ≤ x < count, 0 ≤ r < rows
package func turnRows(
  source: UnsafePointer<Float>, stride: Int, rows: Int, count: Int,
  out: UnsafeMutablePointer<Float>, step: Int
) {
  let together = pixelsTogether(size: step)
  var first = 0
  while first + 4 <= count {
    let end = min(first + together, count / 4 * 4)
    var r = 0
    while r + 8 <= rows {
      var x = first
      while x < end {
        let line = min(x + 16, end)
        // Where rows are lines of an image, the next one follows.
        for i in r..<r + 8 { chints_prefetch(source + i * stride + x + 64) }
        while x < line {
          turnEight(source + r * stride + x, stride, out + x * step + r, step)
          x += 4
        }
      }
      r += 8
    }
    while r < rows, rows >= 4 {
      // The last rows may be together with some that were turned already.
      r = min(r, rows - 4)
      for x in Swift.stride(from: first, to: end, by: 4) {
        turnFour(source + r * stride + x, stride, out + x * step + r, step)
      }
      r += 4
    }
    while r < rows {
      for x in first..<end { out[x * step + r] = source[r * stride + x] }
      r += 1
    }
    first = end
  }
  while first < count {
    for r in 0..<rows { out[first * step + r] = source[r * stride + first] }
    first += 1
  }
}

/// Pixels with a number for each plane as planes side by side: `turnRows` for planes that lie far apart.
///
///     out[r · step + x] = source[x · stride + r],   0 ≤ x < count, 0 ≤ r < rows
package func turnPixels(
  source: UnsafePointer<Float>, stride: Int, rows: Int, count: Int,
  out: UnsafeMutablePointer<Float>, step: Int
) {
  let together = pixelsTogether(size: stride)
  var first = 0
  while first + 4 <= count {
    let end = min(first + together, count / 4 * 4)
    var r = 0
    while r + 4 <= rows {
      var x = first
      while x < end {
        // As far as a line of the cache, which is written as a whole.
        let line = min(x + 16, end)
        // The lines where the next sixteen numbers end: each row's lies elsewhere, and a processor follows a few of them only.
        for i in r..<r + 4 { chints_prefetch(out + i * step + x + 31) }
        while x + 8 <= line {
          turnEight(source + x * stride + r, stride, out + r * step + x, step)
          x += 8
        }
        if x < line {
          turnFour(source + x * stride + r, stride, out + r * step + x, step)
          x += 4
        }
      }
      r += 4
    }
    while r < rows {
      for x in first..<end { out[r * step + x] = source[x * stride + r] }
      r += 1
    }
    first = end
  }
  while first < count {
    for r in 0..<rows { out[r * step + first] = source[first * stride + r] }
    first += 1
  }
}

/// Eight lines of four numbers as four lines of eight.
@inline(__always)
private func turnEight(
  _ source: UnsafePointer<Float>, _ stride: Int, _ out: UnsafeMutablePointer<Float>, _ step: Int
) {
  let a = twoSquares(source, 4 * stride)
  let b = twoSquares(source + stride, 4 * stride)
  let c = twoSquares(source + 2 * stride, 4 * stride)
  let d = twoSquares(source + 3 * stride, 4 * stride)
  let (ab, cd) = (firstPairs(a, b), firstPairs(c, d))
  store(SIMD4(ab.x, cd.x, ab.z, cd.z), out)
  store(SIMD4(ab.y, cd.y, ab.w, cd.w), out + step)
  let (abLast, cdLast) = (lastPairs(a, b), lastPairs(c, d))
  store(SIMD4(abLast.x, cdLast.x, abLast.z, cdLast.z), out + 2 * step)
  store(SIMD4(abLast.y, cdLast.y, abLast.w, cdLast.w), out + 3 * step)
}

/// Four lines of four numbers with rows and columns exchanged.
@inline(__always)
private func turnFour(
  _ source: UnsafePointer<Float>, _ stride: Int, _ out: UnsafeMutablePointer<Float>, _ step: Int
) {
  let a = QuarterFloatLanes.load(source).vector
  let b = QuarterFloatLanes.load(source + stride).vector
  let c = QuarterFloatLanes.load(source + 2 * stride).vector
  let d = QuarterFloatLanes.load(source + 3 * stride).vector
  let (ab, cd) = (firstPairs(a, b), firstPairs(c, d))
  store(SIMD2(ab.x, cd.x), out)
  store(SIMD2(ab.y, cd.y), out + step)
  let (abLast, cdLast) = (lastPairs(a, b), lastPairs(c, d))
  store(SIMD2(abLast.x, cdLast.x), out + 2 * step)
  store(SIMD2(abLast.y, cdLast.y), out + 3 * step)
}

/// Four numbers, and four that are `distance` behind them.
@inline(__always)
private func twoSquares(_ source: UnsafePointer<Float>, _ distance: Int) -> SIMD8<Float> {
  unsafeBitCast(
    SIMD4(lowHalf: pairs(source), highHalf: pairs(source + distance)), to: SIMD8<Float>.self)
}

@inline(__always) private func pairs(_ source: UnsafePointer<Float>) -> SIMD2<Double> {
  UnsafeRawPointer(source).loadUnaligned(as: SIMD2<Double>.self)
}

/// The first two numbers of each square, those of a and b in turn.
@inline(__always)
private func firstPairs(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD4<Double> {
  let turns = SIMD8(a[0], b[0], a[1], b[1], a[4], b[4], a[5], b[5])
  return unsafeBitCast(turns, to: SIMD4<Double>.self)
}

/// The last two numbers of each square, those of a and b in turn.
@inline(__always)
private func lastPairs(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD4<Double> {
  let turns = SIMD8(a[2], b[2], a[3], b[3], a[6], b[6], a[7], b[7])
  return unsafeBitCast(turns, to: SIMD4<Double>.self)
}

@inline(__always)
private func firstPairs(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD2<Double> {
  unsafeBitCast(SIMD4(a[0], b[0], a[1], b[1]), to: SIMD2<Double>.self)
}

@inline(__always)
private func lastPairs(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD2<Double> {
  unsafeBitCast(SIMD4(a[2], b[2], a[3], b[3]), to: SIMD2<Double>.self)
}

@inline(__always) private func store(_ pairs: SIMD4<Double>, _ out: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(out).storeBytes(of: pairs, as: SIMD4<Double>.self)
}

@inline(__always) private func store(_ pairs: SIMD2<Double>, _ out: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(out).storeBytes(of: pairs, as: SIMD2<Double>.self)
}
