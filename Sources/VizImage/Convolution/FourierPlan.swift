internal import VizKernels

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The way through frequencies, as the planner weighs it: whether a bank may take it, in which tiles,
/// and in the time of how many products a sample.
///
/// The times are measured on an x86-64 core with AVX2; what counts is their proportion.
struct FourierPlan: Sendable {
  let accumulator: AccumulatorType
  private let width: Int
  private let height: Int
  private let kernelCount: Int

  /// Nil where the error could exceed what the contract allows.
  ///
  /// The transforms' rounding errors grow with the logarithm of the tile's size, to some
  /// 5 · 2⁻²⁴ · Σ|k| · max|p| over a tile; n · 2⁻²³ · Σ|k| · max|p| is allowed. Float32 tiles are for
  /// Float samples, and for integer samples where that bound is within `errorLimit`; otherwise
  /// Float64 has errors to spare.
  init?(for bank: KernelBank, source: SampleType, errorLimit: Double) {
    let counts = bank.kernels.map { $0.taps.count { $0 != 0 } }
    let weights = bank.kernels.map { $0.taps.reduce(0) { $0 + abs($1) } }
    guard let most = counts.max(), let fewest = counts.min(), fewest >= Self.leastTaps,
      weights.allSatisfy({ 0x1p-32...0x1p32 ~= $0 })
    else { return nil }
    (width, height, kernelCount) = (bank.width, bank.height, bank.kernels.count)
    let error = 2 * ConvolutionPlan.floatError(of: bank, additions: most, samples: source.range)
    accumulator = !source.isInteger || error <= errorLimit ? .float : .double
  }

  /// Fewer products leave too small a bound.
  static let leastTaps = 32

  /// As many products of the direct way, of the same type, take the same time.
  var operations: Int { Int((cost * (accumulator == .double ? 2 : 5.5)).rounded()) }

  /// Whether the way is clearly faster than one of so many operations.
  ///
  /// Clearly, because its sums are less exact.
  func isWorthwhile(against operations: Int) -> Bool {
    Double(self.operations) * 1.25 < Double(operations)
  }

  /// Why this way is taken instead of the direct one.
  func reason(against operations: Int) -> String {
    let tile = tile()
    return "by frequencies, in tiles of \(tile.width)×\(tile.height): in the time of "
      + "\(self.operations) operations a sample, where tap by tap would take \(operations)"
  }

  /// Cycles a sample of a picture that is much larger than a tile.
  var cost: Double {
    let tile = tile()
    return tileCost(tile.width, tile.height)
      / Double((tile.width - width + 1) * (tile.height - height + 1)) + Self.finishCost
  }

  /// Rows out of the tiles and into samples.
  private static let finishCost = 6.0

  /// The sides of the tiles that cost least, over an output of some size or over a very large one.
  func tile(output: (width: Int, height: Int)? = nil) -> (width: Int, height: Int) {
    var best = (width: 0, height: 0, cost: Double.infinity)
    for tileWidth in Self.sides where tileWidth >= width {
      for tileHeight in Self.sides where tileHeight >= height {
        let block = (width: tileWidth - width + 1, height: tileHeight - height + 1)
        let cost = tileCost(tileWidth, tileHeight)
        let total =
          if let output {
            cost * Double((output.width + block.width - 1) / block.width)
              * Double((output.height + block.height - 1) / block.height)
          } else {
            cost / Double(block.width * block.height)
          }
        if total < best.cost { best = (tileWidth, tileHeight, total) }
      }
    }
    return (best.width, best.height)
  }

  private static let sides = [16, 32, 64, 128, 256, 512]

  /// Cycles of one tile, of the two that share a transform.
  private func tileCost(_ width: Int, _ height: Int) -> Double {
    let levels = Double((width * height).trailingZeroBitCount)
    let points = Double(width * height)
    let isFloat = accumulator == .float
    let transform = (3.5 + 1.25 * levels) * (isFloat ? 1 : 2.8)
    // Beyond the second cache, where a tile and a spectrum lie side by side.
    let isFar = points * Double(4 * accumulator.byteCount) > 0x1p20
    return points / 2 * (transform * (isFar ? 3 : 1) * Double(kernelCount) + (isFloat ? 6 : 10))
  }
}

extension AccumulatorType {
  fileprivate var byteCount: Int { self == .float ? 4 : 8 }
}

extension FourierKernels {
  /// The spectra of a bank's kernels over tiles.
  init(_ bank: KernelBank, tile: (width: Int, height: Int), accumulator: AccumulatorType) {
    self.init(
      tileWidth: tile.width, tileHeight: tile.height, accumulator: accumulator,
      spectra: bank.kernels.map { Self.spectrum(of: $0, tile: tile) })
  }

  /// The two-dimensional transform of a kernel with its first tap at the origin of a tile, in
  /// Float64, straight from its definition: the taps are few beside the tile.
  private static func spectrum(of kernel: Kernel, tile: (width: Int, height: Int)) -> Spectrum {
    let (across, down) = (RootsOfUnity(count: tile.width), RootsOfUnity(count: tile.height))
    let none = [Double](repeating: 0, count: tile.width * tile.height)
    var spectrum: Spectrum = (none, none)
    for u in 0..<tile.width {
      let rows = (0..<kernel.height).map { i in
        across.sum(u, count: kernel.width) { (kernel[i, $0], 0) }
      }
      for v in 0..<tile.height {
        let value = down.sum(v, count: kernel.height) { rows[$0] }
        spectrum.real[v * tile.width + u] = value.real
        spectrum.imaginary[v * tile.width + u] = value.imaginary
      }
    }
    return spectrum
  }
}

/// exp(−2πi · k / n) for every k below n, a power of two.
private struct RootsOfUnity {
  private let cosines: [Double]
  private let sines: [Double]

  init(count: Int) {
    let step = 2 * Double.pi / Double(count)
    cosines = (0..<count).map { cos(step * Double($0)) }
    sines = (0..<count).map { sin(step * Double($0)) }
  }

  /// One frequency of a few numbers: `Σⱼ x[j] · exp(−2πi · k·j / n)`.
  func sum(
    _ k: Int, count: Int, _ x: (Int) -> (real: Double, imaginary: Double)
  ) -> (real: Double, imaginary: Double) {
    var (real, imaginary) = (0.0, 0.0)
    for j in 0..<count {
      let (value, root) = (x(j), (k * j) & (cosines.count - 1))
      real += value.real * cosines[root] + value.imaginary * sines[root]
      imaginary += value.imaginary * cosines[root] - value.real * sines[root]
    }
    return (real, imaginary)
  }
}
