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
    nonisolated(unsafe) let (input, mask, output) = (input, mask, output)
    let factor = probability < 1 ? 1 / (1 - probability) : 0
    ThreadPool.runPieces(of: count, size: 1 << 14, jobs: execution.jobs) { piece in
      for i in piece {
        let value: Float = draw(UInt64(i / runLength)) < probability ? 0 : factor
        mask[i] = value
        output[i] = input[i] * value
      }
    }
  }

  /// A number of 0 ≤ x < 1: SplitMix64's at a place.
  private func draw(_ place: UInt64) -> Float {
    var z = seed &+ (place &+ 1) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    z ^= z >> 31
    return Float(z >> 40) * 0x1p-24
  }
}
