// What the Fourier kernels are written with: vectors of 32 bytes, one register with AVX2, and pairs
// of them as complex numbers. A lane is a column (or, after a transposition, a row) of its own, so
// results do not depend on the number of lanes.

/// A vector of real numbers, whose operations each conformance spells out (see `AccumulatorVector`).
protocol FourierLanes {
  associatedtype Scalar: Numeric
  static var lanes: Int { get }
  static func scalar(_ value: Double) -> Scalar
  static func widen<S: BinaryInteger>(_ sample: S) -> Scalar
  static func widen(_ sample: Float) -> Scalar
  init(repeating value: Scalar)
  static func load(_ source: UnsafePointer<Scalar>) -> Self
  static func load<S: BinaryInteger>(_ source: UnsafePointer<S>) -> Self
  static func load(_ source: UnsafePointer<Float>) -> Self
  func store(_ target: UnsafeMutablePointer<Scalar>)
  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  /// sum + a · b
  static func multiplyAdd(_ sum: Self, _ a: Self, _ b: Self) -> Self
  /// difference − a · b
  static func multiplySubtract(_ difference: Self, _ a: Self, _ b: Self) -> Self
  /// target[j][i] = source[i][j] for all lanes i and j; rows are `pitch` numbers apart.
  static func transpose(
    _ source: UnsafePointer<Scalar>, _ target: UnsafeMutablePointer<Scalar>, pitch: Int)
}

struct FloatOctet: FourierLanes {
  var vector: SIMD8<Float>
  @inline(__always) static var lanes: Int { 8 }
  @inline(__always) init(_ vector: SIMD8<Float>) { self.vector = vector }
  @inline(__always) static func scalar(_ value: Double) -> Float { Float(value) }
  @inline(__always) static func widen<S: BinaryInteger>(_ sample: S) -> Float {
    Float(Int32(truncatingIfNeeded: sample))
  }
  @inline(__always) static func widen(_ sample: Float) -> Float { sample }
  @inline(__always) init(repeating value: Float) { vector = .init(repeating: value) }
  @inline(__always) static func load(_ source: UnsafePointer<Float>) -> Self {
    Self(UnsafeRawPointer(source).loadUnaligned(as: SIMD8<Float>.self))
  }
  @inline(__always) static func load<S: BinaryInteger>(_ source: UnsafePointer<S>) -> Self {
    var vector = SIMD8<Float>()
    for i in 0..<8 { vector[i] = widen(source[i]) }
    return Self(vector)
  }
  @inline(__always) func store(_ target: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(target).storeBytes(of: vector, as: SIMD8<Float>.self)
  }
  @inline(__always) static func + (a: Self, b: Self) -> Self { Self(a.vector + b.vector) }
  @inline(__always) static func - (a: Self, b: Self) -> Self { Self(a.vector - b.vector) }
  @inline(__always) static func * (a: Self, b: Self) -> Self { Self(a.vector * b.vector) }
  @inline(__always) static func multiplyAdd(_ sum: Self, _ a: Self, _ b: Self) -> Self {
    #if VIZ_FMA || arch(arm64)
      Self(sum.vector.addingProduct(a.vector, b.vector))
    #else
      Self(sum.vector + a.vector * b.vector)
    #endif
  }
  @inline(__always)
  static func multiplySubtract(_ difference: Self, _ a: Self, _ b: Self) -> Self {
    #if VIZ_FMA || arch(arm64)
      Self(difference.vector.addingProduct(-a.vector, b.vector))
    #else
      Self(difference.vector - a.vector * b.vector)
    #endif
  }
  @inline(__always)
  static func transpose(
    _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, pitch: Int
  ) {
    // By quarters of 4×4, which need no exchange between the halves of a register.
    for i in 0..<2 {
      for j in 0..<2 {
        let (from, to) = (source + 4 * (i * pitch + j), target + 4 * (j * pitch + i))
        let (a, b) = (quartet(from), quartet(from + pitch))
        let (c, d) = (quartet(from + 2 * pitch), quartet(from + 3 * pitch))
        store(SIMD4(a[0], b[0], c[0], d[0]), to)
        store(SIMD4(a[1], b[1], c[1], d[1]), to + pitch)
        store(SIMD4(a[2], b[2], c[2], d[2]), to + 2 * pitch)
        store(SIMD4(a[3], b[3], c[3], d[3]), to + 3 * pitch)
      }
    }
  }
  @inline(__always) private static func quartet(_ source: UnsafePointer<Float>) -> SIMD4<Float> {
    UnsafeRawPointer(source).loadUnaligned(as: SIMD4<Float>.self)
  }
  @inline(__always)
  private static func store(_ vector: SIMD4<Float>, _ target: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(target).storeBytes(of: vector, as: SIMD4<Float>.self)
  }
}

