// From sums to stored samples:
//
//     out[x] = saturate(roundHalfToEven(offset + scale · sums[x]))
//
// in Float64, rounded once. NaN becomes 0 in an integer sample; infinities saturate. A Float sample
// takes the value without rounding to an integer and without saturation. Where a kernel is cut off
// at the border and its rest is to count for all of it, sums[x] · total / rest[x] takes the place
// of sums[x]: the product first, so that the one division is exact wherever the result is.
// Where the planner has proven that Float32 rounds to the same sample, `narrow` computes in that;
// where it has proven that every response is in the range of the sample, `fits` saves the limits.

/// Finishes one row; the codes are those of `widenRow`.
///
/// - Returns: how many responses an integer sample could not hold.
package func finishRow(
  accumulator: Int, sample: Int, sums: UnsafeRawPointer, scale: Double, offset: Double,
  narrow: Bool, fits: Bool, rest: UnsafePointer<Double>?, total: Double, count: Int,
  out: UnsafeMutableRawPointer
) -> Clipped {
  @inline(__always) func run<A: Sum>(_: A.Type) -> Clipped {
    let sums = sums.assumingMemoryBound(to: A.self)
    switch sample {
    case 0: return finish(sums, UInt8.self, scale, offset, narrow, fits, rest, total, count, out)
    case 1: return finish(sums, UInt16.self, scale, offset, narrow, fits, rest, total, count, out)
    case 2: return finish(sums, Int16.self, scale, offset, narrow, fits, rest, total, count, out)
    default:
      finish(sums, scale, offset, rest, total, count, out.assumingMemoryBound(to: Float.self))
      return (0, 0)
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

/// Responses below the lowest and above the highest sample.
package typealias Clipped = (below: Int, above: Int)

/// A sum, and how it becomes an integer sample as it is.
protocol Sum {
  var float64: Double { get }
  var float32: Float { get }
  static func saturate<S: IntegerStore>(
    _ sums: UnsafePointer<Self>, _ count: Int, _ out: UnsafeMutablePointer<S>
  ) -> Clipped
  /// The same for sums that are known to be in range.
  static func round<S: IntegerStore>(
    _ sums: UnsafePointer<Self>, _ count: Int, _ out: UnsafeMutablePointer<S>
  ) -> Clipped
}

extension Sum where Self: FixedWidthInteger {
  @inline(__always)
  static func round<S: IntegerStore>(
    _ sums: UnsafePointer<Self>, _ count: Int, _ out: UnsafeMutablePointer<S>
  ) -> Clipped {
    for x in 0..<count { out[x] = S(lowBits: sums[x]) }
    return (0, 0)
  }
}

extension Sum where Self: RealSum {
  @inline(__always)
  static func round<S: IntegerStore>(
    _ sums: UnsafePointer<Self>, _ count: Int, _ out: UnsafeMutablePointer<S>
  ) -> Clipped {
    roundReal(count, out) { sums[$0] }
  }
}

extension Int16: Sum {
  @inline(__always) var float64: Double { Double(Int32(self)) }
  @inline(__always) var float32: Float { Float(Int32(self)) }
  @inline(__always)
  static func saturate<S: IntegerStore>(
    _ sums: UnsafePointer<Int16>, _ count: Int, _ out: UnsafeMutablePointer<S>
  ) -> Clipped {
    guard S.highest == 255 else { return saturateWhole(count, out) { Int32(sums[$0]) } }
    // In lanes of 16 bits; a row has no more columns than UInt16 counts.
    var (below, above): (UInt16, UInt16) = (0, 0)
    for x in 0..<count {
      let value = sums[x]
      let atMost: Int16 = value < 255 ? value : 255
      let held: Int16 = atMost > 0 ? atMost : 0
      below &+= value < 0 ? 1 : 0
      above &+= value > 255 ? 1 : 0
      out[x] = S(lowBits: held)
    }
    return (Int(below), Int(above))
  }
}

extension Int32: Sum {
  @inline(__always) var float64: Double { Double(self) }
  @inline(__always) var float32: Float { Float(self) }
  @inline(__always)
  static func saturate<S: IntegerStore>(
    _ sums: UnsafePointer<Int32>, _ count: Int, _ out: UnsafeMutablePointer<S>
  ) -> Clipped {
    saturateWhole(count, out) { sums[$0] }
  }
}

extension Int64: Sum {
  @inline(__always) var float64: Double { Double(self) }
  @inline(__always) var float32: Float { Float(self) }
  @inline(__always)
  static func saturate<S: IntegerStore>(
    _ sums: UnsafePointer<Int64>, _ count: Int, _ out: UnsafeMutablePointer<S>
  ) -> Clipped {
    saturateWhole(count, out) { x in  // outside −2¹⁷ … 2¹⁷ is outside the range of every sample
      let atMost = sums[x] < 0x2_0000 ? sums[x] : 0x2_0000
      return Int32(truncatingIfNeeded: atMost > -0x2_0000 ? atMost : -0x2_0000)
    }
  }
}

/// A real number that rounds half to even when its fraction is pushed out of the mantissa.
protocol RealSum: Sum, BinaryFloatingPoint {
  associatedtype Bits: FixedWidthInteger & SignedInteger
  /// Of `self + 1.5 · 2ᵐ`, for m bits of mantissa: in order of size, the whole numbers −2ᵐ⁻¹ … 2ᵐ⁻¹
  /// one apart.
  var rounded: Bits { get }
}

extension Float: RealSum {
  @inline(__always) var float64: Double { Double(self) }
  @inline(__always) var float32: Float { self }
  @inline(__always) var rounded: Int32 { Int32(bitPattern: (self + 0x1.8p23).bitPattern) }
  @inline(__always)
  static func saturate<S: IntegerStore>(
    _ sums: UnsafePointer<Float>, _ count: Int, _ out: UnsafeMutablePointer<S>
  ) -> Clipped {
    saturateReal(count, out) { sums[$0] }
  }
}

extension Double: RealSum {
  @inline(__always) var float64: Double { self }
  @inline(__always) var float32: Float { Float(self) }
  @inline(__always) var rounded: Int64 { Int64(bitPattern: (self + 0x1.8p52).bitPattern) }
  @inline(__always)
  static func saturate<S: IntegerStore>(
    _ sums: UnsafePointer<Double>, _ count: Int, _ out: UnsafeMutablePointer<S>
  ) -> Clipped {
    saturateReal(count, out) { sums[$0] }
  }
}

/// An integer sample and the range it saturates to.
protocol IntegerStore {
  static var lowest: Int32 { get }
  static var highest: Int32 { get }
  init(lowBits: some FixedWidthInteger)
}

extension UInt8: IntegerStore {
  @inline(__always) static var lowest: Int32 { 0 }
  @inline(__always) static var highest: Int32 { 255 }
  @inline(__always) init(lowBits: some FixedWidthInteger) { self.init(truncatingIfNeeded: lowBits) }
}

extension UInt16: IntegerStore {
  @inline(__always) static var lowest: Int32 { 0 }
  @inline(__always) static var highest: Int32 { 65_535 }
  @inline(__always) init(lowBits: some FixedWidthInteger) { self.init(truncatingIfNeeded: lowBits) }
}

extension Int16: IntegerStore {
  @inline(__always) static var lowest: Int32 { -32_768 }
  @inline(__always) static var highest: Int32 { 32_767 }
  @inline(__always) init(lowBits: some FixedWidthInteger) { self.init(truncatingIfNeeded: lowBits) }
}

@inline(__always)
private func finish<A: Sum, S: IntegerStore>(
  _ sums: UnsafePointer<A>, _: S.Type, _ scale: Double, _ offset: Double, _ narrow: Bool,
  _ fits: Bool, _ rest: UnsafePointer<Double>?, _ total: Double, _ count: Int,
  _ out: UnsafeMutableRawPointer
) -> Clipped {
  let out = out.assumingMemoryBound(to: S.self)
  if let rest {
    return saturateReal(count, out) { offset + scale * (sums[$0].float64 * total / rest[$0]) }
  } else if scale == 1, offset == 0 {
    return fits ? A.round(sums, count, out) : A.saturate(sums, count, out)
  } else if narrow {
    let (scale, offset) = (Float(scale), Float(offset))
    return fits
      ? roundReal(count, out) { offset + scale * sums[$0].float32 }
      : saturateReal(count, out) { offset + scale * sums[$0].float32 }
  } else {
    return saturateReal(count, out) { offset + scale * sums[$0].float64 }
  }
}

@inline(__always)
private func saturateWhole<S: IntegerStore>(
  _ count: Int, _ out: UnsafeMutablePointer<S>, response: (Int) -> Int32
) -> Clipped {
  var (below, above): (Int32, Int32) = (0, 0)
  for x in 0..<count {
    let value = response(x)
    let atMost = value < S.highest ? value : S.highest
    let held = atMost > S.lowest ? atMost : S.lowest
    below &+= value < held ? 1 : 0
    above &+= value > held ? 1 : 0
    out[x] = S(lowBits: held)
  }
  return (Int(below), Int(above))
}

/// Rounds first and saturates the bits of the rounded number, which are in order of size.
@inline(__always)
private func saturateReal<R: RealSum, S: IntegerStore>(
  _ count: Int, _ out: UnsafeMutablePointer<S>, response: (Int) -> R
) -> Clipped {
  let zero = R.zero.rounded
  let (lowest, highest) = (zero &+ R.Bits(S.lowest), zero &+ R.Bits(S.highest))
  var (below, above): (R.Bits, R.Bits) = (0, 0)
  for x in 0..<count {
    let value = response(x)
    let number: R = value == value ? value : 0  // NaN is what differs from itself
    let rounded = number.rounded
    let atMost = rounded < highest ? rounded : highest
    let held = atMost > lowest ? atMost : lowest
    below &+= rounded < held ? 1 : 0
    above &+= rounded > held ? 1 : 0
    out[x] = S(lowBits: held)
  }
  return (Int(below), Int(above))
}

/// Responses that are known to be in range.
@inline(__always)
private func roundReal<R: RealSum, S: IntegerStore>(
  _ count: Int, _ out: UnsafeMutablePointer<S>, response: (Int) -> R
) -> Clipped {
  for x in 0..<count { out[x] = S(lowBits: response(x).rounded) }
  return (0, 0)
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
