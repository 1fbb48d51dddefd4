import Testing
import VizKernels
import VizTestSupport

@Suite("Random masks")
struct RandomMaskTests {
  private static let count = 1 << 20

  private func mask(
    _ probability: Float, seed: UInt64, count: Int = count, runLength: Int = 1,
    _ execution: Execution = Execution(jobs: 1)
  ) -> [Float] {
    let input = [Float](repeating: 1, count: count)
    var (mask, output) = (input, input)
    RandomMask(probability: probability, seed: seed).run(
      input, mask: &mask, output: &output, count: count, runLength: runLength, execution: execution)
    #expect(mask == output, "\(probability) of \(count) in runs of \(runLength)")
    return mask
  }

  /// How far the share of places where all masks are 0 is from what independent draws have, in deviations of it.
  private func surprise(_ masks: [ArraySlice<Float>], _ probability: Double) -> Double {
    let count = masks.map(\.count).min() ?? 0
    let hits = (0..<count).count { i in masks.allSatisfy { $0[$0.startIndex + i] == 0 } }
    let share = masks.reduce(1) { product, _ in product * probability }
    let deviation = (share * (1 - share) / Double(count)).squareRoot()
    return abs(Double(hits) / Double(count) - share) / deviation
  }

  @Test("are the same with every instruction set and number of threads")
  func execution() {
    for runLength in [1, 3, 25] {
      for count in [1, 7, 8, 9, 33, 1000, 40_003] {
        let expected = mask(0.3, seed: 9, count: count * runLength, runLength: runLength)
        for kernels in KernelTable.usable {
          for jobs in [1, 2, 5] {
            let found = mask(
              0.3, seed: 9, count: count * runLength, runLength: runLength,
              Execution(kernels: kernels, jobs: jobs))
            #expect(found == expected, "\(count), \(runLength), \(kernels.instructionSet), \(jobs)")
          }
        }
      }
    }
  }

  @Test("draw once for each run, what they draw for each number without runs")
  func runs() {
    let single = mask(0.4, seed: 3, count: 500)
    let long = mask(0.4, seed: 3, count: 5000, runLength: 10)
    #expect(long.indices.allSatisfy { long[$0] == single[$0 / 10] })
  }

  @Test("leave out the share that was asked for")
  func shares() {
    for probability in [0.01, 0.1, 0.5, 0.75, 0.999] {
      for seed in [0, 1, 2, 1 << 40, .max] as [UInt64] {
        let mask = mask(Float(probability), seed: seed)
        #expect(Set(mask) == [0, 1 / (1 - Float(probability))])
        #expect(surprise([mask[...]], probability) < 4.5, "\(probability) \(seed)")
      }
    }
    #expect(Set(mask(0, seed: 1)) == [1])
    #expect(Set(mask(1, seed: 1)) == [0])
  }

  @Test("draw places independently, near ones and those that lie powers of two apart")
  func distances() {
    let distances = (1...20).map { $0 } + (5...18).map { 1 << $0 } + [784, 1000, 100_000]
    for seed in [0, 5] as [UInt64] {
      let mask = mask(0.25, seed: seed)
      for distance in distances {
        let surprise = surprise([mask.dropLast(distance), mask.dropFirst(distance)], 0.25)
        #expect(surprise < 4.5, "\(distance)")
      }
      for (second, third) in [(1, 2), (1, 3), (8, 16), (512, 1024)] {
        let surprise = surprise([mask[...], mask.dropFirst(second), mask.dropFirst(third)], 0.25)
        #expect(surprise < 4.5, "\(second) \(third)")
      }
    }
  }

  @Test("of different seeds are independent, also a few places apart")
  func seeds() {
    for (first, second) in [(0, 1), (1, 2), (7, 7 + 1 << 32), (3, .max)] as [(UInt64, UInt64)] {
      let (a, b) = (mask(0.5, seed: first), mask(0.5, seed: second))
      for distance in [0, 1, 2, 8, 1024] {
        #expect(
          surprise([a[...], b.dropFirst(distance)], 0.5) < 4.5, "\(first) \(second) \(distance)")
      }
    }
  }
}
