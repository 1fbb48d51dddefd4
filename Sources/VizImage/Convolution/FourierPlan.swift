internal import VizKernels

/// The way through frequencies, as the planner weighs it: whether a bank may take it, in which tiles,
/// and in the time of how many products a sample of an output of some size.
///
/// The times are measured on an x86-64 core with AVX2; what counts is their proportion.
struct FourierPlan: Sendable {
  let accumulator: AccumulatorType
  /// Sides of the tiles that cost least.
  let tile: (width: Int, height: Int)
  /// Cycles a sample.
  private let cost: Double

  /// Nil where the error could exceed what the contract allows.
  ///
  /// The transforms' rounding errors grow with the logarithm of the tile's size, to some
  /// 5 · 2⁻²⁴ · Σ|k| · max|p| over a tile; n · 2⁻²³ · Σ|k| · max|p| is allowed. Float32 tiles are for
  /// Float samples, and for integer samples where that bound is within `errorLimit`; otherwise
  /// Float64 has errors to spare.
  init?(
    for bank: KernelBank, source: SampleType, errorLimit: Double, output: (width: Int, height: Int)
  ) {
    let counts = bank.kernels.map { $0.taps.count { $0 != 0 } }
    let weights = bank.kernels.map { $0.taps.reduce(0) { $0 + abs($1) } }
    guard let most = counts.max(), let fewest = counts.min(), fewest >= Self.leastTaps,
      weights.allSatisfy({ 0x1p-32...0x1p32 ~= $0 })
    else { return nil }
    let error = 2 * ConvolutionPlan.floatError(of: bank, additions: most, samples: source.range)
    accumulator = !source.isInteger || error <= errorLimit ? .float : .double
    let best = TileCost(accumulator: accumulator, kernelCount: bank.kernels.count)
      .best(kernel: (bank.width, bank.height), output: output)
    (tile, cost) = ((best.width, best.height), best.cost)
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

  /// Why the direct way is taken instead of this one.
  func reason(insteadOf operations: Int) -> String {
    "frequencies would take \(self.operations)"
      + (self.operations < operations ? ", too little less for sums that are less exact" : "")
  }

  /// Why this way is taken instead of the direct one.
  func reason(against operations: Int) -> String {
    "by frequencies, in tiles of \(tile.width)×\(tile.height): in the time of "
      + "\(self.operations) operations a sample, where tap by tap would take \(operations)"
  }
}

/// What tiles cost, in cycles.
private struct TileCost {
  let accumulator: AccumulatorType
  let kernelCount: Int

  /// Rows out of the tiles and into samples.
  private static let finishCost = 6.0
  /// A number of a kernel's spectrum, for each halving of the tile; once a picture, on one thread.
  private static let spectrumCost = 4.0
  private static let sides = [16, 32, 64, 128, 256, 512]

  /// The sides of the tiles that cost least over an output, and the cycles a sample.
  func best(
    kernel: (width: Int, height: Int), output: (width: Int, height: Int)
  ) -> (width: Int, height: Int, cost: Double) {
    var best = (width: 0, height: 0, cost: Double.infinity)
    for width in Self.sides where width >= kernel.width {
      for height in Self.sides where height >= kernel.height {
        let block = (width: width - kernel.width + 1, height: height - kernel.height + 1)
        let across = (output.width + block.width - 1) / block.width
        let down = (output.height + block.height - 1) / block.height
        let total =
          tile(width, height) * Double((across * down + 1) / 2 * 2) + spectra(width, height)
        let cost = total / (Double(output.width) * Double(output.height)) + Self.finishCost
        if cost < best.cost { best = (width, height, cost) }
      }
    }
    return best
  }

  private func levels(_ width: Int, _ height: Int) -> Double {
    Double((width * height).trailingZeroBitCount)
  }

  private func spectra(_ width: Int, _ height: Int) -> Double {
    Self.spectrumCost * Double(kernelCount * width * height) * levels(width, height)
  }

  /// One tile, of the two that share a transform.
  private func tile(_ width: Int, _ height: Int) -> Double {
    let points = Double(width * height)
    let isFloat = accumulator == .float
    let transform = (3.5 + 1.25 * levels(width, height)) * (isFloat ? 1 : 2.8)
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

  /// The two-dimensional transform of a kernel with its first tap at the origin of a tile.
  ///
  /// Its left half and column w/2 are transformed; the taps are real, so that the rest mirrors them:
  /// `S[v, u] = S*[−v, −u]`.
  private static func spectrum(of kernel: Kernel, tile: (width: Int, height: Int)) -> Spectrum {
    let (across, down) = (
      FourierTransform(count: tile.width), FourierTransform(count: tile.height)
    )
    func row(_ i: Int) -> [Double] {
      (0..<tile.width).map { i < kernel.height && $0 < kernel.width ? kernel[i, $0] : 0 }
    }
    let rows = stride(from: 0, to: kernel.height, by: 2).flatMap { i in
      let (even, odd) = across.halves(row(i), row(i + 1))
      return [even, odd]
    }
    let none = [Double](repeating: 0, count: tile.width * tile.height)
    var spectrum: Spectrum = (none, none)
    for u in 0...tile.width / 2 {
      var column = rows.map { $0[u] }
      column += [Complex](repeating: Complex(0), count: tile.height - column.count)
      down.transform(&column)
      for v in 0..<tile.height {
        let place = v * tile.width + u
        let opposite = (tile.height - v) % tile.height * tile.width + (tile.width - u) % tile.width
        (spectrum.real[place], spectrum.imaginary[place]) = (column[v].real, column[v].imaginary)
        (spectrum.real[opposite], spectrum.imaginary[opposite]) = (
          column[v].real, -column[v].imaginary
        )
      }
    }
    return spectrum
  }
}
