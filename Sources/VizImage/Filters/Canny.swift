package import VizKernels

extension Plane {
  /// Thin edges: ridges of Sobel's gradient that are strong, or weak but joined to strong ones.
  ///
  ///     magnitude = |gx| + |gy|
  ///     ridge:  magnitude is largest across the edge, in one of four directions (tan 22.5° splits)
  ///     strong: magnitude > high,   weak: magnitude > low and 8-connected to strong
  ///
  /// Edges are `highest`, all else 0. Magnitudes outside the plane count as 0.
  ///
  /// Thresholds are in the plane's own sample units and rounded down. The edge mode is Sobel's;
  /// OpenCV's Canny uses `extend`.
  ///
  /// - Throws: `ImageError.notApplicable` for Float samples and for edge modes that Sobel cannot have.
  /// - Source: Canny 1986, with the integer arithmetic of OpenCV's `Canny`.
  public func cannyEdges(
    low: Double, high: Double, highest: Double, edge: EdgeMode = .extend, jobs: Int? = nil
  ) throws(ImageError) -> Plane {
    try cannyEdges(
      low, high, highest, edge, Execution(jobs: jobs ?? ThreadPool.processorCount))
  }

  func cannyEdges(
    _ low: Double, _ high: Double, _ highest: Double, _ edge: EdgeMode, _ execution: Execution
  ) throws(ImageError) -> Plane {
    let filter = try cannyFilter(low: low, high: high, highest: highest, edge: edge)
    let (width, height) = (filter.outputWidth, filter.outputHeight)
    let buffer = SampleBuffer(byteCount: width * height * sampleType.byteCount)
    filter.run(storage, into: buffer, execution: execution)
    return Plane(width: width, height: height, sampleType: sampleType, storage: buffer)
  }

  /// Canny's method for planes of this size and type.
  package func cannyFilter(
    low: Double, high: Double, highest: Double, edge: EdgeMode
  ) throws(ImageError) -> CannyFilter {
    guard sampleType.isInteger else {
      throw .notApplicable("Canny works on whole-number samples, not on \(sampleType)")
    }
    precondition(sampleType.range.contains(highest), "\(highest) is no \(sampleType) sample")
    precondition(low.isFinite && high.isFinite, "thresholds \(low) and \(high)")
    if edge == .renormalize {
      throw .notApplicable("edge mode renormalize is for means; Canny's gradient is a difference")
    }
    return CannyFilter(
      sampleCode: sampleType.code,
      geometry: try windows(width: 3, height: 3, anchorX: 1, anchorY: 1, edge: edge),
      border: try borderBits(edge), low: wholeThreshold(min(low, high)),
      high: wholeThreshold(max(low, high)), highest: Int(highest))
  }
}

/// A threshold rounded down; past 2³⁰ no gradient reaches it.
private func wholeThreshold(_ value: Double) -> Int {
  Int(max(-1, min(value, 0x1p30)).rounded(.down))
}

/// Canny's edges.
enum Canny {
  static let entry = FilterEntry(
    name: "canny", summary: "Thin, connected edges between two thresholds",
    parameters: [
      FilterParameter(name: "low", unit: "of 255", range: 0...65_535, defaultValue: 100),
      FilterParameter(name: "high", unit: "of 255", range: 0...65_535, defaultValue: 200),
    ], runsOnGray: true
  ) { values, depth in
    let highest = depth.range.upperBound
    let (low, high) = (values[0] / 255 * highest, values[1] / 255 * highest)
    return .operation(
      PlaneOperation(needsRoundedSamples: true, windowSide: 3, method: method(depth)) {
        (plane, edge, execution) throws(ImageError) in
        try plane.cannyEdges(low, high, highest, edge, execution)
      })
  }

  private static func method(_ depth: SampleType) -> OperationMethod {
    let most = decimal(4 * (depth.range.upperBound - depth.range.lowerBound))
    return OperationMethod(
      way: "gradient, ridges and their growing in one pass", operations: 36,
      reason: "\(depth == .uint8 ? "int16" : "int32") gradients, which stay within "
        + "-\(most) … \(most); three rows of them at hand, then two bits a sample")
  }
}
