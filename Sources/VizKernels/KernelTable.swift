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
  package let thresholdRow: @Sendable (Int, Bytes, Double, Double, Int, MutableBytes) -> Void
  package let grayRow: @Sendable (Int, Bytes, Bytes, Bytes, Int, Int, MutableBytes) -> Void
  package let deinterleaveRow: @Sendable (Int, Bytes, Int, Int, Int, MutableBytes) -> Void
  package let interleaveRow: @Sendable (Int, Bytes, Int, Int, Int, MutableBytes) -> Void

  package let packRow: @Sendable (Int, Int, Bytes, Int, Int, Double, MutableBytes, Int) -> Void
  package let unpackRow: @Sendable (Int, Bytes, Int, Int, Double, MutableBytes) -> Void
  package let peakBits: @Sendable (Bytes, Int) -> UInt32
  package let correlateTile:
    @Sendable (Int, MutableBytes, Int, Int, Int, Bytes, Bytes, Bytes, MutableBytes) -> Void

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
    medianRow: VizKernelsBaseline.medianRow, thresholdRow: VizKernelsBaseline.thresholdRow,
    grayRow: VizKernelsBaseline.grayRow,
    deinterleaveRow: VizKernelsBaseline.deinterleaveRow,
    interleaveRow: VizKernelsBaseline.interleaveRow,
    packRow: VizKernelsBaseline.packRow, unpackRow: VizKernelsBaseline.unpackRow,
    peakBits: VizKernelsBaseline.peakBits, correlateTile: VizKernelsBaseline.correlateTile)

  #if arch(x86_64)
    private static let avx2 = KernelTable(
      instructionSet: .avx2,
      accumulateRow: VizKernelsAVX2.accumulateRow, finishRow: VizKernelsAVX2.finishRow,
      magnitudeRow: VizKernelsAVX2.magnitudeRow, maximumRow: VizKernelsAVX2.maximumRow,
      medianRow: VizKernelsAVX2.medianRow, thresholdRow: VizKernelsAVX2.thresholdRow,
      grayRow: VizKernelsAVX2.grayRow,
      deinterleaveRow: VizKernelsAVX2.deinterleaveRow,
      interleaveRow: VizKernelsAVX2.interleaveRow,
      packRow: VizKernelsAVX2.packRow, unpackRow: VizKernelsAVX2.unpackRow,
      peakBits: VizKernelsAVX2.peakBits, correlateTile: VizKernelsAVX2.correlateTile)

    private static let avx512 = KernelTable(
      instructionSet: .avx512,
      accumulateRow: VizKernelsAVX512.accumulateRow, finishRow: VizKernelsAVX512.finishRow,
      magnitudeRow: VizKernelsAVX512.magnitudeRow, maximumRow: VizKernelsAVX512.maximumRow,
      medianRow: VizKernelsAVX512.medianRow, thresholdRow: VizKernelsAVX512.thresholdRow,
      grayRow: VizKernelsAVX512.grayRow,
      deinterleaveRow: VizKernelsAVX512.deinterleaveRow,
      interleaveRow: VizKernelsAVX512.interleaveRow,
      packRow: VizKernelsAVX512.packRow, unpackRow: VizKernelsAVX512.unpackRow,
      peakBits: VizKernelsAVX512.peakBits, correlateTile: VizKernelsAVX512.correlateTile)
  #endif
}
