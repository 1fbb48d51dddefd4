internal import VizKernelsBaseline

#if arch(x86_64)
  internal import VizKernelsAVX2
  internal import VizKernelsAVX512
#endif

/// The kernels of one instruction set, as functions.
///
/// One object, so that handing it on is cheap. `best` is chosen once for the process; tests walk
/// through `usable`. What each function computes stands above it in VizKernelsBaseline.
package final class KernelTable: Sendable {
  package typealias Bytes = UnsafeRawPointer
  package typealias MutableBytes = UnsafeMutableRawPointer

  package typealias WidenRow =
    @Sendable (Int, Int, Bytes, Int, MutableBytes) -> Void
  package typealias AccumulateRow =
    @Sendable (Int, UnsafePointer<Bytes>, Bytes, Int, Int, MutableBytes) -> Void
  package typealias AddRows =
    @Sendable (Int, UnsafePointer<Bytes>, UnsafePointer<Int>, Int, Int, MutableBytes) -> Void
  package typealias CorrelateRows =
    @Sendable (Bool, Int, UnsafePointer<Bytes>, Bytes, Int, Int, Int, Int, MutableBytes, Int) ->
    Void
  package typealias FinishRow =
    @Sendable (
      Int, Int, Bytes, Double, Double, Bool, Bool, UnsafePointer<Double>?, Double, Int, MutableBytes
    ) -> (below: Int, above: Int)
  package typealias MagnitudeRow =
    @Sendable (Int, Int, Bytes, Bytes, Int, MutableBytes) -> Void
  package typealias MaximumRow =
    @Sendable (Int, Bytes, Int, MutableBytes) -> Void
  package typealias MedianTile =
    @Sendable (Bytes, Int, Int, Int, Int, Int, MutableBytes, MutableBytes, MutableBytes?) -> Void
  package typealias SortTriplesRow =
    @Sendable (Int, Bytes, Int, MutableBytes) -> Void
  package typealias Median3Rows =
    @Sendable (Int, Bytes, Bytes, Int, MutableBytes, MutableBytes) -> Void
  package typealias Median5Rows =
    @Sendable (Int, UnsafePointer<Bytes>, Int, MutableBytes, MutableBytes, MutableBytes) -> Void
  package typealias GradientRow =
    @Sendable (Int, Bytes, Bytes, Bytes, Int, MutableBytes, MutableBytes, MutableBytes) -> Void
  package typealias RidgeRow =
    @Sendable (
      Bool, Bytes, Bytes, Bytes, Bytes, Bytes, Int, Int, Int, MutableBytes,
      UnsafeMutablePointer<UInt64>, UnsafeMutablePointer<UInt64>
    ) -> Void
  package typealias BitsRow =
    @Sendable (Int, UnsafePointer<UInt64>, Int, Int, MutableBytes, MutableBytes) -> Void
  package typealias ThresholdRow =
    @Sendable (Int, Bytes, Double, Double, Int, MutableBytes) -> Void
  package typealias GrayRow =
    @Sendable (Int, Bytes, Bytes, Bytes, Int, Int, MutableBytes) -> Void
  package typealias DeinterleaveRow =
    @Sendable (Int, Bytes, Int, Int, Int, MutableBytes) -> Void
  package typealias InterleaveRow =
    @Sendable (Int, Bytes, Int, Int, Int, MutableBytes) -> Void
  package typealias PackRow =
    @Sendable (Int, Int, Bytes, Int, Int, Double, MutableBytes, Int) -> Void
  package typealias UnpackRow =
    @Sendable (Int, Bytes, Int, Int, Double, MutableBytes) -> Void
  package typealias PeakBits =
    @Sendable (Bytes, Int) -> UInt32
  package typealias CorrelateTile =
    @Sendable (Int, MutableBytes, Int, Int, Int, Bytes, Bytes, Bytes, MutableBytes) -> Void

  package let instructionSet: InstructionSet
  package let widenRow: WidenRow
  package let accumulateRow: AccumulateRow
  package let addRows: AddRows
  package let correlateRows: CorrelateRows
  package let finishRow: FinishRow
  package let magnitudeRow: MagnitudeRow
  package let maximumRow: MaximumRow
  package let medianTile: MedianTile
  package let sortTriplesRow: SortTriplesRow
  package let median3Rows: Median3Rows
  package let median5Rows: Median5Rows
  package let gradientRow: GradientRow
  package let ridgeRow: RidgeRow
  package let bitsRow: BitsRow
  package let thresholdRow: ThresholdRow
  package let grayRow: GrayRow
  package let deinterleaveRow: DeinterleaveRow
  package let interleaveRow: InterleaveRow
  package let packRow: PackRow
  package let unpackRow: UnpackRow
  package let peakBits: PeakBits
  package let correlateTile: CorrelateTile

  private init(
    instructionSet: InstructionSet,
    widenRow: @escaping WidenRow,
    accumulateRow: @escaping AccumulateRow,
    addRows: @escaping AddRows,
    correlateRows: @escaping CorrelateRows,
    finishRow: @escaping FinishRow,
    magnitudeRow: @escaping MagnitudeRow,
    maximumRow: @escaping MaximumRow,
    medianTile: @escaping MedianTile,
    sortTriplesRow: @escaping SortTriplesRow,
    median3Rows: @escaping Median3Rows,
    median5Rows: @escaping Median5Rows,
    gradientRow: @escaping GradientRow,
    ridgeRow: @escaping RidgeRow,
    bitsRow: @escaping BitsRow,
    thresholdRow: @escaping ThresholdRow,
    grayRow: @escaping GrayRow,
    deinterleaveRow: @escaping DeinterleaveRow,
    interleaveRow: @escaping InterleaveRow,
    packRow: @escaping PackRow,
    unpackRow: @escaping UnpackRow,
    peakBits: @escaping PeakBits,
    correlateTile: @escaping CorrelateTile
  ) {
    self.instructionSet = instructionSet
    self.widenRow = widenRow
    self.accumulateRow = accumulateRow
    self.addRows = addRows
    self.correlateRows = correlateRows
    self.finishRow = finishRow
    self.magnitudeRow = magnitudeRow
    self.maximumRow = maximumRow
    self.medianTile = medianTile
    self.sortTriplesRow = sortTriplesRow
    self.median3Rows = median3Rows
    self.median5Rows = median5Rows
    self.gradientRow = gradientRow
    self.ridgeRow = ridgeRow
    self.bitsRow = bitsRow
    self.thresholdRow = thresholdRow
    self.grayRow = grayRow
    self.deinterleaveRow = deinterleaveRow
    self.interleaveRow = interleaveRow
    self.packRow = packRow
    self.unpackRow = unpackRow
    self.peakBits = peakBits
    self.correlateTile = correlateTile
  }

  package static let best = table(for: .chosen)
  package static let usable = InstructionSet.usable.map(table(for:))

  private static func table(for instructionSet: InstructionSet) -> KernelTable {
    #if arch(x86_64)
      switch instructionSet {
      case .baseline: baseline
      case .avx2: avx2
      case .avx512: avx512
      }
    #else
      baseline
    #endif
  }

  private static let baseline = KernelTable(
    instructionSet: .baseline,
    widenRow: VizKernelsBaseline.widenRow, accumulateRow: VizKernelsBaseline.accumulateRow,
    addRows: VizKernelsBaseline.addRows, correlateRows: VizKernelsBaseline.correlateRows,
    finishRow: VizKernelsBaseline.finishRow,
    magnitudeRow: VizKernelsBaseline.magnitudeRow, maximumRow: VizKernelsBaseline.maximumRow,
    medianTile: VizKernelsBaseline.medianTile,
    sortTriplesRow: VizKernelsBaseline.sortTriplesRow,
    median3Rows: VizKernelsBaseline.median3Rows,
    median5Rows: VizKernelsBaseline.median5Rows,
    gradientRow: VizKernelsBaseline.gradientRow, ridgeRow: VizKernelsBaseline.ridgeRow,
    bitsRow: VizKernelsBaseline.bitsRow, thresholdRow: VizKernelsBaseline.thresholdRow,
    grayRow: VizKernelsBaseline.grayRow,
    deinterleaveRow: VizKernelsBaseline.deinterleaveRow,
    interleaveRow: VizKernelsBaseline.interleaveRow,
    packRow: VizKernelsBaseline.packRow, unpackRow: VizKernelsBaseline.unpackRow,
    peakBits: VizKernelsBaseline.peakBits, correlateTile: VizKernelsBaseline.correlateTile)

  #if arch(x86_64)
    private static let avx2 = KernelTable(
      instructionSet: .avx2,
      widenRow: VizKernelsAVX2.widenRow, accumulateRow: VizKernelsAVX2.accumulateRow,
      addRows: VizKernelsAVX2.addRows, correlateRows: VizKernelsAVX2.correlateRows,
      finishRow: VizKernelsAVX2.finishRow,
      magnitudeRow: VizKernelsAVX2.magnitudeRow, maximumRow: VizKernelsAVX2.maximumRow,
      medianTile: VizKernelsAVX2.medianTile,
      sortTriplesRow: VizKernelsAVX2.sortTriplesRow,
      median3Rows: VizKernelsAVX2.median3Rows,
      median5Rows: VizKernelsAVX2.median5Rows,
      gradientRow: VizKernelsAVX2.gradientRow, ridgeRow: VizKernelsAVX2.ridgeRow,
      bitsRow: VizKernelsAVX2.bitsRow, thresholdRow: VizKernelsAVX2.thresholdRow,
      grayRow: VizKernelsAVX2.grayRow,
      deinterleaveRow: VizKernelsAVX2.deinterleaveRow,
      interleaveRow: VizKernelsAVX2.interleaveRow,
      packRow: VizKernelsAVX2.packRow, unpackRow: VizKernelsAVX2.unpackRow,
      peakBits: VizKernelsAVX2.peakBits, correlateTile: VizKernelsAVX2.correlateTile)

    private static let avx512 = KernelTable(
      instructionSet: .avx512,
      widenRow: VizKernelsAVX512.widenRow, accumulateRow: VizKernelsAVX512.accumulateRow,
      addRows: VizKernelsAVX512.addRows, correlateRows: VizKernelsAVX512.correlateRows,
      finishRow: VizKernelsAVX512.finishRow,
      magnitudeRow: VizKernelsAVX512.magnitudeRow, maximumRow: VizKernelsAVX512.maximumRow,
      medianTile: VizKernelsAVX512.medianTile,
      sortTriplesRow: VizKernelsAVX512.sortTriplesRow,
      median3Rows: VizKernelsAVX512.median3Rows,
      median5Rows: VizKernelsAVX512.median5Rows,
      gradientRow: VizKernelsAVX512.gradientRow, ridgeRow: VizKernelsAVX512.ridgeRow,
      bitsRow: VizKernelsAVX512.bitsRow, thresholdRow: VizKernelsAVX512.thresholdRow,
      grayRow: VizKernelsAVX512.grayRow,
      deinterleaveRow: VizKernelsAVX512.deinterleaveRow,
      interleaveRow: VizKernelsAVX512.interleaveRow,
      packRow: VizKernelsAVX512.packRow, unpackRow: VizKernelsAVX512.unpackRow,
      peakBits: VizKernelsAVX512.peakBits, correlateTile: VizKernelsAVX512.correlateTile)
  #endif
}
