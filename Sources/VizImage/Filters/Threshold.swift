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
    let rows = ThresholdRows(
      width: width, height: height, sampleCode: sampleType.code, level: level, highest: highest)
    return Plane(
      width: width, height: height, sampleType: sampleType,
      storage: rows.run(storage, execution: execution))
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
    return .operation(
      PlaneOperation(needsRoundedSamples: false, windowSide: 1) { plane, _, execution in
        plane.thresholded(above: values[0] / 255 * highest, highest: highest, execution)
      })
  }
}
