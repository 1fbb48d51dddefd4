// The vectors that the kernels are written with. All are 64 bytes wide: one register with AVX-512,
// two with AVX2, four with SSE2 or NEON. The instruction set is a compiler flag on the target and
// never shows in a kernel's text, with one exception: where the target has no fused multiply-add,
// `addingProduct` would be one library call a lane.

/// A vector of accumulators, which loads samples and adds their products with a tap.
///
/// Each conformance spells out the operations of one concrete SIMD type: through a generic `SIMD`
/// parameter the compiler would see a loop over lanes.
protocol AccumulatorVector {
  associatedtype Scalar: AdditiveArithmetic
  static var lanes: Int { get }
  init()
  init(repeating value: Scalar)
  static func load(sums: UnsafePointer<Scalar>) -> Self
  static func multiplyAdd(_ sum: Self, _ a: Self, _ b: Self) -> Self
  static func multiplyAdd(_ sum: Scalar, _ a: Scalar, _ b: Scalar) -> Scalar
}

/// Accumulators that integer samples reach without loss, or provably without wrapping.
protocol IntegerLoading: AccumulatorVector {
  static func load<S: BinaryInteger>(_ source: UnsafePointer<S>) -> Self
  static func widen<S: BinaryInteger>(_ sample: S) -> Scalar
}

struct Int16Lanes: IntegerLoading {
  var vector: SIMD32<Int16>
  @inline(__always) static var lanes: Int { 32 }
  @inline(__always) init(_ vector: SIMD32<Int16>) { self.vector = vector }
  @inline(__always) static func load(sums: UnsafePointer<Int16>) -> Self {
    Self(UnsafeRawPointer(sums).loadUnaligned(as: SIMD32<Int16>.self))
  }
  @inline(__always) init() { vector = .zero }
  @inline(__always) init(repeating value: Int16) { vector = .init(repeating: value) }
  @inline(__always) static func load<S: BinaryInteger>(_ source: UnsafePointer<S>) -> Self {
    // In halves: a loop over 32 lanes is not turned into vector conversions, one over 16 is.
    Self(SIMD32(lowHalf: half(source), highHalf: half(source + 16)))
  }
  @inline(__always)
  private static func half<S: BinaryInteger>(_ source: UnsafePointer<S>) -> SIMD16<Int16> {
    var vector = SIMD16<Int16>()
    for i in 0..<16 { vector[i] = Int16(truncatingIfNeeded: source[i]) }
    return vector
  }
  @inline(__always) static func widen<S: BinaryInteger>(_ sample: S) -> Int16 {
    Int16(truncatingIfNeeded: sample)
  }
  @inline(__always) static func multiplyAdd(_ sum: Self, _ a: Self, _ b: Self) -> Self {
    Self(sum.vector &+ a.vector &* b.vector)
  }
  @inline(__always)
  static func multiplyAdd(_ sum: Int16, _ a: Int16, _ b: Int16) -> Int16 {
    sum &+ a &* b
  }
}

struct Int32Lanes: IntegerLoading {
  var vector: SIMD16<Int32>
  @inline(__always) static var lanes: Int { 16 }
  @inline(__always) init(_ vector: SIMD16<Int32>) { self.vector = vector }
  @inline(__always) static func load(sums: UnsafePointer<Int32>) -> Self {
    Self(UnsafeRawPointer(sums).loadUnaligned(as: SIMD16<Int32>.self))
  }
  @inline(__always) init() { vector = .zero }
  @inline(__always) init(repeating value: Int32) { vector = .init(repeating: value) }
  @inline(__always) static func load<S: BinaryInteger>(_ source: UnsafePointer<S>) -> Self {
    var vector = SIMD16<Int32>()
    for i in 0..<16 { vector[i] = Int32(truncatingIfNeeded: source[i]) }
    return Self(vector)
  }
  @inline(__always) static func widen<S: BinaryInteger>(_ sample: S) -> Int32 {
    Int32(truncatingIfNeeded: sample)
  }
  @inline(__always) static func multiplyAdd(_ sum: Self, _ a: Self, _ b: Self) -> Self {
    Self(sum.vector &+ a.vector &* b.vector)
  }
  @inline(__always)
  static func multiplyAdd(_ sum: Int32, _ a: Int32, _ b: Int32) -> Int32 {
    sum &+ a &* b
  }
}

