/// Which numbers training leaves out: each, or each run of numbers, by a draw of its own.
///
///     mask = 0 with the probability, else 1 / (1 − probability);   out = mask · in
///
/// A draw follows from the seed and the place alone, so that it does not matter who makes it.
package struct RandomMask: Sendable {
  package let probability: Float
  package let seed: UInt64

  package init(probability: Float, seed: UInt64) {
    self.probability = probability
    self.seed = seed
  }

  package func run(
    _ input: UnsafePointer<Float>, mask: UnsafeMutablePointer<Float>,
    output: UnsafeMutablePointer<Float>, count: Int, runLength: Int, execution: Execution
  ) {
    precondition(count % runLength == 0, "\(count) numbers in runs of \(runLength)")
    nonisolated(unsafe) let (input, mask, output) = (input, mask, output)
    let draw = execution.kernels.tensors.maskRow
    guard runLength > 1 else {
      ThreadPool.runPieces(of: count, size: Self.places, jobs: execution.jobs) { piece in
        self.draw(piece, into: mask + piece.lowerBound, draw)
        for i in piece { output[i] = input[i] * mask[i] }
      }
      return
    }
    ThreadPool.runPieces(of: count / runLength, size: Self.runs, jobs: execution.jobs) { piece in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.runs) { values in
        guard let values = values.baseAddress else { return }
        self.draw(piece, into: values, draw)
        for run in piece {
          let value = values[run - piece.lowerBound]
          for i in run * runLength..<(run + 1) * runLength {
            mask[i] = value
            output[i] = input[i] * value
          }
        }
      }
    }
  }

  // Places that are drawn together, powers of two: the upper half of their numbers is the same.
  private static let places = 1 << 14
  private static let runs = 1 << 6

  private func draw(
    _ places: Range<Int>, into out: UnsafeMutablePointer<Float>, _ row: TensorKernels.MaskRow
  ) {
    let first = UInt64(places.lowerBound)
    let key = key(first >> 32)
    row(
      UInt32(truncatingIfNeeded: first), UInt32(truncatingIfNeeded: key), UInt32(key >> 32),
      UInt32((probability * 0x1p24).rounded(.up)), probability < 1 ? 1 / (1 - probability) : 0,
      places.count, out)
  }

  /// SplitMix64's number at a place.
  private func key(_ place: UInt64) -> UInt64 {
    var z = seed &+ (place &+ 1) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
