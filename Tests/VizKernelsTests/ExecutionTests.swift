import Glibc
import Synchronization
import Testing
import VizKernels

@Suite("Execution")
struct ExecutionTests {
  @Test("the pool does every piece of work once")
  func everyIndexOnce() {
    for jobs in [1, 2, 3, 8, 100] {
      for count in [0, 1, 2, 7, 1000] {
        let marks = Marks(count)
        ThreadPool.run(count: count, jobs: jobs) { marks.add($0) }
        ThreadPool.runInOrder(count: count, jobs: jobs) { marks.add($0) }
        #expect(marks.all(equal: 2), "\(count) pieces on \(jobs) threads")
      }
    }
  }

  @Test("work inside of work, and of many threads at once, is done once too")
  func busyPool() {
    let marks = Marks(64)
    let outer = Atomic(0)
    ThreadPool.runOnThreads(8) {
      while true {
        let turn = outer.wrappingAdd(1, ordering: .relaxed).oldValue
        guard turn < 400 else { return }
        ThreadPool.run(count: 8, jobs: 4) { i in
          ThreadPool.run(count: 8, jobs: 4) { j in marks.add(8 * i + j) }
        }
      }
    }
    #expect(marks.all(equal: 400))
  }

  @Test("helpers who fell asleep are woken, and wait for nobody")
  func pauses() {
    let marks = Marks(16)
    for turn in 0..<60 {
      if turn % 3 == 0 { usleep(2_000) }  // longer than a helper stays awake
      ThreadPool.run(count: 16, jobs: 2) { i in
        if turn % 5 == 0 { usleep(100) }
        marks.add(i)
      }
    }
    #expect(marks.all(equal: 60))
  }

  @Test("whoever waits for a smaller index gets it where work is done in order")
  func inOrder() {
    for _ in 0..<50 {
      let arrival = RowArrival()
      let marks = Marks(20)
      ThreadPool.runInOrder(count: 20, jobs: 3) { i in
        if i > 0 { #expect(arrival.wait(for: i)) }
        arrival.advance(to: i + 1)
        marks.add(i)
      }
      #expect(marks.all(equal: 1))
    }
  }

  /// How often each index was worked on.
  private final class Marks: Sendable {
    private let counts: Mutex<[Int]>

    init(_ count: Int) { counts = Mutex([Int](repeating: 0, count: count)) }

    func add(_ index: Int) { counts.withLock { $0[index] += 1 } }

    func all(equal expected: Int) -> Bool {
      counts.withLock { $0.allSatisfy { $0 == expected } }
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
