internal import VizKernels

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
    guard sampleType.isInteger else {
      throw .notApplicable("Canny works on whole-number samples, not on \(sampleType)")
    }
    precondition(sampleType.range.contains(highest), "\(highest) is no \(sampleType) sample")
    precondition(low.isFinite && high.isFinite, "thresholds \(low) and \(high)")
    func gradient(_ kernel: Kernel) throws(ImageError) -> Plane {
      try filtered(
        with: KernelBank(kernel), edge: edge, output: .float, execution: execution
      ).plane
    }
    let (gx, gy) = (try gradient(.sobelX()), try gradient(.sobelY()))
    let ridges = CannyRidges(
      width: gx.width, height: gx.height, gx: gx.samples(as: Float.self).map { Int32($0) },
      gy: gy.samples(as: Float.self).map { Int32($0) })
    let marks = ridges.marks(
      low: Int32(max(-1, min(low, high, 0x1p30)).rounded(.down)),
      high: Int32(max(-1, min(max(low, high), 0x1p30)).rounded(.down)))
    switch sampleType {
    case .uint8: return ridges.plane(marks, UInt8(highest))
    case .uint16: return ridges.plane(marks, UInt16(highest))
    default: return ridges.plane(marks, Int16(highest))
    }
  }
}

/// The parts of Canny's method that follow the gradient.
///
/// Magnitudes and marks have a frame one sample wide, zeros, so that no neighbour needs a check.
private struct CannyRidges {
  enum Mark: UInt8 { case none, weak, edge }

  let width: Int
  let height: Int
  let gx: [Int32]
  let gy: [Int32]
  /// The strength of the gradient: `|gx| + |gy|`.
  private let magnitudes: [Int32]
  private var stride: Int { width + 2 }

  init(width: Int, height: Int, gx: [Int32], gy: [Int32]) {
    self.width = width
    self.height = height
    self.gx = gx
    self.gy = gy
    var magnitudes = [Int32](repeating: 0, count: (width + 2) * (height + 2))
    for y in 0..<height {
      let row = (y + 1) * (width + 2) + 1
      for x in 0..<width { magnitudes[row + x] = abs(gx[y * width + x]) + abs(gy[y * width + x]) }
    }
    self.magnitudes = magnitudes
  }

  /// Strong ridges, and the weak ones that hang together with them.
  func marks(low: Int32, high: Int32) -> [Mark] {
    var marks = [Mark](repeating: .none, count: magnitudes.count)
    var open: [Int] = []
    for y in 0..<height {
      let row = (y + 1) * stride + 1
      for x in 0..<width where magnitudes[row + x] > low {
        let i = y * width + x
        guard isRidge(at: row + x, Int(gx[i]), Int(gy[i])) else { continue }
        let isStrong = magnitudes[row + x] > high
        marks[row + x] = isStrong ? .edge : .weak
        if isStrong { open.append(row + x) }
      }
    }
    let neighbours = [-stride - 1, -stride, -stride + 1, -1, 1, stride - 1, stride, stride + 1]
    while let m = open.popLast() {
      for step in neighbours where marks[m + step] == .weak {
        marks[m + step] = .edge
        open.append(m + step)
      }
    }
    return marks
  }

  /// Whether no neighbour across the edge is stronger; tan 22.5° ≈ 13573 / 2¹⁵.
  private func isRidge(at m: Int, _ gx: Int, _ gy: Int) -> Bool {
    let (x, y) = (abs(gx), abs(gy) << 15)
    let slope = 13_573 * x
    let strength = magnitudes[m]
    if y < slope {
      return strength > magnitudes[m - 1] && strength >= magnitudes[m + 1]
    }
    if y > slope + (x << 16) {
      return strength > magnitudes[m - stride] && strength >= magnitudes[m + stride]
    }
    let side = (gx ^ gy) < 0 ? -1 : 1
    return strength > magnitudes[m - stride - side] && strength > magnitudes[m + stride + side]
  }

  /// `highest` where an edge is marked, 0 elsewhere.
  func plane<S: Sample & BinaryInteger>(_ marks: [Mark], _ highest: S) -> Plane {
    var samples = [S](repeating: 0, count: width * height)
    for y in 0..<height {
      let row = (y + 1) * stride + 1
      for x in 0..<width where marks[row + x] == .edge { samples[y * width + x] = highest }
    }
    return Plane(width: width, height: height, samples: samples)
  }
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
      PlaneOperation(needsRoundedSamples: true, windowSide: 3) {
        (plane, edge, execution) throws(ImageError) in
        try plane.cannyEdges(low, high, highest, edge, execution)
      })
  }
}
