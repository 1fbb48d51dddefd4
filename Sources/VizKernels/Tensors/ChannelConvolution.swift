/// The ways to compute a convolution.
package enum ConvolutionAlgorithm: Sendable, CaseIterable {
  /// Plane by plane: no channels are added up.
  case depthwise
  /// A product of matrices.
  case direct
  /// Tiles of 2 × 2 outputs by minimal filtering.
  case winograd2
  /// Tiles of 4 × 4.
  case winograd4
}

/// A convolution of many channels, and the way to compute it.
///
///     output[n, o, y, x] = clamp(bias[o] + Σ weight[o, i, ky, kx] · input[n, i, y + …, x + …] + addend[n, o, y, x])
///
/// The way follows from the layer's and the image's shape alone, never from the batch, threads or instruction set.
package struct ChannelConvolution: Sendable {
  package let batch: Int
  package let grid: WindowGrid
  package let weights: ConvolutionWeights
  package var ending = StoreEnding()

  package init(batch: Int, grid: WindowGrid, weights: ConvolutionWeights) {
    self.batch = batch
    self.grid = grid
    self.weights = weights
  }

  package func run(
    input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    let forced = execution.convolution.flatMap { isPossible($0) ? $0 : nil }
    switch forced ?? algorithm {
    case .depthwise:
      var convolution = depthwise
      convolution.ending = ending
      convolution.run(
        input: input, weight: weights.unpacked(), bias: weights.biases, output: output,
        execution: execution)
    case .direct: runDirectly(input, output, execution)
    case .winograd2: runTiles(2, input, output, execution)
    case .winograd4: runTiles(4, input, output, execution)
    }
  }

  private var depthwise: DepthwiseConvolution {
    DepthwiseConvolution(
      batch: batch, channels: weights.groups, multiplier: weights.outputs, grid: grid)
  }

  private func runDirectly(
    _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ execution: Execution
  ) {
    var convolution = TensorConvolution(batch: batch, grid: grid, weights: weights)
    convolution.ending = ending
    convolution.run(input: input, output: output, execution: execution)
  }

  private func runTiles(
    _ tile: Int, _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>,
    _ execution: Execution
  ) {
    let convolution = WinogradConvolution(
      batch: batch, grid: grid, weights: weights.winograd(tile: tile, jobs: execution.jobs),
      ending: ending)
    if convolution.run(input: input, output: output, execution: execution) { return }
    // Infinity, NaN and what overflows belong to the pixels that the definition gives them to, and to their
    // own image.
    guard batch > 1 else {
      runDirectly(input, output, execution)
      return
    }
    for n in 0..<batch {
      var single = ChannelConvolution(batch: 1, grid: grid, weights: weights)
      let place = n * weights.outputs * grid.pixels
      single.ending = ending.moved(to: place)
      single.runTiles(
        tile, input + n * weights.channels * grid.height * grid.width,
        output + place, execution)
    }
  }

  private func isPossible(_ algorithm: ConvolutionAlgorithm) -> Bool {
    switch algorithm {
    case .direct: true
    case .depthwise: weights.channels == 1 && depthwise.isCompact
    case .winograd2, .winograd4: weights.groups == 1 && grid.isThreeByThree
    }
  }

  /// The way of the least estimated time.
  package var algorithm: ConvolutionAlgorithm {
    if weights.groups > 1, isPossible(.depthwise) { return .depthwise }
    guard isPossible(.winograd4) else { return .direct }
    let (two, four) = (winogradCost(tile: 2), winogradCost(tile: 4))
    guard min(two, four) < directCost else { return .direct }
    return four < two ? .winograd4 : .winograd2
  }

  // Estimates in multiplications and additions, for one image; measured on the cases of `VizBench networks`.

  /// To bring one of so many weights: from the last cache, or from memory.
  private static func weightCost(_ count: Double) -> Double { count > 0x1p23 ? 8 : 5 }
  /// To transform a number.
  private static let transformCost = 14.0

  private var directCost: Double {
    let weights = Double(9 * weights.outputs * weights.channels)
    return weights * (Double((grid.pixels + 7) / 8 * 8) + Self.weightCost(weights))
  }

  private func winogradCost(tile m: Int) -> Double {
    let (height, width) = grid.tiles(m)
    let tiles = Double(height * width)
    let places = Double((m + 2) * (m + 2))
    let weights = Double(PixelLayout.wholeVectors(self.weights.outputs) * self.weights.channels)
    let numbers = Double(
      PixelLayout.wholeVectors(self.weights.outputs)
        + PixelLayout.wholeVectors(self.weights.channels))
    return places
      * (weights * (tiles + Self.weightCost(places * weights))
        + Self.transformCost * numbers * tiles)
  }
}
