#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

extension Kernel {
  /// The mean along a line through the centre: what a moving camera does.
  ///
  ///     k(x, y) ∝ max(0, 1 − distance of (x, y) to the line of the given length and angle)
  ///
  /// - Parameters:
  ///   - length: pixels from end to end.
  ///   - angle: degrees, counter-clockwise from the right, as on paper.
  /// - Returns: a kernel of odd sides that sums to 1.
  public static func motion(length: Double, angle: Double) -> Kernel {
    let radians = angle * .pi / 180
    let (dx, dy) = (cos(radians), -sin(radians))
    let half = (length - 1) / 2
    func reach(_ component: Double) -> Int {
      Int((half * abs(component) + 1 - 1e-9).rounded(.down))
    }
    let (rx, ry) = (reach(dx), reach(dy))
    let taps = (-ry...ry).flatMap { y in
      (-rx...rx).map { x -> Double in
        let along = max(-half, min(half, Double(x) * dx + Double(y) * dy))
        let (offX, offY) = (Double(x) - along * dx, Double(y) - along * dy)
        let weight = 1 - (offX * offX + offY * offY).squareRoot()
        return weight < 1e-9 ? 0 : weight
      }
    }
    let sum = taps.reduce(0, +)
    return Kernel(width: 2 * rx + 1, height: 2 * ry + 1, taps: taps.map { $0 / sum })
  }
}

/// Motion blur.
enum MotionBlur {
  static let entry = FilterEntry(
    name: "motion", summary: "Mean along a line: the blur of a moving camera",
    parameters: [
      FilterParameter(name: "length", unit: "pixels", range: 1...200, defaultValue: 15),
      FilterParameter(name: "angle", unit: "degrees", range: -360...360, defaultValue: 0),
    ]
  ) { .kernels(KernelBank(.motion(length: $0[0], angle: $0[1]))) }
}
