internal import VizKernels

/// What the filters run on.
public enum Engine {
  /// The instruction set that was chosen for this process.
  public static var instructionSet: String { InstructionSet.chosen.description }

  /// The instruction sets that `VIZCNN_ISA` may name on this machine, the plainest first.
  public static var usableInstructionSets: [String] { InstructionSet.usable.map(\.description) }

  /// Cores that this process may use.
  public static var processorCount: Int { ThreadPool.processorCount }
}
