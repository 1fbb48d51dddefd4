internal import VizKernels

extension Plane {
  /// The median of every square window: takes single wrong pixels out, keeps edges.
  ///
  ///     out(y, x) = the middle one of the size² samples around (y, x), sorted
  ///
  /// The size is odd, 1 to 255.
  ///
  /// - Throws: `ImageError.notApplicable` for Float samples, and where the edge mode cannot be:
  ///   `renormalize`, which is for means, and `crop` on a plane smaller than the window.
  public func median(
    size: Int, edge: EdgeMode = .extend, jobs: Int? = nil
  ) throws(ImageError) -> Plane {
    precondition(1...255 ~= size && size % 2 == 1, "a median of \(size)×\(size) samples")
    return try median(size, edge, Execution(jobs: jobs ?? ThreadPool.processorCount))
  }

  func median(
    _ size: Int, _ edge: EdgeMode, _ execution: Execution
  ) throws(ImageError) -> Plane {
    guard sampleType.isInteger else {
      throw .notApplicable("a median is taken of whole-number samples, not of \(sampleType)")
    }
    if edge == .renormalize {
      throw .notApplicable("edge mode renormalize is for means; a median has no taps to rescale")
    }
    let geometry = try windows(
      width: size, height: size, anchorX: size / 2, anchorY: size / 2, edge: edge)
    let filter = MedianFilter(
      sampleCode: sampleType.code, geometry: geometry, border: try borderBits(edge))
    let buffer = SampleBuffer(
      byteCount: geometry.outputWidth * geometry.outputHeight * sampleType.byteCount)
    filter.run(storage, into: buffer, execution: execution)
    return Plane(
      width: geometry.outputWidth, height: geometry.outputHeight, sampleType: sampleType,
      storage: buffer)
  }
}

/// The median.
enum Median {
  static let entry = FilterEntry(
    name: "median", summary: "The middle one of the neighbours: removes specks, keeps edges",
    parameters: [
      FilterParameter(name: "size", unit: "pixels", range: 1...255, defaultValue: 3, kind: .odd)
    ]
  ) { values in
    let size = Int(values[0])
    return .operation(
      PlaneOperation(needsRoundedSamples: true, windowSide: size, method: method(size: size)) {
        (plane, edge, execution) throws(ImageError) in
        try plane.median(size, edge, execution)
      })
  }

  /// As `MedianFilter` chooses.
  private static func method(size: Int) -> OperationMethod {
    switch size {
    case 1:
      OperationMethod(way: "copied", operations: 0, reason: "a window of one sample is its median")
    case 3:
      OperationMethod(
        way: "by sorting", operations: 16,
        reason: "three samples of each row in order serve three windows, two rows of them at a time"
      )
    case 5:
      OperationMethod(
        way: "by sorting", operations: 79,
        reason: "columns in order serve five windows, two rows of them at a time")
    default:
      OperationMethod(
        way: "by counting", operations: nil,
        reason: "level by level, which windows have reached it: 8 passes over flat pictures, "
          + "up to some 64 over noise; sorting would grow with the window")
    }
  }
}
