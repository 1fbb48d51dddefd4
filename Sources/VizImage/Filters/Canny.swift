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
    var ridges = CannyRidges(
      width: gx.width, height: gx.height, gx: gx.samples(as: Float.self).map { Int($0) },
      gy: gy.samples(as: Float.self).map { Int($0) })
    let isEdge = ridges.edges(
      low: Int(min(low, high, 0x1p40).rounded(.down)),
      high: Int(min(max(low, high), 0x1p40).rounded(.down)))
    switch sampleType {
    case .uint8: return plane(isEdge.map { $0 ? UInt8(highest) : 0 }, like: gx)
    case .uint16: return plane(isEdge.map { $0 ? UInt16(highest) : 0 }, like: gx)
    default: return plane(isEdge.map { $0 ? Int16(highest) : 0 }, like: gx)
    }
  }

  private func plane<S: Sample>(_ samples: [S], like other: Plane) -> Plane {
    Plane(width: other.width, height: other.height, samples: samples)
  }
}

/// The parts of Canny's method that follow the gradient.
private struct CannyRidges {
  let width: Int
  let height: Int
  let gx: [Int]
  let gy: [Int]
  /// |gx| + |gy|, with a frame of zeros one sample wide.
  private let magnitudes: [Int]
  private var stride: Int { width + 2 }

  init(width: Int, height: Int, gx: [Int], gy: [Int]) {
    self.width = width
    self.height = height
    self.gx = gx
    self.gy = gy
    var magnitudes = [Int](repeating: 0, count: (width + 2) * (height + 2))
    for y in 0..<height {
      for x in 0..<width {
        let i = y * width + x
        magnitudes[(y + 1) * (width + 2) + x + 1] = abs(gx[i]) + abs(gy[i])
      }
    }
    self.magnitudes = magnitudes
  }

  /// Strong ridges, and the weak ones that hang together with them.
  mutating func edges(low: Int, high: Int) -> [Bool] {
    enum Mark: UInt8 { case none, weak, edge }
    var marks = [Mark](repeating: .none, count: magnitudes.count)
    var open: [Int] = []
    for y in 0..<height {
      for x in 0..<width {
        let m = (y + 1) * stride + x + 1
        guard magnitudes[m] > low, isRidge(at: m, gx[y * width + x], gy[y * width + x]) else {
          continue
        }
        if magnitudes[m] > high {
          marks[m] = .edge
          open.append(m)
        } else {
          marks[m] = .weak
        }
      }
    }
    let neighbours = [-stride - 1, -stride, -stride + 1, -1, 1, stride - 1, stride, stride + 1]
    while let m = open.popLast() {
      for step in neighbours where marks[m + step] == .weak {
        marks[m + step] = .edge
        open.append(m + step)
      }
    }
    return (0..<height).flatMap { y in
      (0..<width).map { x in marks[(y + 1) * stride + x + 1] == .edge }
    }
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
