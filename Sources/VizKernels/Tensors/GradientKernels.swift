internal import VizKernelsBaseline

#if arch(x86_64)
  internal import VizKernelsAVX2
  internal import VizKernelsAVX512
#endif

/// The kernels that gradients run on, of one instruction set; part of `KernelTable`.
package struct GradientKernels: Sendable {
  package typealias Numbers = UnsafePointer<Float>
  package typealias MutableNumbers = UnsafeMutablePointer<Float>

  package typealias LimitGradientRow =
    @Sendable (Numbers, Numbers, Float, Float, Int, MutableNumbers) -> Void
  package typealias PairPoolGradientRows =
    @Sendable (Numbers, Numbers, Numbers, Int, MutableNumbers, MutableNumbers) -> Void
  package typealias AdamRow =
    @Sendable (
      Numbers, Numbers, Numbers, Numbers, Numbers, Int, MutableNumbers, MutableNumbers,
      MutableNumbers
    ) -> Void

  package let limitGradientRow: LimitGradientRow
  package let pairPoolGradientRows: PairPoolGradientRows
  package let adamRow: AdamRow

  static let baseline = GradientKernels(
    limitGradientRow: VizKernelsBaseline.limitGradientRow,
    pairPoolGradientRows: VizKernelsBaseline.pairPoolGradientRows,
    adamRow: VizKernelsBaseline.adamRow)

  #if arch(x86_64)
    static let avx2 = GradientKernels(
      limitGradientRow: VizKernelsAVX2.limitGradientRow,
      pairPoolGradientRows: VizKernelsAVX2.pairPoolGradientRows, adamRow: VizKernelsAVX2.adamRow)

    static let avx512 = GradientKernels(
      limitGradientRow: VizKernelsAVX512.limitGradientRow,
      pairPoolGradientRows: VizKernelsAVX512.pairPoolGradientRows,
      adamRow: VizKernelsAVX512.adamRow)
  #endif
}

extension KernelTable {
  package var gradients: GradientKernels {
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
