internal import VizKernelsBaseline

#if arch(x86_64)
  internal import VizKernelsAVX2
  internal import VizKernelsAVX512
#endif

/// The kernels that networks run on, of one instruction set; part of `KernelTable`.
package struct TensorKernels: Sendable {
  package typealias Numbers = UnsafePointer<Float>
  package typealias MutableNumbers = UnsafeMutablePointer<Float>

  package typealias MultiplyTiles =
    @Sendable (
      Int, UnsafePointer<Int>, UnsafePointer<Int>, Int, Int, Int, Numbers, Int, Numbers, Int,
      Numbers, Int, UnsafePointer<Int>?, MutableNumbers?, Numbers?, Numbers?, Numbers?,
      MutableNumbers, Int
    ) -> Void
  package typealias MultiplyPixels =
    @Sendable (
      Int, Int, Int, Numbers, UnsafePointer<Int>, UnsafePointer<Int>, Numbers, Int, Numbers?,
      Numbers?, MutableNumbers, Int, UnsafePointer<Int>
    ) -> Void
  package typealias DotRows =
    @Sendable (
      Int, Int, Int, Numbers, Int, Numbers, Int, Numbers?, Float, Float, MutableNumbers, Int
    ) -> Void
  package typealias PackColumns =
    @Sendable (Numbers, Int, Int, Int, Int, Int, Int, MutableNumbers, Int) -> Void
  package typealias PackPanels =
    @Sendable (Numbers, Int, Int, Int, Int, MutableNumbers, Int) -> Void
  package typealias WinogradInput =
    @Sendable (
      Int, Bool, Numbers, Int, Int, Int, MutableNumbers, MutableNumbers, Int
    ) -> Void
  package typealias WinogradOutput =
    @Sendable (
      Int, Numbers, Int, Numbers, Float, Float, Int, Int, MutableNumbers, MutableNumbers, Int
    ) -> Bool
  package typealias WeighRows =
    @Sendable (
      Numbers, Int, UnsafePointer<Int>, Numbers, Int, Float, Int, Int, MutableNumbers, Int
    ) -> Void
  package typealias FinishSums =
    @Sendable (MutableNumbers, Numbers?, Int, Int, Int, Float, Float) -> Void
  package typealias ExponentialRow =
    @Sendable (Numbers, Numbers, Int, Int, MutableNumbers) -> Void
  package typealias FunctionRow =
    @Sendable (Int, Float, Float, Float, Numbers, Int, MutableNumbers) -> Void
  package typealias SlopeRow =
    @Sendable (Int, Float, Float, Float, Numbers, Numbers, Int, MutableNumbers) -> Void
  package typealias FoldTaps =
    @Sendable (Bool, Numbers, Int, Int, Int, Int, MutableNumbers) -> Void
  package typealias LimitGradientRow =
    @Sendable (Numbers, Numbers, Float, Float, Int, MutableNumbers) -> Void
  package typealias PoolPairs = @Sendable (Numbers, Int, Int, Int, MutableNumbers) -> Void
  package typealias PairPoolGradientRows =
    @Sendable (Numbers, Numbers, Numbers, Int, MutableNumbers, MutableNumbers) -> Void
  package typealias AdamRow =
    @Sendable (
      Numbers, Numbers, Numbers, Numbers, Numbers, Int, MutableNumbers, MutableNumbers,
      MutableNumbers
    ) -> Void
  package typealias MaskRow =
    @Sendable (UInt32, UInt32, UInt32, UInt32, Float, Int, MutableNumbers) -> Void
  package typealias LimitedSumRow =
    @Sendable (Numbers, Numbers?, Float, Float, Int, MutableNumbers) -> Void
  package typealias ScaleRow =
    @Sendable (Numbers, Float, Float, Float, Float, Float, Int, MutableNumbers) -> Void
  package typealias MixRow =
    @Sendable (Numbers, Numbers, Float, Float, Float, Float, Int, MutableNumbers) -> Void
  package typealias TurnRows = @Sendable (Numbers, Int, Int, Int, MutableNumbers, Int) -> Void
  package typealias RouteVotes =
    @Sendable (
      Int, Int, Int, Int, Int, Numbers, Numbers, Numbers?, MutableNumbers, MutableNumbers
    ) -> Void
  package typealias RouteVotesGradient =
    @Sendable (
      Int, Int, Int, Int, Int, Numbers, Numbers, Numbers, Numbers, MutableNumbers, MutableNumbers,
      Int, MutableNumbers
    ) -> Void
  package typealias SpreadVotes =
    @Sendable (
      Int, Int, Int, Int, Int, Numbers, Numbers, Numbers, MutableNumbers, MutableNumbers?
    ) -> Void
  package typealias VoteWeightRows =
    @Sendable (Int, Int, Int, Numbers, Int, Numbers, MutableNumbers) -> Void

  /// The most rows, and the columns, of a tile that `multiplyTiles` makes.
  package let tileRows: Int
  package let tileColumns: Int
  package let multiplyTiles: MultiplyTiles
  package let multiplyPixels: MultiplyPixels
  /// The most inputs that `dotRows` takes.
  package let dotInputs: Int
  package let dotRows: DotRows
  package let packColumns: PackColumns
  package let packPanels: PackPanels
  package let weighRows: WeighRows
  package let finishSums: FinishSums
  package let foldTaps: FoldTaps
  package let exponentialRow: ExponentialRow
  package let functionRow: FunctionRow
  package let slopeRow: SlopeRow
  package let winogradInput: WinogradInput
  package let winogradOutput: WinogradOutput
  package let limitGradientRow: LimitGradientRow
  package let poolPairs: PoolPairs
  package let pairPoolGradientRows: PairPoolGradientRows
  package let adamRow: AdamRow
  package let maskRow: MaskRow
  package let limitedSumRow: LimitedSumRow
  package let scaleRow: ScaleRow
  package let mixRow: MixRow
  package let sumRow: @Sendable (Numbers, Int) -> Float
  package let squaresRow: @Sendable (Numbers, Float, Int) -> Float
  package let productsRow: @Sendable (Numbers, Numbers, Float, Int) -> Float
  package let turnRows: TurnRows
  package let turnPixels: TurnRows
  package let routeVotes: RouteVotes
  package let routeVotesGradient: RouteVotesGradient
  package let spreadVotes: SpreadVotes
  package let voteWeightRows: VoteWeightRows

  static let baseline = TensorKernels(
    tileRows: VizKernelsBaseline.tileRows, tileColumns: VizKernelsBaseline.tileColumns,
    multiplyTiles: VizKernelsBaseline.multiplyTiles,
    multiplyPixels: VizKernelsBaseline.multiplyPixels, dotInputs: VizKernelsBaseline.dotInputs,
    dotRows: VizKernelsBaseline.dotRows, packColumns: VizKernelsBaseline.packColumns,
    packPanels: VizKernelsBaseline.packPanels,
    weighRows: VizKernelsBaseline.weighRows, finishSums: VizKernelsBaseline.finishSums,
    foldTaps: VizKernelsBaseline.foldTaps, exponentialRow: VizKernelsBaseline.exponentialRow,
    functionRow: VizKernelsBaseline.functionRow, slopeRow: VizKernelsBaseline.slopeRow,
    winogradInput: VizKernelsBaseline.winogradInput,
    winogradOutput: VizKernelsBaseline.winogradOutput,
    limitGradientRow: VizKernelsBaseline.limitGradientRow,
    poolPairs: VizKernelsBaseline.poolPairs,
    pairPoolGradientRows: VizKernelsBaseline.pairPoolGradientRows,
    adamRow: VizKernelsBaseline.adamRow,
    maskRow: VizKernelsBaseline.maskRow,
    limitedSumRow: VizKernelsBaseline.limitedSumRow,
    scaleRow: VizKernelsBaseline.scaleRow,
    mixRow: VizKernelsBaseline.mixRow,
    sumRow: VizKernelsBaseline.sumRow,
    squaresRow: VizKernelsBaseline.squaresRow,
    productsRow: VizKernelsBaseline.productsRow,
    turnRows: VizKernelsBaseline.turnRows,
    turnPixels: VizKernelsBaseline.turnPixels,
    routeVotes: VizKernelsBaseline.routeVotes,
    routeVotesGradient: VizKernelsBaseline.routeVotesGradient,
    spreadVotes: VizKernelsBaseline.spreadVotes,
    voteWeightRows: VizKernelsBaseline.voteWeightRows)

  #if arch(x86_64)
    static let avx2 = TensorKernels(
      tileRows: VizKernelsAVX2.tileRows, tileColumns: VizKernelsAVX2.tileColumns,
      multiplyTiles: VizKernelsAVX2.multiplyTiles,
      multiplyPixels: VizKernelsAVX2.multiplyPixels, dotInputs: VizKernelsAVX2.dotInputs,
      dotRows: VizKernelsAVX2.dotRows, packColumns: VizKernelsAVX2.packColumns,
      packPanels: VizKernelsAVX2.packPanels,
      weighRows: VizKernelsAVX2.weighRows, finishSums: VizKernelsAVX2.finishSums,
      foldTaps: VizKernelsAVX2.foldTaps, exponentialRow: VizKernelsAVX2.exponentialRow,
      functionRow: VizKernelsAVX2.functionRow, slopeRow: VizKernelsAVX2.slopeRow,
      winogradInput: VizKernelsAVX2.winogradInput,
      winogradOutput: VizKernelsAVX2.winogradOutput,
      limitGradientRow: VizKernelsAVX2.limitGradientRow,
      poolPairs: VizKernelsAVX2.poolPairs,
      pairPoolGradientRows: VizKernelsAVX2.pairPoolGradientRows,
      adamRow: VizKernelsAVX2.adamRow,
      maskRow: VizKernelsAVX2.maskRow,
      limitedSumRow: VizKernelsAVX2.limitedSumRow,
      scaleRow: VizKernelsAVX2.scaleRow,
      mixRow: VizKernelsAVX2.mixRow,
      sumRow: VizKernelsAVX2.sumRow,
      squaresRow: VizKernelsAVX2.squaresRow,
      productsRow: VizKernelsAVX2.productsRow,
      turnRows: VizKernelsAVX2.turnRows,
      turnPixels: VizKernelsAVX2.turnPixels,
      routeVotes: VizKernelsAVX2.routeVotes,
      routeVotesGradient: VizKernelsAVX2.routeVotesGradient,
      spreadVotes: VizKernelsAVX2.spreadVotes,
      voteWeightRows: VizKernelsAVX2.voteWeightRows)

    static let avx512 = TensorKernels(
      tileRows: VizKernelsAVX512.tileRows, tileColumns: VizKernelsAVX512.tileColumns,
      multiplyTiles: VizKernelsAVX512.multiplyTiles,
      multiplyPixels: VizKernelsAVX512.multiplyPixels, dotInputs: VizKernelsAVX512.dotInputs,
      dotRows: VizKernelsAVX512.dotRows, packColumns: VizKernelsAVX512.packColumns,
      packPanels: VizKernelsAVX512.packPanels,
      weighRows: VizKernelsAVX512.weighRows, finishSums: VizKernelsAVX512.finishSums,
      foldTaps: VizKernelsAVX512.foldTaps, exponentialRow: VizKernelsAVX512.exponentialRow,
      functionRow: VizKernelsAVX512.functionRow, slopeRow: VizKernelsAVX512.slopeRow,
      winogradInput: VizKernelsAVX512.winogradInput,
      winogradOutput: VizKernelsAVX512.winogradOutput,
      limitGradientRow: VizKernelsAVX512.limitGradientRow,
      poolPairs: VizKernelsAVX512.poolPairs,
      pairPoolGradientRows: VizKernelsAVX512.pairPoolGradientRows,
      adamRow: VizKernelsAVX512.adamRow,
      maskRow: VizKernelsAVX512.maskRow,
      limitedSumRow: VizKernelsAVX512.limitedSumRow,
      scaleRow: VizKernelsAVX512.scaleRow,
      mixRow: VizKernelsAVX512.mixRow,
      sumRow: VizKernelsAVX512.sumRow,
      squaresRow: VizKernelsAVX512.squaresRow,
      productsRow: VizKernelsAVX512.productsRow,
      turnRows: VizKernelsAVX512.turnRows,
      turnPixels: VizKernelsAVX512.turnPixels,
      routeVotes: VizKernelsAVX512.routeVotes,
      routeVotesGradient: VizKernelsAVX512.routeVotesGradient,
      spreadVotes: VizKernelsAVX512.spreadVotes,
      voteWeightRows: VizKernelsAVX512.voteWeightRows)
  #endif
}

