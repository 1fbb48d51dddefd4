import Foundation
import Testing
import VizKernels
import VizTestSupport

@Suite("Exponentials of rows")
struct ExponentialRowTests {
  /// The results of every instruction set.
  private func results(
    _ source: [Float], centres: [Float] = [0]
  ) -> [(name: String, values: [Float])] {
    KernelTable.usable.map { table in
      let numbers = GuardedBuffer.copy(
        of: SampleBuffer(source), byteCount: 4 * source.count, flushWith: .end)
      let out = GuardedBuffer.make(byteCount: 4 * source.count, flushWith: .end)
      table.tensors.exponentialRow(
        numbers.bytes.assumingMemoryBound(to: Float.self), centres, centres.count == 1 ? 0 : 1,
        source.count, out.bytes.assumingMemoryBound(to: Float.self))
      return ("\(table.instructionSet)", out.elements(of: Float.self, count: source.count))
    }
  }

  @Test("within 2 units of the last place of Float64's, down to numbers below the normal ones")
  func accuracy() {
    let source = stride(from: Float(-104), through: 88.7, by: 0.00773).map { $0 }
    for (name, values) in results(source) {
      for (x, y) in zip(source, values) {
        let exact = exp(Double(x))
        let unit = Double(Float(exact).ulp)
        #expect(Swift.abs(Double(y) - exact) <= 2 * unit, "\(name): exp(\(x)) is \(y)")
      }
    }
  }

  @Test("0, infinity and NaN, in a vector and behind it")
  func extremes() {
    for count in [1, 5, 16, 19, 40] {
      let kinds: [(Float, Float)] = [
        (-.infinity, 0), (-1e30, 0), (-105, 0), (0, 1), (89, .infinity), (.infinity, .infinity),
      ]
      let source = (0..<count).map { kinds[$0 % kinds.count].0 }
      for (name, values) in results(source) {
        #expect(values == (0..<count).map { kinds[$0 % kinds.count].1 }, "\(name), \(count)")
      }
      for (_, values) in results([Float](repeating: .nan, count: count)) {
        #expect(values.filter { $0.isNaN }.count == count)
      }
    }
  }

  @Test("a centre for all or for each")
  func centres() {
    var random = SplitMix64(seed: 12)
    let source = (0..<37).map { _ in Float.random(in: -9...9, using: &random) }
    let centres = (0..<37).map { _ in Float.random(in: -9...9, using: &random) }
    for (each, all) in zip(
      results(source, centres: centres), results(source, centres: [2.5]))
    {
      for i in source.indices {
        let (a, b) = (exp(Double(source[i] - centres[i])), exp(Double(source[i] - 2.5)))
        #expect(Swift.abs(Double(each.values[i]) / a - 1) < 4e-7, "\(each.name), \(i)")
        #expect(Swift.abs(Double(all.values[i]) / b - 1) < 4e-7, "\(all.name), \(i)")
      }
    }
  }
}
