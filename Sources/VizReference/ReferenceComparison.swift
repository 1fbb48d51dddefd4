/// The samples of an engine, one by one, beside those of a judge.
package struct ReferenceComparison: Sendable {
  /// A sample that is not the judge's.
  package struct Difference: Sendable {
    package let x: Int
    package let y: Int
    package let engine: Double
    package let judge: Double
    /// What the judge rounded; nil where it came rounded.
    package let exact: Double?
  }

  /// How far the engine's arithmetic must have been off for a sample, and how far it may be there.
  package struct Deviation: Sendable {
    package let needed: Double
    package let allowed: Double
  }

  package let pixels: Int
  package private(set) var differing = 0
  /// Samples that a correct engine cannot have.
  package private(set) var violations = 0
  /// The greatest difference, the first of its size row by row.
  package private(set) var greatest: Difference?
  /// The largest deviation of the samples that differ.
  package private(set) var deviation: Deviation?

  /// Against an estimate: what lies within its error may differ.
  package init(
    _ engine: ReferencePlane, with estimate: ReferenceEstimate, as type: ReferenceSampleType
  ) {
    pixels = engine.values.count
    guard Self.isSameSize(engine, estimate.exact) else {
      (differing, violations) = (pixels, pixels)
      return
    }
    for i in engine.values.indices {
      let (found, exact) = (engine.values[i], estimate.exact.values[i])
      let nearest = type.nearest(exact)
      if found == nearest || (found.isNaN && nearest.isNaN) { continue }
      let allowed = estimate.error?.values[i] ?? 0
      note(found, nearest, exact: exact, at: i, width: engine.width)
      if !(type.nearest(exact - allowed) <= found && found <= type.nearest(exact + allowed)) {
        violations += 1
      }
      // An integer is right for everything within half a step of it.
      let needed = abs(found - exact) - (type.range == nil ? 0 : 0.5)
      if needed > deviation?.needed ?? -1 {
        deviation = Deviation(needed: needed, allowed: allowed)
      }
    }
  }

  /// Against another's samples, none of which may differ if that one `isExact`.
  package init(_ engine: ReferencePlane, with judge: ReferencePlane, isExact: Bool) {
    pixels = engine.values.count
    guard Self.isSameSize(engine, judge) else {
      (differing, violations) = (pixels, pixels)
      return
    }
    for i in engine.values.indices {
      let (found, expected) = (engine.values[i], judge.values[i])
      if found == expected || (found.isNaN && expected.isNaN) { continue }
      note(found, expected, exact: nil, at: i, width: engine.width)
    }
    if isExact { violations = differing }
  }

  /// |engine − judge| of the greatest difference; infinite where one of the two is NaN.
  package var largest: Double {
    guard let greatest else { return differing == 0 ? 0 : .infinity }
    return Self.distance(greatest.engine, greatest.judge)
  }

  private static func isSameSize(_ a: ReferencePlane, _ b: ReferencePlane) -> Bool {
    a.width == b.width && a.height == b.height
  }

  private static func distance(_ a: Double, _ b: Double) -> Double {
    a.isNaN || b.isNaN ? .infinity : abs(a - b)
  }

  private mutating func note(
    _ found: Double, _ expected: Double, exact: Double?, at i: Int, width: Int
  ) {
    differing += 1
    if greatest == nil || Self.distance(found, expected) > largest {
      greatest = Difference(
        x: i % width, y: i / width, engine: found, judge: expected, exact: exact)
    }
  }
}

extension ReferenceSampleType {
  /// The sample that is stored for a number: rounded and saturated, or the nearest Float32.
  func nearest(_ value: Double) -> Double {
    self == .float ? Double(Float(value)) : finished(value)
  }
}
