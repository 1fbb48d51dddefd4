internal import VizReference

/// One plane of the engine's result against one judge.
struct Comparison {
  /// Who is compared with whom.
  let judge: String
  let plane: String
  let pixels: Int
  /// Samples that are not the judge's.
  let differing: Int
  let largest: Double
  /// The first sample that differs, row by row.
  let first: (x: Int, y: Int, engine: Double, judge: Double)?
  /// Samples beyond what may differ.
  let violations: Int
  /// What may differ, in words.
  let allowance: String

  var isProven: Bool { violations == 0 }

  /// Compares sample by sample; `isAllowed` says whether the engine's sample at an index is one that
  /// it may have.
  init(
    judge: String, plane: String, engine: ReferencePlane, expected: ReferencePlane,
    allowance: String, isAllowed: (Int) -> Bool
  ) {
    self.judge = judge
    self.plane = plane
    self.allowance = allowance
    pixels = engine.values.count
    guard engine.width == expected.width, engine.height == expected.height else {
      (differing, largest, violations) = (pixels, .infinity, pixels)
      first = nil
      return
    }
    let difference = engine.difference(from: expected)
    differing = difference?.count ?? 0
    largest = difference?.largest ?? 0
    first = difference.map {
      ($0.firstX, $0.firstY, engine[$0.firstX, $0.firstY], expected[$0.firstX, $0.firstY])
    }
    violations = engine.values.indices.count { i in
      let (a, b) = (engine.values[i], expected.values[i])
      return a != b && !(a.isNaN && b.isNaN) && !isAllowed(i)
    }
  }
}
