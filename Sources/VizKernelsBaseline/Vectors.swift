// The vectors that sums are held in. All but one are 64 bytes wide: one register with AVX-512, two
// with AVX2, four with SSE2 or NEON. The instruction set is a compiler flag on the target and never shows
// in a kernel's text, with one exception: where the target has no fused multiply-add,
// `addingProduct` would be one library call a lane.

/// A vector of sums.
///
/// Each conformance spells out the operations of one concrete SIMD type: through a generic `SIMD`
/// parameter the compiler would see a loop over lanes.
protocol SumVector {
  associatedtype Scalar: Numeric
  static var lanes: Int { get }
  init(repeating value: Scalar)
  static func multiplyAdd(_ sum: Self, _ a: Self, _ b: Self) -> Self
  static func multiplyAdd(_ sum: Scalar, _ a: Scalar, _ b: Scalar) -> Scalar
}

extension SumVector {
  @inline(__always) static var zero: Self { Self(repeating: 0) }
  @inline(__always) static func load(_ source: UnsafePointer<Scalar>) -> Self {
    UnsafeRawPointer(source).loadUnaligned(as: Self.self)
  }
  @inline(__always) func store(_ out: UnsafeMutablePointer<Scalar>) {
    UnsafeMutableRawPointer(out).storeBytes(of: self, as: Self.self)
  }
}

/// Whole-number sums; they wrap.
protocol IntegerSumVector: SumVector where Scalar: FixedWidthInteger {
  static func add(_ a: Self, _ b: Self) -> Self
  static func subtract(_ a: Self, _ b: Self) -> Self
}

extension IntegerSumVector {
  @inline(__always)
  static func multiplyAdd(_ sum: Scalar, _ a: Scalar, _ b: Scalar) -> Scalar { sum &+ a &* b }
}

struct Int16Lanes: IntegerSumVector {
  var vector: SIMD32<Int16>
  @inline(__always) static var lanes: Int { 32 }
  @inline(__always) init(_ vector: SIMD32<Int16>) { self.vector = vector }
  @inline(__always) init(repeating value: Int16) { vector = .init(repeating: value) }
  @inline(__always) static func load(bytes: UnsafePointer<UInt8>) -> Self {
    // In halves: a loop over 32 lanes is not turned into vector conversions, one over 16 is.
    Self(SIMD32(lowHalf: half(bytes), highHalf: half(bytes + 16)))
  }
  @inline(__always) private static func half(_ bytes: UnsafePointer<UInt8>) -> SIMD16<Int16> {
    var vector = SIMD16<Int16>()
    for i in 0..<16 { vector[i] = Int16(bytes[i]) }
    return vector
  }
  @inline(__always) static func add(_ a: Self, _ b: Self) -> Self { Self(a.vector &+ b.vector) }
  @inline(__always)
  static func subtract(_ a: Self, _ b: Self) -> Self { Self(a.vector &- b.vector) }
  @inline(__always) static func multiplyAdd(_ sum: Self, _ a: Self, _ b: Self) -> Self {
    Self(sum.vector &+ a.vector &* b.vector)
  }
}

struct Int32Lanes: IntegerSumVector {
  var vector: SIMD16<Int32>
  @inline(__always) static var lanes: Int { 16 }
  @inline(__always) init(_ vector: SIMD16<Int32>) { self.vector = vector }
  @inline(__always) init(repeating value: Int32) { vector = .init(repeating: value) }
  @inline(__always) static func add(_ a: Self, _ b: Self) -> Self { Self(a.vector &+ b.vector) }
  @inline(__always)
  static func subtract(_ a: Self, _ b: Self) -> Self { Self(a.vector &- b.vector) }
  @inline(__always) static func multiplyAdd(_ sum: Self, _ a: Self, _ b: Self) -> Self {
    Self(sum.vector &+ a.vector &* b.vector)
  }
}

