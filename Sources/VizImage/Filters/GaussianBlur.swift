#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

extension Kernel {
  /// A weighted mean of the neighbours that falls off with distance.
  ///
  ///     k(x, y) ∝ exp(−(x² + y²) / 2σ²),   radius round(3σ), at least 1
  ///
  /// The taps sum to 1.
  public static func gaussian(sigma: Double) -> Kernel {
    let radius = max(1, Int((3 * sigma).rounded()))
    let weights = (-radius...radius).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let sum = weights.reduce(0, +)
    let row = weights.map { $0 / sum }
    return .outer(column: row, row: row)
  }
}

/// The Gaussian blur.
enum GaussianBlur {
  static let entry = FilterEntry(
    name: "gaussian", summary: "Weighted mean of the neighbours; sigma sets the reach",
    parameters: [
      FilterParameter(name: "sigma", unit: "pixels", range: 0.1...42, defaultValue: 1.5)
    ]
  ) { .kernels(KernelBank(.gaussian(sigma: $0[0]))) }
}