struct Int64Lanes: IntegerLoading {
  var vector: SIMD8<Int64>
  @inline(__always) static var lanes: Int { 8 }
  @inline(__always) init(_ vector: SIMD8<Int64>) { self.vector = vector }
  @inline(__always) static func load(sums: UnsafePointer<Int64>) -> Self {
    Self(UnsafeRawPointer(sums).loadUnaligned(as: SIMD8<Int64>.self))
  }
  @inline(__always) init() { vector = .zero }
  @inline(__always) init(repeating value: Int64) { vector = .init(repeating: value) }
  @inline(__always) static func load<S: BinaryInteger>(_ source: UnsafePointer<S>) -> Self {
    var vector = SIMD8<Int64>()
    for i in 0..<8 { vector[i] = Int64(truncatingIfNeeded: source[i]) }
    return Self(vector)
  }
  @inline(__always) static func widen<S: BinaryInteger>(_ sample: S) -> Int64 {
    Int64(truncatingIfNeeded: sample)
  }
  @inline(__always) static func multiplyAdd(_ sum: Self, _ a: Self, _ b: Self) -> Self {
    Self(sum.vector &+ a.vector &* b.vector)
  }
  @inline(__always)
  static func multiplyAdd(_ sum: Int64, _ a: Int64, _ b: Int64) -> Int64 {
    sum &+ a &* b
  }
}

struct FloatLanes: IntegerLoading {
  var vector: SIMD16<Float>
  @inline(__always) static var lanes: Int { 16 }
  @inline(__always) init(_ vector: SIMD16<Float>) { self.vector = vector }
  @inline(__always) static func load(sums: UnsafePointer<Float>) -> Self {
    Self(UnsafeRawPointer(sums).loadUnaligned(as: SIMD16<Float>.self))
  }
  @inline(__always) init() { vector = .zero }
  @inline(__always) init(repeating value: Float) { vector = .init(repeating: value) }
  @inline(__always) static func load<S: BinaryInteger>(_ source: UnsafePointer<S>) -> Self {
    var vector = SIMD16<Float>()
    for i in 0..<16 { vector[i] = widen(source[i]) }
    return Self(vector)
  }
  @inline(__always) static func widen<S: BinaryInteger>(_ sample: S) -> Float {
    Float(Int32(truncatingIfNeeded: sample))
  }
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

struct DoubleLanes: IntegerLoading {
  var vector: SIMD8<Double>
  @inline(__always) static var lanes: Int { 8 }
  @inline(__always) init(_ vector: SIMD8<Double>) { self.vector = vector }
  @inline(__always) static func load(sums: UnsafePointer<Double>) -> Self {
    Self(UnsafeRawPointer(sums).loadUnaligned(as: SIMD8<Double>.self))
  }
  @inline(__always) init() { vector = .zero }
  @inline(__always) init(repeating value: Double) { vector = .init(repeating: value) }
  @inline(__always) static func load<S: BinaryInteger>(_ source: UnsafePointer<S>) -> Self {
    var vector = SIMD8<Double>()
    for i in 0..<8 { vector[i] = widen(source[i]) }
    return Self(vector)
  }
  @inline(__always) static func widen<S: BinaryInteger>(_ sample: S) -> Double {
    Double(Int32(truncatingIfNeeded: sample))
  }
  @inline(__always) static func load(_ source: UnsafePointer<Float>) -> Self {
    var vector = SIMD8<Double>()
    for i in 0..<8 { vector[i] = Double(source[i]) }
    return Self(vector)
  }
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
