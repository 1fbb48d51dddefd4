#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// What a row of numbers is reduced to.
package enum Reduction: String, Sendable, CaseIterable {
  case mean, sum, maximum, minimum, product
  /// Σ|x|, √Σx², Σx²
  case norm1, norm2, squares
  /// log Σ x and log Σ eˣ
  case logSum, logSumExp

  /// Reduces `rows` rows of `count` numbers each; sums in Float64.
  package func run(
    rows: Int, count: Int, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    execution: Execution
  ) {
    nonisolated(unsafe) let (input, output) = (input, output)
    let perTask = max(1, (1 << 15) / max(count, 1))
    ThreadPool.run(count: (rows + perTask - 1) / perTask, jobs: execution.jobs) { task in
      for row in task * perTask..<min((task + 1) * perTask, rows) {
        output[row] = value(input + row * count, count)
      }
    }
  }

  private func value(_ x: UnsafePointer<Float>, _ count: Int) -> Float {
    @inline(__always) func fold(_ start: Double, _ f: (Double, Double) -> Double) -> Double {
      var result = start
      for i in 0..<count { result = f(result, Double(x[i])) }
      return result
    }
    let largest = { fold(-.infinity) { $1 > $0 || $1.isNaN ? $1 : $0 } }
    let result =
      switch self {
      case .mean: fold(0, +) / Double(count)
      case .sum: fold(0, +)
      case .maximum: largest()
      case .minimum: fold(.infinity) { $1 < $0 || $1.isNaN ? $1 : $0 }
      case .product: fold(1, *)
      case .norm1: fold(0) { $0 + Swift.abs($1) }
      case .norm2: fold(0) { $0 + $1 * $1 }.squareRoot()
      case .squares: fold(0) { $0 + $1 * $1 }
      case .logSum: log(fold(0, +))
      case .logSumExp:
        {
          let top = largest()
          guard top.isFinite else { return top }
          return top + log(fold(0) { $0 + exp($1 - top) })
        }()
      }
    return Float(result)
  }
}
