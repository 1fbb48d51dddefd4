internal import VizKernels

extension Plane {
  /// White above a level, black at it and below.
  ///
  ///     out = highest where sample > level, else 0
  ///
  /// NaN is not above anything.
  public func thresholded(above level: Double, highest: Double) -> Plane {
    thresholded(above: level, highest: highest, Execution())
  }

  func thresholded(above level: Double, highest: Double, _ execution: Execution) -> Plane {
    precondition(
      !sampleType.isInteger || sampleType.range.contains(highest),
      "\(highest) is no \(sampleType) sample")
    let rows = thresholdRows(above: level, highest: highest)
    return Plane(
      width: width, height: height, sampleType: sampleType,
      storage: rows.run(storage, execution: execution))
  }
}

extension PlaneShape {
  func thresholdRows(above level: Double, highest: Double) -> ThresholdRows {
    ThresholdRows(
      width: width, height: height, sampleCode: sampleType.code, level: level, highest: highest)
  }
}

/// The threshold.
enum Threshold {
  static let entry = FilterEntry(
    name: "threshold", summary: "White above a level, black elsewhere",
    parameters: [
      FilterParameter(name: "level", unit: "of 255", range: 0...65_535, defaultValue: 127)
    ], runsOnGray: true
  ) { values, depth in
    let highest = depth.range.upperBound
    let level = values[0] / 255 * highest
    return .operation(
      PlaneOperation(
        needsRoundedSamples: false, windowSide: 1,
        method: OperationMethod(
          way: "sample by sample", operations: 2, reason: "a comparison and a choice"),
        rows: { plane, _ in plane.thresholdRows(above: level, highest: highest) }
      ) { plane, _, execution in
        plane.thresholded(above: level, highest: highest, execution)
      })
  }
}