struct Int64Lanes: IntegerSumVector {
  var vector: SIMD8<Int64>
  @inline(__always) static var lanes: Int { 8 }
  @inline(__always) init(_ vector: SIMD8<Int64>) { self.vector = vector }
  @inline(__always) init(repeating value: Int64) { vector = .init(repeating: value) }
  @inline(__always) static func add(_ a: Self, _ b: Self) -> Self { Self(a.vector &+ b.vector) }
  @inline(__always)
  static func subtract(_ a: Self, _ b: Self) -> Self { Self(a.vector &- b.vector) }
  @inline(__always) static func multiplyAdd(_ sum: Self, _ a: Self, _ b: Self) -> Self {
    Self(sum.vector &+ a.vector &* b.vector)
  }
}

struct FloatLanes: SumVector {
  var vector: SIMD16<Float>
  @inline(__always) static var lanes: Int { 16 }
  @inline(__always) init(_ vector: SIMD16<Float>) { self.vector = vector }
  @inline(__always) init(repeating value: Float) { vector = .init(repeating: value) }
  @inline(__always) static func multiplyAdd(_ sum: Self, _ a: Self, _ b: Self) -> Self {
    #if VIZ_FMA || arch(arm64)
      Self(sum.vector.addingProduct(a.vector, b.vector))
    #else
      Self(sum.vector + a.vector * b.vector)
    #endif
  }
  @inline(__always)
  static func multiplyAdd(_ sum: Float, _ a: Float, _ b: Float) -> Float {
    #if VIZ_FMA || arch(arm64)
      sum.addingProduct(a, b)
    #else
      sum + a * b
    #endif
  }
}

/// Four numbers: one register everywhere.
struct QuarterFloatLanes: SumVector {
  var vector: SIMD4<Float>
  @inline(__always) static var lanes: Int { 4 }
  @inline(__always) init(_ vector: SIMD4<Float>) { self.vector = vector }
  @inline(__always) init(repeating value: Float) { vector = .init(repeating: value) }
  @inline(__always) static func multiplyAdd(_ sum: Self, _ a: Self, _ b: Self) -> Self {
    #if VIZ_FMA || arch(arm64)
      Self(sum.vector.addingProduct(a.vector, b.vector))
    #else
      Self(sum.vector + a.vector * b.vector)
    #endif
  }
  @inline(__always)
  static func multiplyAdd(_ sum: Float, _ a: Float, _ b: Float) -> Float {
    FloatLanes.multiplyAdd(sum, a, b)
  }
}

/// What network layers do with vectors; NaN goes through `clamp`.
extension FloatLanes {
  typealias Vector = SIMD16<Float>
  typealias Pair = SIMD32<Float>
  @inline(__always) static func clamp(_ a: Self, _ lower: Self, _ upper: Self) -> Self {
    let raised = a.vector.replacing(with: lower.vector, where: a.vector .< lower.vector)
    return Self(raised.replacing(with: upper.vector, where: raised .> upper.vector))
  }
  /// Every second number from the first on.
  @inline(__always) static func even(_ source: UnsafePointer<Float>) -> Self {
    Self(
      Vector(lowHalf: load(source).vector.evenHalf, highHalf: load(source + lanes).vector.evenHalf))
  }
  /// Every second number from the second on.
  @inline(__always) static func odd(_ source: UnsafePointer<Float>) -> Self {
    Self(
      Vector(lowHalf: load(source).vector.oddHalf, highHalf: load(source + lanes).vector.oddHalf))
  }
  /// All lanes added.
  @inline(__always) var total: Float {
    let eight = vector.lowHalf + vector.highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }
}

extension QuarterFloatLanes {
  typealias Vector = SIMD4<Float>
  /// Every second number from the first on.
  @inline(__always) static func even(_ source: UnsafePointer<Float>) -> Self {
    Self(
      Vector(lowHalf: load(source).vector.evenHalf, highHalf: load(source + lanes).vector.evenHalf))
  }
  /// Every second number from the second on.
  @inline(__always) static func odd(_ source: UnsafePointer<Float>) -> Self {
    Self(
      Vector(lowHalf: load(source).vector.oddHalf, highHalf: load(source + lanes).vector.oddHalf))
  }
  /// Every fourth number from the first on.
  @inline(__always) static func fourths(_ source: UnsafePointer<Float>) -> Self {
    Self(
      Vector(
        lowHalf: even(source).vector.evenHalf, highHalf: even(source + 2 * lanes).vector.evenHalf))
  }
  /// Every fourth number from the fourth on.
  @inline(__always) static func lastFourths(_ source: UnsafePointer<Float>) -> Self {
    Self(
      Vector(
        lowHalf: odd(source).vector.oddHalf, highHalf: odd(source + 2 * lanes).vector.oddHalf))
  }
}

