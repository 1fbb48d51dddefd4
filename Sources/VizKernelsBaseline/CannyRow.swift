// Canny's method, row by row: the gradient, its ridges as bits, and bits as samples.
//
// A ridge is a place whose gradient is the strongest across the edge. Which neighbours lie across
// is told by the gradient's slope, with tan 22.5° = 13573 / 2¹⁵ and tan 67.5° = tan 22.5° + 2:
//
//     |dy| < tan 22.5° · |dx|    m > left,  m ≥ right
//     |dy| > tan 67.5° · |dx|    m > above, m ≥ below
//     else                       m > above[−s], m > below[+s],  s = −1 if dx and dy differ in sign, else 1
//
// - Source: Canny 1986, with the integer arithmetic of OpenCV's `Canny`.

/// Sobel's gradient from three rows of `count + 2` samples, and its strength |dx| + |dy|.
///
///     dx[x] = Σ (1 2 1) · (column x + 2 − column x),   dy[x] = Σ (1 2 1) · (below − above)
///
/// `sample` is 0 for UInt8, whose gradients are Int16, or 1 for UInt16 and 2 for Int16, whose
/// gradients are Int32.
package func gradientRow(
  sample: Int, above: UnsafeRawPointer, row: UnsafeRawPointer, below: UnsafeRawPointer, count: Int,
  dx: UnsafeMutableRawPointer, dy: UnsafeMutableRawPointer, strength: UnsafeMutableRawPointer
) {
  @inline(__always) func run<S: FixedWidthInteger, G: Gradient>(_: S.Type, _: G.Type) {
    let above = above.assumingMemoryBound(to: S.self)
    let row = row.assumingMemoryBound(to: S.self)
    let below = below.assumingMemoryBound(to: S.self)
    let dx = dx.assumingMemoryBound(to: G.self)
    let dy = dy.assumingMemoryBound(to: G.self)
    let strength = strength.assumingMemoryBound(to: G.self)
    for x in 0..<count {
      @inline(__always) func wide(_ row: UnsafePointer<S>, _ i: Int) -> G {
        G(truncatingIfNeeded: row[x + i])
      }
      let rising = wide(below, 2) &- wide(above, 0)
      let falling = wide(below, 0) &- wide(above, 2)
      let across = rising &- falling &+ 2 &* (wide(row, 2) &- wide(row, 0))
      let down = rising &+ falling &+ 2 &* (wide(below, 1) &- wide(above, 1))
      dx[x] = across
      dy[x] = down
      strength[x] = (across < 0 ? 0 &- across : across) &+ (down < 0 ? 0 &- down : down)
    }
  }
  switch sample {
  case 0: run(UInt8.self, Int16.self)
  case 1: run(UInt16.self, Int32.self)
  default: run(Int16.self, Int32.self)
  }
}

/// Bit x of `ridges`: a ridge stronger than `low`; bit x of `edges`: stronger than `high` as well.
///
/// `above`, `row` and `below` are strengths with one more on either side. Bits are in words of 64,
/// the first the lowest; bits past `count` are 0. `marks` is memory for a byte per bit.
package func ridgeRow(
  isWide: Bool, above: UnsafeRawPointer, row: UnsafeRawPointer, below: UnsafeRawPointer,
  dx: UnsafeRawPointer, dy: UnsafeRawPointer, low: Int, high: Int, count: Int,
  marks: UnsafeMutableRawPointer, ridges: UnsafeMutablePointer<UInt64>,
  edges: UnsafeMutablePointer<UInt64>
) {
  let marks = marks.assumingMemoryBound(to: UInt8.self)
  @inline(__always) func run<G: Gradient>(_: G.Type) {
    markRidges(
      above.assumingMemoryBound(to: G.self), row.assumingMemoryBound(to: G.self),
      below.assumingMemoryBound(to: G.self), dx.assumingMemoryBound(to: G.self),
      dy.assumingMemoryBound(to: G.self), G(truncatingIfNeeded: low),
      G(truncatingIfNeeded: high), count, marks)
  }
  if isWide { run(Int32.self) } else { run(Int16.self) }
  let words = (count + 63) / 64
  for x in count..<(words * 64) { marks[x] = 0 }
  for word in 0..<words {
    var (isRidge, isEdge) = (UInt64(0), UInt64(0))
    for i in 0..<8 {
      let eight = UnsafeRawPointer(marks + 64 * word + 8 * i).loadUnaligned(as: UInt64.self)
      isRidge |= lowestBits(eight) &<< UInt64(8 * i)
      isEdge |= lowestBits(eight &>> 1) &<< UInt64(8 * i)
    }
    ridges[word] = isRidge
    edges[word] = isEdge
  }
}

