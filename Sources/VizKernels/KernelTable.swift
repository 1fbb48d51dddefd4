internal import VizKernelsBaseline

#if arch(x86_64)
  internal import VizKernelsAVX2
  internal import VizKernelsAVX512
#endif

/// The kernels of one instruction set, as functions.
///
/// `best` is chosen once for the process; tests walk through `usable`. What each function computes
/// stands above it in VizKernelsBaseline.
package struct KernelTable: Sendable {
  package typealias Bytes = UnsafeRawPointer
  package typealias MutableBytes = UnsafeMutableRawPointer

  package let instructionSet: InstructionSet
  package let accumulateRow:
    @Sendable (Int, Int, UnsafePointer<Bytes>, Bytes, Int, Int, MutableBytes) -> Void
  package let finishRow:
    @Sendable (
      Int, Int, Bytes, Double, Double, UnsafePointer<Double>?, Double, Int, MutableBytes
    ) -> Int
  package let magnitudeRow: @Sendable (Int, Bool, Bytes, Bytes, Int, MutableBytes) -> Void
  package let maximumRow: @Sendable (Int, Bytes, Int, MutableBytes) -> Void
  package let medianRow: @Sendable (Int, UnsafePointer<Bytes>, Int, Int, MutableBytes) -> Void
  package let medianSquareRows:
    @Sendable (Int, Int, UnsafePointer<Bytes>, Int, MutableBytes, MutableBytes, MutableBytes) ->
      Void
  package let gradientRow:
    @Sendable (Int, Bytes, Bytes, Bytes, Int, MutableBytes, MutableBytes, MutableBytes) -> Void
  package let ridgeRow:
    @Sendable (
      Bool, Bytes, Bytes, Bytes, Bytes, Bytes, Int, Int, Int, MutableBytes,
      UnsafeMutablePointer<UInt64>, UnsafeMutablePointer<UInt64>
    ) -> Void
  package let bitsRow:
    @Sendable (Int, UnsafePointer<UInt64>, Int, Int, MutableBytes, MutableBytes) -> Void
  package let thresholdRow: @Sendable (Int, Bytes, Double, Double, Int, MutableBytes) -> Void
  package let grayRow: @Sendable (Int, Bytes, Bytes, Bytes, Int, Int, MutableBytes) -> Void
  package let deinterleaveRow: @Sendable (Int, Bytes, Int, Int, Int, MutableBytes) -> Void
  package let interleaveRow: @Sendable (Int, Bytes, Int, Int, Int, MutableBytes) -> Void

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
    accumulateRow: VizKernelsBaseline.accumulateRow, finishRow: VizKernelsBaseline.finishRow,
    magnitudeRow: VizKernelsBaseline.magnitudeRow, maximumRow: VizKernelsBaseline.maximumRow,
    medianRow: VizKernelsBaseline.medianRow,
    medianSquareRows: VizKernelsBaseline.medianSquareRows,
    gradientRow: VizKernelsBaseline.gradientRow, ridgeRow: VizKernelsBaseline.ridgeRow,
    bitsRow: VizKernelsBaseline.bitsRow, thresholdRow: VizKernelsBaseline.thresholdRow,
    grayRow: VizKernelsBaseline.grayRow,
    deinterleaveRow: VizKernelsBaseline.deinterleaveRow,
    interleaveRow: VizKernelsBaseline.interleaveRow)

  #if arch(x86_64)
    private static let avx2 = KernelTable(
      instructionSet: .avx2,
      accumulateRow: VizKernelsAVX2.accumulateRow, finishRow: VizKernelsAVX2.finishRow,
      magnitudeRow: VizKernelsAVX2.magnitudeRow, maximumRow: VizKernelsAVX2.maximumRow,
      medianRow: VizKernelsAVX2.medianRow,
      medianSquareRows: VizKernelsAVX2.medianSquareRows,
      gradientRow: VizKernelsAVX2.gradientRow, ridgeRow: VizKernelsAVX2.ridgeRow,
      bitsRow: VizKernelsAVX2.bitsRow, thresholdRow: VizKernelsAVX2.thresholdRow,
      grayRow: VizKernelsAVX2.grayRow,
      deinterleaveRow: VizKernelsAVX2.deinterleaveRow,
      interleaveRow: VizKernelsAVX2.interleaveRow)

    private static let avx512 = KernelTable(
      instructionSet: .avx512,
      accumulateRow: VizKernelsAVX512.accumulateRow, finishRow: VizKernelsAVX512.finishRow,
      magnitudeRow: VizKernelsAVX512.magnitudeRow, maximumRow: VizKernelsAVX512.maximumRow,
      medianRow: VizKernelsAVX512.medianRow,
      medianSquareRows: VizKernelsAVX512.medianSquareRows,
      gradientRow: VizKernelsAVX512.gradientRow, ridgeRow: VizKernelsAVX512.ridgeRow,
      bitsRow: VizKernelsAVX512.bitsRow, thresholdRow: VizKernelsAVX512.thresholdRow,
      grayRow: VizKernelsAVX512.grayRow,
      deinterleaveRow: VizKernelsAVX512.deinterleaveRow,
      interleaveRow: VizKernelsAVX512.interleaveRow)
  #endif
}