#if VIZ_AVX512
  typealias SingleFloatLanes = FloatLanes
#else
  /// Half as wide: one register with AVX2, so that there is room for taps beside the sums.
  struct SingleFloatLanes: SumVector {
    typealias Vector = SIMD8<Float>
    typealias Pair = SIMD16<Float>
    var vector: SIMD8<Float>
    @inline(__always) static var lanes: Int { 8 }
    @inline(__always) init(_ vector: SIMD8<Float>) { self.vector = vector }
    @inline(__always) init(repeating value: Float) { vector = .init(repeating: value) }
    @inline(__always) static func multiplyAdd(_ sum: Self, _ a: Self, _ b: Self) -> Self {
      #if VIZ_FMA || arch(arm64)
        Self(sum.vector.addingProduct(a.vector, b.vector))
      #else
        Self(sum.vector + a.vector * b.vector)
      #endif
    }
    @inline(__always)
    static func multiplyAdd(_ sum: Float, _ a: Float, _ b: Float) -> Float {
      FloatLanes.multiplyAdd(sum, a, b)
    }
    @inline(__always) static func clamp(_ a: Self, _ lower: Self, _ upper: Self) -> Self {
      let raised = a.vector.replacing(with: lower.vector, where: a.vector .< lower.vector)
      return Self(raised.replacing(with: upper.vector, where: raised .> upper.vector))
    }
    /// Every second number from the first on.
    @inline(__always) static func even(_ source: UnsafePointer<Float>) -> Self {
      Self(
        Vector(
          lowHalf: load(source).vector.evenHalf, highHalf: load(source + lanes).vector.evenHalf))
    }
    /// Every second number from the second on.
    @inline(__always) static func odd(_ source: UnsafePointer<Float>) -> Self {
      Self(
        Vector(lowHalf: load(source).vector.oddHalf, highHalf: load(source + lanes).vector.oddHalf))
    }
    @inline(__always) var total: Float {
      let four = vector.lowHalf + vector.highHalf
      let two = four.lowHalf + four.highHalf
      return two.x + two.y
    }
  }
#endif

struct DoubleLanes: SumVector {
  var vector: SIMD8<Double>
  @inline(__always) static var lanes: Int { 8 }
  @inline(__always) init(_ vector: SIMD8<Double>) { self.vector = vector }
  @inline(__always) init(repeating value: Double) { vector = .init(repeating: value) }
  @inline(__always) static func multiplyAdd(_ sum: Self, _ a: Self, _ b: Self) -> Self {
    #if VIZ_FMA || arch(arm64)
      Self(sum.vector.addingProduct(a.vector, b.vector))
    #else
      Self(sum.vector + a.vector * b.vector)
    #endif
  }
  @inline(__always)
  static func multiplyAdd(_ sum: Double, _ a: Double, _ b: Double) -> Double {
    #if VIZ_FMA || arch(arm64)
      sum.addingProduct(a, b)
    #else
      sum + a * b
    #endif
  }
}

/// Walks the columns from `x` on in whole vectors.
///
/// The last one may overlap the one before it; rows shorter than a vector go column by column. What a call writes must not depend on what another one wrote.
@inline(__always)
func forVectors(
  of lanes: Int, from x: Int, count: Int, _ vector: (Int) -> Void, column: (Int) -> Void
) {
  var x = x
  guard count >= lanes else {
    while x < count {
      column(x)
      x += 1
    }
    return
  }
  while x + lanes <= count {
    vector(x)
    x += lanes
  }
  if x < count { vector(count - lanes) }
}
