// From sums to stored samples:
//
//     out[x] = saturate(roundHalfToEven(offset + scale · sums[x]))
//
// in Float64, rounded once. NaN becomes 0 in an integer sample; infinities saturate. A Float sample
// takes the value without rounding to an integer and without saturation. Where a kernel is cut off
// at the border and its rest is to count for all of it, sums[x] · total / rest[x] takes the place
// of sums[x]: the product first, so that the one division is exact wherever the result is.

/// Finishes one row; the codes are those of `accumulateRow`.
///
/// - Returns: how many responses an integer sample could not hold.
package func finishRow(
  accumulator: Int, sample: Int, sums: UnsafeRawPointer, scale: Double, offset: Double,
  rest: UnsafePointer<Double>?, total: Double, count: Int, out: UnsafeMutableRawPointer
) -> Int {
  @inline(__always) func run<A: Sum>(_: A.Type) -> Int {
    let sums = sums.assumingMemoryBound(to: A.self)
    switch sample {
    case 0: return finish(sums, UInt8.self, scale, offset, rest, total, count, out)
    case 1: return finish(sums, UInt16.self, scale, offset, rest, total, count, out)
    case 2: return finish(sums, Int16.self, scale, offset, rest, total, count, out)
    default:
      finish(sums, scale, offset, rest, total, count, out.assumingMemoryBound(to: Float.self))
      return 0
    }
  }
  switch accumulator {
  case 0: return run(Int16.self)
  case 1: return run(Int32.self)
  case 2: return run(Int64.self)
  case 3: return run(Float.self)
  default: return run(Double.self)
  }
}

/// A sum, as the Float64 of the definition and as the Int32 that it rounds to near the samples.
protocol Sum {
  var float64: Double { get }
  var float32: Float { get }
  /// Rounded half to even; sums outside −2¹⁷ … 2¹⁷ stay outside the range of every sample.
  var rounded: Int32 { get }
}

extension Int16: Sum {
  @inline(__always) var float64: Double { Double(Int32(self)) }
  @inline(__always) var float32: Float { Float(Int32(self)) }
  @inline(__always) var rounded: Int32 { Int32(self) }
}

extension Int32: Sum {
  @inline(__always) var float64: Double { Double(self) }
  @inline(__always) var float32: Float { Float(self) }
  @inline(__always) var rounded: Int32 { self }
}

extension Int64: Sum {
  @inline(__always) var float64: Double { Double(self) }
  @inline(__always) var float32: Float { Float(self) }
  @inline(__always) var rounded: Int32 {
    let atMost = self < 0x2_0000 ? self : 0x2_0000
    return Int32(truncatingIfNeeded: atMost > -0x2_0000 ? atMost : -0x2_0000)
  }
}

extension Float: Sum {
  @inline(__always) var float64: Double { Double(self) }
  @inline(__always) var float32: Float { self }
  @inline(__always) var rounded: Int32 {
    let number: Float = self == self ? self : 0
    let atMost: Float = number < 0x1p17 ? number : 0x1p17
    let bounded: Float = atMost > -0x1p17 ? atMost : -0x1p17
    // 1.5·2²³ pushes the fraction out of the mantissa; the addition rounds half to even.
    return Int32(bitPattern: (bounded + 0x1.8p23).bitPattern) &- 0x4B40_0000
  }
}

extension Double: Sum {
  @inline(__always) var float64: Double { self }
  @inline(__always) var float32: Float { Float(self) }
  @inline(__always) var rounded: Int32 {
    let number: Double = self == self ? self : 0
    let atMost: Double = number < 0x1p17 ? number : 0x1p17
    let bounded: Double = atMost > -0x1p17 ? atMost : -0x1p17
    return Int32(truncatingIfNeeded: (bounded + 0x1.8p52).bitPattern)
  }
}

/// An integer sample and the range it saturates to.
protocol IntegerStore {
  static var lowest: Int32 { get }
  static var highest: Int32 { get }
  init(saturated value: Int32)
}

extension UInt8: IntegerStore {
  @inline(__always) static var lowest: Int32 { 0 }
  @inline(__always) static var highest: Int32 { 255 }
  @inline(__always) init(saturated value: Int32) { self.init(truncatingIfNeeded: value) }
}

extension UInt16: IntegerStore {
  @inline(__always) static var lowest: Int32 { 0 }
  @inline(__always) static var highest: Int32 { 65_535 }
  @inline(__always) init(saturated value: Int32) { self.init(truncatingIfNeeded: value) }
}

extension Int16: IntegerStore {
  @inline(__always) static var lowest: Int32 { -32_768 }
  @inline(__always) static var highest: Int32 { 32_767 }
  @inline(__always) init(saturated value: Int32) { self.init(truncatingIfNeeded: value) }
}

@inline(__always)
private func finish<A: Sum, S: IntegerStore>(
  _ sums: UnsafePointer<A>, _: S.Type, _ scale: Double, _ offset: Double,
  _ rest: UnsafePointer<Double>?, _ total: Double, _ count: Int, _ out: UnsafeMutableRawPointer
) -> Int {
  let out = out.assumingMemoryBound(to: S.self)
  if let rest {
    return saturate(count, out) { offset + scale * (sums[$0].float64 * total / rest[$0]) }
  } else if scale == 1, offset == 0 {
    return saturate(count, out) { sums[$0] }
  } else {
    return saturate(count, out) { offset + scale * sums[$0].float64 }
  }
}

@inline(__always)
private func saturate<V: Sum, S: IntegerStore>(
  _ count: Int, _ out: UnsafeMutablePointer<S>, response: (Int) -> V
) -> Int {
  var clipped: Int32 = 0
  for x in 0..<count {
    let value = response(x).rounded
    let atMost = value < S.highest ? value : S.highest
    let held = atMost > S.lowest ? atMost : S.lowest
    clipped &+= held == value ? 0 : 1
    out[x] = S(saturated: held)
  }
  return Int(clipped)
}

@inline(__always)
private func finish<A: Sum>(
  _ sums: UnsafePointer<A>, _ scale: Double, _ offset: Double,
  _ rest: UnsafePointer<Double>?, _ total: Double, _ count: Int, _ out: UnsafeMutablePointer<Float>
) {
  if let rest {
    for x in 0..<count { out[x] = Float(offset + scale * (sums[x].float64 * total / rest[x])) }
  } else {
    for x in 0..<count { out[x] = Float(offset + scale * sums[x].float64) }
  }
}