extension TensorKernels {
  /// Panels that stay in the first cache together, beside a tile's weights.
  func panels(depth: Int) -> Int { max(1, (1 << 12) / (depth * tileColumns)) }

  /// Rows in parts for a tile each, all about as high: a low tile waits for its own sums.
  @inline(__always)
  func forTiles(of rows: Int, _ body: (Range<Int>) -> Void) {
    let count = (rows + tileRows - 1) / tileRows
    for i in 0..<count { body(i * rows / count..<(i + 1) * rows / count) }
  }

  /// Multiplies one tile, whose columns begin at `b` and whose sums go to `out`; see `multiplyTiles`.
  @inline(__always)
  func multiplyTile(
    _ rows: Int, _ columns: Int, _ depth: Int, _ a: Numbers, _ aStride: Int, _ ahead: Numbers,
    _ aheadStep: Int, _ b: Numbers, _ bStride: Int, _ offsets: UnsafePointer<Int>?,
    _ bias: Numbers?, _ out: MutableNumbers, _ outStride: Int
  ) {
    withUnsafePointer(to: 0) { here in
      multiplyTiles(
        1, here, here, rows, columns, depth, a, aStride, ahead, aheadStep, b, bStride, offsets,
        nil, bias, nil, nil, out, outStride)
    }
  }
}

extension KernelTable {
  package var tensors: TensorKernels {
    #if arch(x86_64)
      switch instructionSet {
      case .baseline: .baseline
      case .avx2: .avx2
      case .avx512: .avx512
      }
    #else
      .baseline
    #endif
  }
}
