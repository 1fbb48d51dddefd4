import Glibc
import Testing
import VizKernels

@Suite("Execution")
struct ExecutionTests {
  @Test("the pool does every piece of work once")
  func everyIndexOnce() {
    for jobs in [1, 2, 3, 8, 100] {
      for count in [0, 1, 2, 7, 1000] {
        let marks = SampleBuffer([UInt8](repeating: 0, count: count))
        nonisolated(unsafe) let bytes = marks.bytes.assumingMemoryBound(to: UInt8.self)
        ThreadPool.run(count: count, jobs: jobs) { bytes[$0] += 1 }
        #expect(marks.elements(of: UInt8.self, count: count).allSatisfy { $0 == 1 })
      }
    }
  }

  @Test("the plainest instruction set is always there")
  func usable() {
    #expect(InstructionSet.usable.first == .baseline)
    #expect(KernelTable.usable.map(\.instructionSet) == InstructionSet.usable)
    #expect(InstructionSet.usable.contains(KernelTable.best.instructionSet))
  }

  @Test("VIZCNN_ISA names the instruction set; what the processor lacks is not taken")
  func forced() async {
    await #expect(processExitsWith: .success) {
      setenv("VIZCNN_ISA", "baseline", 1)
      exit(KernelTable.best.instructionSet == .baseline ? 0 : 1)
    }
    await #expect(processExitsWith: .success) {
      setenv("VIZCNN_ISA", "no-such-set", 1)
      exit(KernelTable.best.instructionSet == InstructionSet.usable.last ? 0 : 1)
    }
  }
}
