internal import CShims

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// What a set of kernels was compiled for.
package enum InstructionSet: Int, CaseIterable, Sendable, CustomStringConvertible {
  /// What every processor of the architecture has: SSE2 on x86-64, NEON on arm64.
  case baseline
  /// x86-64-v3: AVX2 and fused multiply-add.
  case avx2
  /// x86-64-v4: AVX-512 F, BW, CD, DQ and VL.
  case avx512

  package var description: String {
    switch self {
    case .baseline: "baseline"
    case .avx2: "avx2"
    case .avx512: "avx512"
    }
  }

  /// Whether a product and a sum are rounded once; results of Float sums depend on nothing else.
  package var hasFusedMultiplyAdd: Bool {
    #if arch(arm64)
      true
    #else
      self != .baseline
    #endif
  }

  /// The instruction sets of this processor, the plainest first.
  package static let usable: [InstructionSet] = {
    let best = Int(viz_instruction_set())
    return allCases.filter { $0.rawValue <= best }
  }()

  /// The best of `usable`, or the one that `VIZCNN_ISA` names where the processor has it.
  package static let chosen: InstructionSet = {
    let wanted = getenv("VIZCNN_ISA").map { String(cString: $0) }
    return usable.last { wanted == nil || $0.description == wanted } ?? usable[usable.count - 1]
  }()
}
