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
    switch (step, count >= FloatLanes.lanes) {
    case (1, true): fold(F.self, count, out) { .load($0) }
    case (2, true): fold(F.self, count, out) { .even($0) }
    case (1, false): foldShort(F.self, count, out) { .load($0) }
    case (2, false): foldShort(F.self, count, out) { .even($0) }
    default: for x in 0..<count { out[x] = folded(F.self, x) }
    }
  }

  @inline(__always)
  private func fold<F: Fold>(
    _: F.Type, _ count: Int, _ out: UnsafeMutablePointer<Float>,
    load: (UnsafePointer<Float>) -> FloatLanes
  ) {
    forVectors(of: FloatLanes.lanes, from: 0, count: count) { x in
      var result = FloatLanes(repeating: F.none)
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

  /// The same for rows that are shorter than a vector.
  @inline(__always)
  private func foldShort<F: Fold>(
    _: F.Type, _ count: Int, _ out: UnsafeMutablePointer<Float>,
    load: (UnsafePointer<Float>) -> QuarterFloatLanes
  ) {
    forVectors(of: QuarterFloatLanes.lanes, from: 0, count: count) { x in
      var result = QuarterFloatLanes(repeating: F.none)
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
  static func join(_ a: FloatLanes, _ b: FloatLanes) -> FloatLanes
  static func join(_ a: QuarterFloatLanes, _ b: QuarterFloatLanes) -> QuarterFloatLanes
  static func join(_ a: Float, _ b: Float) -> Float
}

/// What differs from itself is NaN.
private enum Maximum: Fold {
  @inline(__always) static var none: Float { -.infinity }
  @inline(__always) static func join(_ a: FloatLanes, _ b: FloatLanes) -> FloatLanes {
    FloatLanes(
      a.vector.replacing(with: b.vector, where: (b.vector .> a.vector) .| (b.vector .!= b.vector)))
  }
  @inline(__always)
  static func join(_ a: QuarterFloatLanes, _ b: QuarterFloatLanes) -> QuarterFloatLanes {
    QuarterFloatLanes(
      a.vector.replacing(with: b.vector, where: (b.vector .> a.vector) .| (b.vector .!= b.vector)))
  }
  @inline(__always) static func join(_ a: Float, _ b: Float) -> Float { b > a || b != b ? b : a }
}

private enum Total: Fold {
  @inline(__always) static var none: Float { 0 }
  @inline(__always) static func join(_ a: FloatLanes, _ b: FloatLanes) -> FloatLanes {
    FloatLanes(a.vector + b.vector)
  }
  @inline(__always)
  static func join(_ a: QuarterFloatLanes, _ b: QuarterFloatLanes) -> QuarterFloatLanes {
    QuarterFloatLanes(a.vector + b.vector)
  }
  @inline(__always) static func join(_ a: Float, _ b: Float) -> Float { a + b }
}
