/// Vectors whose lengths become 0…1, in the same direction.
///
///     out = |s|² / (1 + |s|²) · s / |s| = s · n / (1 + n²),   n = |s|
///
/// Its slope at 0 is 0, where it is the second power of a length.
///
/// - Source: Sabour et al. 2017, eq. 1, arXiv:1710.09829.
enum Squash {
  /// `step` is how far the numbers of `s` are from each other, `outStep` those of `out`.
  @inline(__always)
  static func run(
    _ s: UnsafePointer<Float>, step: Int, length: Int, into out: UnsafeMutablePointer<Float>,
    outStep: Int = 1
  ) {
    let n = norm(s, step, length)
    // n / (1 + n²) without the square, which may be infinite.
    let factor = Float(1 / (1 / n + n))
    for d in 0..<length { out[d * outStep] = s[d * step] * factor }
  }

  /// The gradient by `s` from that by `out`; it may take the place of `s`.
  ///
  ///     f · g + f′ / n · (s · g) · s,   f = n / (1 + n²),  f′ = (1 − n²) / (1 + n²)²
  @inline(__always)
  static func runGradient(
    _ s: UnsafePointer<Float>, step: Int, _ gradient: UnsafePointer<Float>,
    gradientStep: Int = 1, length: Int, into out: UnsafeMutablePointer<Float>
  ) {
    let n = norm(s, step, length)
    guard n > 0 else {
      for d in 0..<length { out[d * step] = 0 }
      return
    }
    let f = 1 / (1 / n + n)
    var along = 0.0
    for d in 0..<length { along += Double(s[d * step]) * Double(gradient[d * gradientStep]) }
    // f′ / n = (1 / n² − 1) · f² / n
    let turned = (1 / n / n - 1) * f * f / n * along
    for d in 0..<length {
      out[d * step] = Float(f * Double(gradient[d * gradientStep]) + turned * Double(s[d * step]))
    }
  }

  @inline(__always)
  private static func norm(_ s: UnsafePointer<Float>, _ step: Int, _ length: Int) -> Double {
    var sum = 0.0
    for d in 0..<length { sum += Double(s[d * step]) * Double(s[d * step]) }
    return sum.squareRoot()
  }
}

/// Channels taken together as capsules, of every pixel, and squashed.
///
///     out[n, c · P + p, d] = squash over d of input[n, c · D + d, p]
package struct CapsuleSquash: Sendable {
  /// Pictures times kinds of capsules.
  package let planes: Int
  package let pixels: Int
  package let length: Int

  package init(planes: Int, pixels: Int, length: Int) {
    self.planes = planes
    self.pixels = pixels
    self.length = length
  }

  private var size: Int { pixels * length }
  private var perTask: Int { max(1, (1 << 14) / max(size, 1)) }

  package func run(
    _ input: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    nonisolated(unsafe) let (input, output) = (input, output)
    let perTask = perTask
    ThreadPool.run(count: (planes + perTask - 1) / perTask, jobs: execution.jobs) { task in
      for plane in task * perTask..<min((task + 1) * perTask, planes) {
        for p in 0..<pixels {
          Squash.run(
            input + plane * size + p, step: pixels, length: length,
            into: output + plane * size + p * length)
        }
      }
    }
  }

  package func runGradient(
    _ input: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>,
    into output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    nonisolated(unsafe) let (input, gradient, output) = (input, gradient, output)
    let perTask = perTask
    ThreadPool.run(count: (planes + perTask - 1) / perTask, jobs: execution.jobs) { task in
      for plane in task * perTask..<min((task + 1) * perTask, planes) {
        for p in 0..<pixels {
          Squash.runGradient(
            input + plane * size + p, step: pixels, gradient + plane * size + p * length,
            length: length, into: output + plane * size + p)
        }
      }
    }
  }
}
