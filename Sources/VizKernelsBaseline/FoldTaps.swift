// All taps of pooling windows for a row of outputs, or of a dimension for a row of columns:
//
//     out[x] = maxₜ source[t · tapStride + x · step]   or   Σₜ source[t · tapStride + x · step],   0 ≤ x < count
//
// Outputs stay in a register while the taps are walked, in order.

/// Folds taps into maxima or sums; without any, −∞ or 0.
///
/// NaN is larger than every number. With a step of 2, one number behind the last one is read too.
package func foldTaps(
  isMaximum: Bool, source: UnsafePointer<Float>, taps: Int, tapStride: Int, step: Int, count: Int,
  out: UnsafeMutablePointer<Float>
) {
  let windows = Windows(source: source, taps: taps, tapStride: tapStride, step: step)
  if isMaximum {
    windows.fold(Maximum.self, count, out)
  } else {
    windows.fold(Total.self, count, out)
  }
}

private struct Windows {
  let source: UnsafePointer<Float>
  let taps: Int
  let tapStride: Int
  let step: Int

  @inline(__always)
  func fold<F: Fold>(_: F.Type, _ count: Int, _ out: UnsafeMutablePointer<Float>) {
    // Rows that are shorter than a vector are taken in narrow ones.
    switch (step, count >= FloatLanes.lanes) {
    case (1, true): fold(F.self, count, out) { FloatLanes.load($0) }
    case (2, true): fold(F.self, count, out) { FloatLanes.even($0) }
    case (1, false): fold(F.self, count, out) { QuarterFloatLanes.load($0) }
    case (2, false): fold(F.self, count, out) { QuarterFloatLanes.even($0) }
    default: for x in 0..<count { out[x] = folded(F.self, x) }
    }
  }

  @inline(__always)
  private func fold<F: Fold, V: FoldedVector>(
    _: F.Type, _ count: Int, _ out: UnsafeMutablePointer<Float>,
    load: (UnsafePointer<Float>) -> V
  ) {
    forVectors(of: V.lanes, from: 0, count: count) { x in
      var result = V(repeating: F.none)
      var tap = source + x * step
      for _ in 0..<taps {
        result = F.join(result, load(tap))
        tap += tapStride
      }
      result.store(out + x)
    } column: { x in
      out[x] = folded(F.self, x)
    }
  }

  @inline(__always)
  private func folded<F: Fold>(_: F.Type, _ x: Int) -> Float {
    var result = F.none
    for t in 0..<taps { result = F.join(result, source[t * tapStride + x * step]) }
    return result
  }
}

private protocol Fold {
  /// What nothing folds into.
  static var none: Float { get }
  static func join<V: FoldedVector>(_ a: V, _ b: V) -> V
  static func join(_ a: Float, _ b: Float) -> Float
}

private enum Maximum: Fold {
  @inline(__always) static var none: Float { -.infinity }
  @inline(__always) static func join<V: FoldedVector>(_ a: V, _ b: V) -> V { V.larger(a, b) }
  @inline(__always) static func join(_ a: Float, _ b: Float) -> Float { b > a || b != b ? b : a }
}

private enum Total: Fold {
  @inline(__always) static var none: Float { 0 }
  @inline(__always) static func join<V: FoldedVector>(_ a: V, _ b: V) -> V { V.sum(a, b) }
  @inline(__always) static func join(_ a: Float, _ b: Float) -> Float { a + b }
}

private protocol FoldedVector: SumVector where Scalar == Float {
  /// In each lane; what differs from itself is NaN.
  static func larger(_ a: Self, _ b: Self) -> Self
  static func sum(_ a: Self, _ b: Self) -> Self
}

extension FloatLanes: FoldedVector {
  @inline(__always) fileprivate static func larger(_ a: Self, _ b: Self) -> Self {
    Self(
      a.vector.replacing(with: b.vector, where: (b.vector .> a.vector) .| (b.vector .!= b.vector)))
  }
  @inline(__always) fileprivate static func sum(_ a: Self, _ b: Self) -> Self {
    Self(a.vector + b.vector)
  }
}

extension QuarterFloatLanes: FoldedVector {
  @inline(__always) fileprivate static func larger(_ a: Self, _ b: Self) -> Self {
    Self(
      a.vector.replacing(with: b.vector, where: (b.vector .> a.vector) .| (b.vector .!= b.vector)))
  }
  @inline(__always) fileprivate static func sum(_ a: Self, _ b: Self) -> Self {
    Self(a.vector + b.vector)
  }
}
