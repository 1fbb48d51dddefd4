// The median of a window, for a whole row at a time, by forgetful selection: of h + 2 numbers, where
// h is half the window, neither the smallest nor the largest can be the median of all. Drop both,
// take the next number in, and repeat until three are left; the middle one is the median. Exchanges
// are lane-wise minimum and maximum, so 16 columns go through at once.

/// out[x] = median over t of sources[t][x], for an odd number of 3 to 49 sources.
package func medianRow(
  sample: Int, sources: UnsafePointer<UnsafeRawPointer>, windowCount: Int, count: Int,
  out: UnsafeMutableRawPointer
) {
  switch sample {
  case 0: median(UInt8.self, UInt8Order.self, sources, windowCount, count, out)
  case 1: median(UInt16.self, UInt16Order.self, sources, windowCount, count, out)
  default: median(Int16.self, Int16Order.self, sources, windowCount, count, out)
  }
}

/// A vector that can put two of its kind in order, lane by lane.
///
/// Sixteen lanes at most: minimum and maximum of wider vectors become loops over lanes.
protocol Ordering {
  init()
  mutating func order(_ larger: inout Self)
}

struct UInt8Order: Ordering {
  var vector = SIMD16<UInt8>()
  @inline(__always) mutating func order(_ larger: inout Self) {
    let swapped = larger.vector .< vector
    let smaller = vector.replacing(with: larger.vector, where: swapped)
    larger.vector.replace(with: vector, where: swapped)
    vector = smaller
  }
}

struct UInt16Order: Ordering {
  var vector = SIMD16<UInt16>()
  @inline(__always) mutating func order(_ larger: inout Self) {
    let swapped = larger.vector .< vector
    let smaller = vector.replacing(with: larger.vector, where: swapped)
    larger.vector.replace(with: vector, where: swapped)
    vector = smaller
  }
}

struct Int16Order: Ordering {
  var vector = SIMD16<Int16>()
  @inline(__always) mutating func order(_ larger: inout Self) {
    let swapped = larger.vector .< vector
    let smaller = vector.replacing(with: larger.vector, where: swapped)
    larger.vector.replace(with: vector, where: swapped)
    vector = smaller
  }
}

@inline(__always)
private func median<S, V: Ordering>(
  _: S.Type, _: V.Type, _ sources: UnsafePointer<UnsafeRawPointer>, _ windowCount: Int,
  _ count: Int, _ out: UnsafeMutableRawPointer
) {
  let rowBytes = count * MemoryLayout<S>.size
  let vectorBytes = MemoryLayout<V>.size
  var start = 0
  while start + vectorBytes <= rowBytes {  // whole vectors
    let middle = select(windowCount) { (sources[$0] + start).loadUnaligned(as: V.self) }
    (out + start).storeBytes(of: middle, as: V.self)
    start += vectorBytes
  }
  if start < rowBytes {  // the last few columns, padded with whatever a vector starts with
    var middle = select(windowCount) { t in
      var vector = V()
      withUnsafeMutableBytes(of: &vector) {
        $0.baseAddress.unsafelyUnwrapped.copyMemory(
          from: sources[t] + start, byteCount: rowBytes - start)
      }
      return vector
    }
    withUnsafeBytes(of: &middle) {
      (out + start).copyMemory(
        from: $0.baseAddress.unsafelyUnwrapped, byteCount: rowBytes - start)
    }
  }
}

@inline(__always)
private func select<V: Ordering>(_ windowCount: Int, _ window: (Int) -> V) -> V {
  var kept = InlineArray<26, V>(repeating: V())
  var n = windowCount / 2 + 2
  for t in 0..<n { kept[t] = window(t) }
  var next = n
  while next < windowCount {
    extremesToEnds(&kept, n)
    kept[0] = window(next)  // the smallest is forgotten here, the largest by the smaller n
    n -= 1
    next += 1
  }
  extremesToEnds(&kept, 3)
  return kept[1]
}

/// Moves the smallest of the first `n` to the front and the largest to place n − 1.
@inline(__always)
private func extremesToEnds<V: Ordering>(_ kept: inout InlineArray<26, V>, _ n: Int) {
  var (smallest, largest) = (kept[0], kept[n - 1])
  smallest.order(&largest)
  for i in 1..<(n - 1) {
    smallest.order(&kept[i])
    kept[i].order(&largest)
  }
  (kept[0], kept[n - 1]) = (smallest, largest)
}