struct DoubleQuartet: FourierLanes {
  var vector: SIMD4<Double>
  @inline(__always) static var lanes: Int { 4 }
  @inline(__always) init(_ vector: SIMD4<Double>) { self.vector = vector }
  @inline(__always) static func scalar(_ value: Double) -> Double { value }
  @inline(__always) static func widen<S: BinaryInteger>(_ sample: S) -> Double {
    Double(Int32(truncatingIfNeeded: sample))
  }
  @inline(__always) static func widen(_ sample: Float) -> Double { Double(sample) }
  @inline(__always) init(repeating value: Double) { vector = .init(repeating: value) }
  @inline(__always) static func load(_ source: UnsafePointer<Double>) -> Self {
    Self(UnsafeRawPointer(source).loadUnaligned(as: SIMD4<Double>.self))
  }
  @inline(__always) static func load<S: BinaryInteger>(_ source: UnsafePointer<S>) -> Self {
    var vector = SIMD4<Double>()
    for i in 0..<4 { vector[i] = widen(source[i]) }
    return Self(vector)
  }
  @inline(__always) static func load(_ source: UnsafePointer<Float>) -> Self {
    var vector = SIMD4<Double>()
    for i in 0..<4 { vector[i] = Double(source[i]) }
    return Self(vector)
  }
  @inline(__always) func store(_ target: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(target).storeBytes(of: vector, as: SIMD4<Double>.self)
  }
  @inline(__always) static func + (a: Self, b: Self) -> Self { Self(a.vector + b.vector) }
  @inline(__always) static func - (a: Self, b: Self) -> Self { Self(a.vector - b.vector) }
  @inline(__always) static func * (a: Self, b: Self) -> Self { Self(a.vector * b.vector) }
  @inline(__always) static func multiplyAdd(_ sum: Self, _ a: Self, _ b: Self) -> Self {
    #if VIZ_FMA || arch(arm64)
      Self(sum.vector.addingProduct(a.vector, b.vector))
    #else
      Self(sum.vector + a.vector * b.vector)
    #endif
  }
  @inline(__always)
  static func multiplySubtract(_ difference: Self, _ a: Self, _ b: Self) -> Self {
    #if VIZ_FMA || arch(arm64)
      Self(difference.vector.addingProduct(-a.vector, b.vector))
    #else
      Self(difference.vector - a.vector * b.vector)
    #endif
  }
  @inline(__always)
  static func transpose(
    _ source: UnsafePointer<Double>, _ target: UnsafeMutablePointer<Double>, pitch: Int
  ) {
    for i in 0..<2 {
      for j in 0..<2 {
        let (from, to) = (source + 2 * (i * pitch + j), target + 2 * (j * pitch + i))
        let (a, b) = (pair(from), pair(from + pitch))
        store(SIMD2(a[0], b[0]), to)
        store(SIMD2(a[1], b[1]), to + pitch)
      }
    }
  }
  @inline(__always) private static func pair(_ source: UnsafePointer<Double>) -> SIMD2<Double> {
    UnsafeRawPointer(source).loadUnaligned(as: SIMD2<Double>.self)
  }
  @inline(__always)
  private static func store(_ vector: SIMD2<Double>, _ target: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(target).storeBytes(of: vector, as: SIMD2<Double>.self)
  }
}

/// Complex numbers, one a lane.
///
/// In memory the imaginary parts follow the real ones.
struct Complex<V: FourierLanes> {
  var re: V
  var im: V

  @inline(__always) init(_ re: V, _ im: V) {
    self.re = re
    self.im = im
  }
  @inline(__always) init(_ source: UnsafePointer<V.Scalar>) {
    re = V.load(source)
    im = V.load(source + V.lanes)
  }
  @inline(__always) func store(_ target: UnsafeMutablePointer<V.Scalar>) {
    re.store(target)
    im.store(target + V.lanes)
  }
  @inline(__always) static func + (a: Self, b: Self) -> Self { Self(a.re + b.re, a.im + b.im) }
  @inline(__always) static func - (a: Self, b: Self) -> Self { Self(a.re - b.re, a.im - b.im) }
  /// `a + i·b`.
  @inline(__always) static func addTurned(_ a: Self, _ b: Self) -> Self {
    Self(a.re - b.im, a.im + b.re)
  }
  /// `a − i·b`.
  @inline(__always) static func subtractTurned(_ a: Self, _ b: Self) -> Self {
    Self(a.re + b.im, a.im - b.re)
  }
  @inline(__always) static func * (a: Self, b: Self) -> Self {
    Self(
      V.multiplySubtract(a.re * b.re, a.im, b.im), V.multiplyAdd(a.im * b.re, a.re, b.im))
  }
  /// `a · b̄`.
  @inline(__always) static func timesConjugate(_ a: Self, _ b: Self) -> Self {
    Self(
      V.multiplyAdd(a.re * b.re, a.im, b.im), V.multiplySubtract(a.im * b.re, a.re, b.im))
  }
}
