#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

extension Kernel {
  /// The Laplacian of a Gaussian: blurs away noise and finds edges at one scale.
  ///
  ///     k(x, y) ∝ (r² − 2σ²) / σ⁴ · exp(−r² / 2σ²),   r² = x² + y²,   radius ⌈4σ⌉
  ///
  /// The Gaussian sums to 1 over the window; the mean of the taps is then taken off, so that a flat
  /// picture gives 0.
  ///
  /// - Source: Marr & Hildreth 1980.
  public static func laplacianOfGaussian(sigma: Double) -> Kernel {
    let radius = Int((4 * sigma).rounded(.up))
    let side = 2 * radius + 1
    let variance = sigma * sigma
    let squares = (0..<side * side).map { i in
      let (y, x) = (i / side - radius, i % side - radius)
      return Double(x * x + y * y)
    }
    let gaussian = squares.map { exp(-$0 / (2 * variance)) }
    let sum = gaussian.reduce(0, +)
    let taps = zip(squares, gaussian).map {
      ($0 - 2 * variance) / (variance * variance) * $1 / sum
    }
    let mean = taps.reduce(0, +) / Double(taps.count)
    return Kernel(width: side, height: side, taps: taps.map { $0 - mean })
  }
}

/// The Laplacian of a Gaussian.
enum LaplacianOfGaussian {
  static let entry = FilterEntry(
    name: "log", summary: "Laplacian of a Gaussian: blobs and edges of one size",
    parameters: [
      FilterParameter(name: "sigma", unit: "pixels", range: 0.3...25, defaultValue: 1.4)
    ], runsOnGray: true
  ) { .kernels(KernelBank(.laplacianOfGaussian(sigma: $0[0]))) }
}
