internal import VizKernelsBaseline

#if arch(x86_64)
  internal import VizKernelsAVX2
  internal import VizKernelsAVX512
#endif

/// The kernels that routing between capsules runs on, of one instruction set; part of `KernelTable`.
package struct CapsuleKernels: Sendable {
  package typealias Numbers = UnsafePointer<Float>
  package typealias MutableNumbers = UnsafeMutablePointer<Float>

  package typealias AgreeRows =
    @Sendable (Int, Int, Int, Numbers, Int, Numbers, Bool, MutableNumbers) -> Void
  package typealias GatherRows =
    @Sendable (Int, Int, Int, Numbers, Int, Numbers, MutableNumbers) -> Void
  package typealias SpreadRows =
    @Sendable (Int, Int, Int, Int, Numbers, Numbers, MutableNumbers, Int) -> Void

  package let agreeRows: AgreeRows
  package let gatherRows: GatherRows
  package let spreadRows: SpreadRows

  static let baseline = CapsuleKernels(
    agreeRows: VizKernelsBaseline.agreeRows, gatherRows: VizKernelsBaseline.gatherRows,
    spreadRows: VizKernelsBaseline.spreadRows)

  #if arch(x86_64)
    static let avx2 = CapsuleKernels(
      agreeRows: VizKernelsAVX2.agreeRows, gatherRows: VizKernelsAVX2.gatherRows,
      spreadRows: VizKernelsAVX2.spreadRows)

    static let avx512 = CapsuleKernels(
      agreeRows: VizKernelsAVX512.agreeRows, gatherRows: VizKernelsAVX512.gatherRows,
      spreadRows: VizKernelsAVX512.spreadRows)
  #endif
}

extension KernelTable {
  package var capsules: CapsuleKernels {
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
