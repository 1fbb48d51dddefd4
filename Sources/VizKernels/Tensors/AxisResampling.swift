/// One dimension made longer or shorter: every output mixes two inputs, or takes one.
///
///     out[…, i, …] = (1 − weightᵢ) · in[…, firstᵢ, …] + weightᵢ · in[…, secondᵢ, …]
///
/// An index below 0 stands for `outside`.
package struct AxisResampling: Sendable {
  package let length: Int
  package let first: [Int]
  package let second: [Int]
  package let weight: [Float]
  package let outside: Float

  package init(
    length: Int, first: [Int], second: [Int], weight: [Float], outside: Float = 0
  ) {
    precondition(first.count == second.count && first.count == weight.count)
    precondition((first + second).allSatisfy { $0 < length }, "past \(length) inputs")
    self.length = length
    self.first = first
    self.second = second
    self.weight = weight
    self.outside = outside
  }

  /// Takes one input each.
  package init(length: Int, taking indices: [Int], outside: Float = 0) {
    self.init(
      length: length, first: indices, second: indices,
      weight: [Float](repeating: 0, count: indices.count), outside: outside)
  }

  /// `outer` × `length` × `inner` numbers become `outer` × `first.count` × `inner`.
  package func run(
    outer: Int, inner: Int, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    execution: Execution
  ) {
    nonisolated(unsafe) let (input, output) = (input, output)
    let perTask = max(1, (1 << 15) / max(first.count * inner, 1))
    ThreadPool.run(count: (outer + perTask - 1) / perTask, jobs: execution.jobs) { task in
      for o in task * perTask..<min((task + 1) * perTask, outer) {
        let (source, out) = (input + o * length * inner, output + o * first.count * inner)
        if inner == 1 { resampleRow(source, out) } else { resampleRows(inner, source, out) }
      }
    }
  }

  /// Numbers side by side, each by places and a weight of its own.
  private func resampleRow(_ source: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>) {
    first.withUnsafeBufferPointer { first in
      second.withUnsafeBufferPointer { second in
        weight.withUnsafeBufferPointer { weight in
          for i in first.indices {
            let (a, weight) = (first[i], weight[i])
            // A weight of 0 takes nothing of the second number, which may be infinite.
            out[i] =
              a < 0
              ? outside
              : weight == 0 ? source[a] : (1 - weight) * source[a] + weight * source[second[i]]
          }
        }
      }
    }
  }

  /// Rows of `inner` numbers, each row by the same places and weight.
  private func resampleRows(
    _ inner: Int, _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>
  ) {
    var out = target
    for i in first.indices {
      let (a, b, weight) = (first[i], second[i], weight[i])
      if a < 0 {
        for j in 0..<inner { out[j] = outside }
      } else if weight == 0 {
        for j in 0..<inner { out[j] = source[a * inner + j] }
      } else {
        for j in 0..<inner {
          out[j] = (1 - weight) * source[a * inner + j] + weight * source[b * inner + j]
        }
      }
      out += inner
    }
  }
}
