#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

extension Reduction {
  /// Gives each row's gradient to the numbers that it was made of, `result`.
  ///
  /// Of a maximum or minimum equal numbers get equal parts, as of PyTorch's `amax`.
  package func runGradient(
    rows: Int, count: Int, input: UnsafePointer<Float>, result: UnsafePointer<Float>,
    gradient: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    nonisolated(unsafe) let (input, result, gradient, output) = (input, result, gradient, output)
    let perTask = max(1, (1 << 15) / max(count, 1))
    ThreadPool.run(count: (rows + perTask - 1) / perTask, jobs: execution.jobs) { task in
      for row in task * perTask..<min((task + 1) * perTask, rows) {
        give(
          gradient[row], result[row], input + row * count, count, output + row * count)
      }
    }
  }

  private func give(
    _ gradient: Float, _ result: Float, _ x: UnsafePointer<Float>, _ count: Int,
    _ out: UnsafeMutablePointer<Float>
  ) {
    @inline(__always) func map(_ f: (Float) -> Float) {
      for i in 0..<count { out[i] = f(x[i]) }
    }
    switch self {
    case .mean:
      let part = gradient / Float(count)
      map { _ in part }
    case .sum: map { _ in gradient }
    case .maximum, .minimum:
      var equal = 0
      for i in 0..<count where x[i] == result { equal += 1 }
      let part = gradient / Float(max(equal, 1))
      map { $0 == result ? part : 0 }
    case .product: giveToFactors(gradient, x, count, out)
    case .norm1: map { $0 > 0 ? gradient : $0 < 0 ? -gradient : 0 }
    case .norm2: map { result == 0 ? 0 : gradient * $0 / result }
    case .squares: map { 2 * gradient * $0 }
    case .logSum:
      let part = gradient / expf(result)
      map { _ in part }
    case .logSumExp: map { gradient * expf($0 - result) }
    }
  }

  /// To each the product of the others: those before it times those behind it, as one may be 0.
  private func giveToFactors(
    _ gradient: Float, _ x: UnsafePointer<Float>, _ count: Int,
    _ out: UnsafeMutablePointer<Float>
  ) {
    var before = Double(gradient)
    for i in 0..<count {
      out[i] = Float(before)
      before *= Double(x[i])
    }
    var behind = 1.0
    for i in (0..<count).reversed() {
      out[i] = Float(Double(out[i]) * behind)
      behind *= Double(x[i])
    }
  }
}
