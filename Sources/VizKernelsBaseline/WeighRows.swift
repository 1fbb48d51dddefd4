// A weighted sum of one channel's samples for rows of pixels: a depthwise convolution.
//
//     out[y, x] = bias + Σₖ weights[k] · source[y · sourceStride + offsets[k] + x]

private typealias Lanes = SingleFloatLanes

/// Weighs `rows` rows of `count` pixels; the products are added up in the order of the taps.
package func weighRows(
  source: UnsafePointer<Float>, sourceStride: Int, offsets: UnsafePointer<Int>,
  weights: UnsafePointer<Float>, taps: Int, bias: Float, rows: Int, count: Int,
  out: UnsafeMutablePointer<Float>, outStride: Int
) {
  for y in 0..<rows {
    let (source, out) = (source + y * sourceStride, out + y * outStride)
    var x = 0
    while x + 4 * Lanes.lanes <= count {
      var (a, b) = (Lanes(repeating: bias), Lanes(repeating: bias))
      var (c, d) = (a, b)
      for k in 0..<taps {
        let (samples, weight) = (source + offsets[k] + x, Lanes(repeating: weights[k]))
        a = Lanes.multiplyAdd(a, .load(samples), weight)
        b = Lanes.multiplyAdd(b, .load(samples + Lanes.lanes), weight)
        c = Lanes.multiplyAdd(c, .load(samples + 2 * Lanes.lanes), weight)
        d = Lanes.multiplyAdd(d, .load(samples + 3 * Lanes.lanes), weight)
      }
      a.store(out + x)
      b.store(out + x + Lanes.lanes)
      c.store(out + x + 2 * Lanes.lanes)
      d.store(out + x + 3 * Lanes.lanes)
      x += 4 * Lanes.lanes
    }
    // The last vector may repeat some of the pixels before it.
    while x < count, count >= Lanes.lanes {
      let first = min(x, count - Lanes.lanes)
      var sum = Lanes(repeating: bias)
      for k in 0..<taps {
        sum = Lanes.multiplyAdd(
          sum, .load(source + offsets[k] + first), Lanes(repeating: weights[k]))
      }
      sum.store(out + first)
      x = first + Lanes.lanes
    }
    while x < count {
      var sum = bias
      for k in 0..<taps { sum = Lanes.multiplyAdd(sum, source[offsets[k] + x], weights[k]) }
      out[x] = sum
      x += 1
    }
  }
}
