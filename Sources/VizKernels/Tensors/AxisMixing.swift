/// One dimension made longer or shorter: every output is a weighted sum of a few inputs.
///
///     out[…, i, …] = Σₖ weights[i, k] · in[…, places[i, k], …]
package struct AxisMixing: Sendable {
  package let length: Int
  /// How many inputs there are to an output.
  package let taps: Int
  package let places: [Int]
  package let weights: [Float]

  package init(length: Int, taps: Int, places: [Int], weights: [Float]) {
    precondition(taps > 0 && places.count % taps == 0 && places.count == weights.count)
    precondition(places.allSatisfy { 0..<length ~= $0 }, "outside of \(length) inputs")
    (self.length, self.taps, self.places, self.weights) = (length, taps, places, weights)
  }

  package var outputLength: Int { places.count / taps }

  /// `outer` × `length` × `inner` numbers become `outer` × `outputLength` × `inner`.
  package func run(
    outer: Int, inner: Int, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    execution: Execution
  ) {
    nonisolated(unsafe) let (input, output) = (input, output)
    let perTask = max(1, (1 << 14) / max(places.count * inner, 1))
    ThreadPool.run(count: (outer + perTask - 1) / perTask, jobs: execution.jobs) { task in
      for o in task * perTask..<min((task + 1) * perTask, outer) {
        let source = input + o * length * inner
        let target = output + o * outputLength * inner
        for i in 0..<outputLength {
          let out = target + i * inner
          for j in 0..<inner { out[j] = weights[i * taps] * source[places[i * taps] * inner + j] }
          for k in i * taps + 1..<(i + 1) * taps {
            let (place, weight) = (places[k], weights[k])
            for j in 0..<inner { out[j] += weight * source[place * inner + j] }
          }
        }
      }
    }
  }
}

extension AxisMixing {
  /// What goes the other way with the same weights, as gradients do.
  ///
  /// Inputs that fewer outputs read than others are padded with weights of 0.
  package var transposed: AxisMixing {
    var readers = [[(place: Int, weight: Float)]](repeating: [], count: length)
    for (k, place) in places.enumerated() { readers[place].append((k / taps, weights[k])) }
    let most = max(readers.map(\.count).max() ?? 0, 1)
    let padded = readers.flatMap {
      $0 + [(place: Int, weight: Float)](repeating: (0, 0), count: most - $0.count)
    }
    return AxisMixing(
      length: outputLength, taps: most, places: padded.map(\.place), weights: padded.map(\.weight))
  }
}
