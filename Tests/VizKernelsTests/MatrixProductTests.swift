import Testing
import VizKernels
import VizTestSupport

/// Sizes straddle tiles, panels and blocks; whole numbers whose sums are exact in Float32, so that every order agrees.
@Suite("Products of matrices")
struct MatrixProductTests {
  private static let sizes = [
    (1, 1, 1), (2, 3, 0), (5, 17, 4), (6, 16, 5), (13, 150, 600), (7, 300, 257), (110, 270, 64),
    (97, 129, 256), (400, 33, 20), (130, 700, 9),
  ]

  private func floats(_ count: Int, _ random: inout SplitMix64) -> [Float] {
    (0..<count).map { _ in Float(Int(random.next() >> 60) - 8) }
  }

  /// The same matrix column by column.
  private func turned(_ matrix: [Float], _ rows: Int, _ columns: Int) -> [Float] {
    (0..<columns).flatMap { x in (0..<rows).map { matrix[$0 * columns + x] } }
  }

  @Test("are the sums of the definition, either way stored, for any number of threads")
  func sums() {
    var random = SplitMix64(seed: 12)
    for (m, n, depth) in Self.sizes {
      let (a, b) = (floats(m * depth, &random), floats(depth * n, &random))
      let start = floats(n, &random)
      let sums = (0..<m * n).map { i in
        (0..<depth).reduce(Float(0)) { $0 + a[i / n * depth + $1] * b[$1 * n + i % n] }
      }
      let stored = [
        MatrixProduct.Order.byRow: (a, b),
        .byColumn: (turned(a, m, depth), turned(b, depth, n)),
      ]
      for (aOrder, left) in stored {
        for (bOrder, right) in stored {
          let product = MatrixProduct(rows: m, columns: n, depth: depth, a: aOrder, b: bOrder)
          for kernels in KernelTable.usable {
            for jobs in [1, 2, 3, 16] {
              let execution = Execution(kernels: kernels, jobs: jobs)
              let name = "\(m)×\(depth)×\(n) \(aOrder) \(bOrder) \(kernels.instructionSet) \(jobs)"
              var output = [Float](repeating: .nan, count: m * n)
              product.run(a: left.0, b: right.1, output: &output, execution: execution)
              #expect(output == sums, "\(name)")
              product.run(
                a: left.0, b: right.1, start: start, output: &output, execution: execution)
              #expect(
                output.indices.allSatisfy { output[$0] == sums[$0] + start[$0 % n] },
                "\(name), from a start")
            }
          }
        }
      }
    }
  }
}