/// out[x] = bit x of `bits` ? highest : 0, for `sample` as in `gradientRow`.
///
/// `marks` is memory for a byte per bit, of whole words.
package func bitsRow(
  sample: Int, bits: UnsafePointer<UInt64>, highest: Int, count: Int,
  marks: UnsafeMutableRawPointer, out: UnsafeMutableRawPointer
) {
  let bytes = UnsafeRawPointer(bits).assumingMemoryBound(to: UInt8.self)
  for i in 0..<((count + 7) / 8) {
    // Bit k of the byte alone in byte k; adding 127 carries it, wherever it is, into bit 7.
    let apart = UInt64(bytes[i]) &* 0x0101_0101_0101_0101 & 0x8040_2010_0804_0201
    let flags = (apart &+ 0x7F7F_7F7F_7F7F_7F7F) &>> 7 & 0x0101_0101_0101_0101
    marks.storeBytes(of: flags, toByteOffset: 8 * i, as: UInt64.self)
  }
  let marks = UnsafeRawPointer(marks).assumingMemoryBound(to: UInt8.self)
  @inline(__always) func run<S: FixedWidthInteger>(_: S.Type) {
    let out = out.assumingMemoryBound(to: S.self)
    let highest = S(truncatingIfNeeded: highest)
    for x in 0..<count { out[x] = marks[x] == 0 ? 0 : highest }
  }
  switch sample {
  case 0: run(UInt8.self)
  case 1: run(UInt16.self)
  default: run(Int16.self)
  }
}

/// A whole number that holds a gradient of samples of half its width.
private protocol Gradient: FixedWidthInteger {
  /// ⌊tan 22.5° · length⌋. No gradient but 0 has a product without a fraction, so that comparing a
  /// whole number with the floor is the same as comparing it with the product.
  static func tangent(_ length: Self) -> Self
}

extension Int16: Gradient {
  /// Lengths up to 1020; twice the factor, so that the product's upper half is the quotient.
  @inline(__always) fileprivate static func tangent(_ length: Int16) -> Int16 {
    Int16(truncatingIfNeeded: (Int32(length) &* 27_146) &>> 16)
  }
}

extension Int32: Gradient {
  /// Lengths up to 262,140, whose products fit 32 bits without a sign.
  @inline(__always) fileprivate static func tangent(_ length: Int32) -> Int32 {
    Int32(truncatingIfNeeded: (UInt32(truncatingIfNeeded: length) &* 13_573) &>> 15)
  }
}

/// marks[x] = 0, 1 on a ridge above `low`, 3 on one above `high`.
@inline(__always)
private func markRidges<G: Gradient>(
  _ above: UnsafePointer<G>, _ row: UnsafePointer<G>, _ below: UnsafePointer<G>,
  _ dx: UnsafePointer<G>, _ dy: UnsafePointer<G>, _ low: G, _ high: G, _ count: Int,
  _ marks: UnsafeMutablePointer<UInt8>
) {
  for x in 0..<count {
    // All neighbours are read, whichever are asked for: a loop without branches becomes vectors.
    let (northwest, north, northeast) = (above[x - 1], above[x], above[x + 1])
    let (west, strength, east) = (row[x - 1], row[x], row[x + 1])
    let (southwest, south, southeast) = (below[x - 1], below[x], below[x + 1])
    let (u, v) = (dx[x], dy[x])
    let (width, height) = (u < 0 ? 0 &- u : u, v < 0 ? 0 &- v : v)
    let tangent = G.tangent(width)
    let isFlat: G = height <= tangent ? -1 : 0
    let isSteep: G = height > tangent &+ 2 &* width ? -1 : 0
    let isTurned: G = u ^ v < 0 ? -1 : 0
    let before = choose(
      isFlat, west, choose(isSteep, north, choose(isTurned, northeast, northwest)))
    let after = choose(  // m ≥ n where m > n − 1
      isFlat, east &- 1, choose(isSteep, south &- 1, choose(isTurned, southwest, southeast)))
    let highest = before < after ? after : before
    let floor = highest < low ? low : highest
    let isRidge: UInt8 = strength > floor ? 3 : 0
    let isEdge: UInt8 = strength > high ? 3 : 1
    marks[x] = isRidge & isEdge
  }
}

/// `a` where all bits of the mask are set, `b` where none is: what no branch can come of.
@inline(__always)
private func choose<G: Gradient>(_ mask: G, _ a: G, _ b: G) -> G { a & mask | b & ~mask }

/// The lowest bits of eight bytes side by side; byte i's gets to bit i.
@inline(__always)
private func lowestBits(_ bytes: UInt64) -> UInt64 {
  ((bytes & 0x0101_0101_0101_0101) &* 0x0102_0408_1020_4080) &>> 56
}
