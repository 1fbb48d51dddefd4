#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

extension Kernel {
  /// A wave under a Gaussian: what the first layer of a trained network tends to look like.
  ///
  ///     k(x, y) = exp(−(u² + γ²·v²) / 2σ²) · cos(2π·u / λ + ψ),
  ///     u = x·cos θ + y·sin θ,   v = −x·sin θ + y·cos θ
  ///
  /// - Parameters:
  ///   - sigma: pixels; the window reaches 3σ along the axes of the Gaussian.
  ///   - theta: direction of the wave in degrees.
  ///   - lambda: wavelength in pixels.
  ///   - gamma: how many times shorter the Gaussian is across the wave.
  ///   - psi: phase in degrees; 0 answers to lines, 90 to edges.
  /// - Returns: a kernel of odd sides.
  /// - Source: OpenCV's `getGaborKernel`, whose orientation and window it follows.
  public static func gabor(
    sigma: Double, theta: Double, lambda: Double, gamma: Double, psi: Double
  ) -> Kernel {
    let (c, s) = (cos(theta * .pi / 180), sin(theta * .pi / 180))
    let across = sigma / gamma
    func reach(_ a: Double, _ b: Double) -> Int {
      min(
        Kernel.maximumSide / 2,
        Int(max(abs(3 * sigma * a), abs(3 * across * b)).rounded(.toNearestOrEven)))
    }
    let (rx, ry) = (reach(c, s), reach(s, c))
    let taps = (-ry...ry).flatMap { i in
      (-rx...rx).map { j -> Double in
        let (x, y) = (Double(-j), Double(-i))
        let (u, v) = (x * c + y * s, -x * s + y * c)
        let envelope = exp(-0.5 * (u * u / (sigma * sigma) + v * v / (across * across)))
        let tap = envelope * cos(2 * .pi / lambda * u + psi * .pi / 180)
        return abs(tap) < 1e-15 ? 0 : tap  // what is left of cos 90° in Float64
      }
    }
    return Kernel(width: 2 * rx + 1, height: 2 * ry + 1, taps: taps)
  }
}

/// The Gabor filter.
enum Gabor {
  static let entry = FilterEntry(
    name: "gabor", summary: "A wave under a Gaussian: stripes of one width and direction",
    parameters: [
      FilterParameter(name: "sigma", unit: "pixels", range: 0.5...20, defaultValue: 3),
      FilterParameter(name: "theta", unit: "degrees", range: -360...360, defaultValue: 0),
      FilterParameter(name: "lambda", unit: "pixels", range: 1...200, defaultValue: 8),
      FilterParameter(name: "gamma", unit: "times", range: 0.1...10, defaultValue: 1),
      FilterParameter(name: "psi", unit: "degrees", range: -360...360, defaultValue: 90),
    ], runsOnGray: true
  ) {
    .kernels(
      KernelBank(
        .gabor(sigma: $0[0], theta: $0[1], lambda: $0[2], gamma: $0[3], psi: $0[4])))
  }
}
