#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A function of two numbers.
package enum PairOperation: Sendable {
  case add, subtract, multiply, divide, power, maximum, minimum
}

/// Two tensors of which each lacks or repeats dimensions of the result.
///
///     out[i, j, …] = f(a[i or 0, j or 0, …], b[i or 0, j or 0, …])
package struct Broadcast: Sendable {
  /// Lengths of the result, neighbours merged where both tensors go on in step.
  private var lengths: [Int] = []
  private var aStrides: [Int] = []
  private var bStrides: [Int] = []

  /// Shapes of the same rank, where a length is the result's or 1.
  package init(a: [Int], b: [Int], out: [Int]) {
    precondition(a.count == out.count && b.count == out.count, "shapes of different ranks")
    var (aStride, bStride) = (1, 1)
    for i in out.indices.reversed() {
      let (aStep, bStep) = (a[i] == 1 ? 0 : aStride, b[i] == 1 ? 0 : bStride)
      (aStride, bStride) = (aStride * a[i], bStride * b[i])
      if out[i] == 1 { continue }
      if let length = lengths.first, aStep == length * aStrides[0], bStep == length * bStrides[0] {
        lengths[0] *= out[i]
      } else {
        lengths.insert(out[i], at: 0)
        aStrides.insert(aStep, at: 0)
        bStrides.insert(bStep, at: 0)
      }
    }
  }

  package func apply(
    _ operation: PairOperation, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    into out: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    nonisolated(unsafe) let (a, b, out) = (a, b, out)
    guard !lengths.contains(0) else { return }
    let count = lengths.last ?? 1
    let rows = lengths.dropLast().reduce(1, *)
    let rowsPerTask = max(1, (1 << 15) / count)
    ThreadPool.run(count: (rows + rowsPerTask - 1) / rowsPerTask, jobs: execution.jobs) { task in
      for row in task * rowsPerTask..<min((task + 1) * rowsPerTask, rows) {
        let (aStart, bStart) = starts(row)
        Self.row(
          operation, a + aStart, aStrides.last ?? 0, b + bStart, bStrides.last ?? 0,
          out + row * count, count)
      }
    }
  }

  private func starts(_ row: Int) -> (a: Int, b: Int) {
    var (row, aStart, bStart) = (row, 0, 0)
    for i in lengths.indices.dropLast().reversed() {
      let (rest, index) = row.quotientAndRemainder(dividingBy: lengths[i])
      aStart += index * aStrides[i]
      bStart += index * bStrides[i]
      row = rest
    }
    return (aStart, bStart)
  }

  /// One row; a step is 0 or 1.
  private static func row(
    _ operation: PairOperation, _ a: UnsafePointer<Float>, _ aStep: Int,
    _ b: UnsafePointer<Float>, _ bStep: Int, _ out: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    @inline(__always) func map(_ f: (Float, Float) -> Float) {
      switch (aStep, bStep) {
      case (1, 1): for i in 0..<count { out[i] = f(a[i], b[i]) }
      case (1, _):
        let b = b[0]
        for i in 0..<count { out[i] = f(a[i], b) }
      default: for i in 0..<count { out[i] = f(a[i * aStep], b[i * bStep]) }
      }
    }
    switch operation {
    case .add: map { $0 + $1 }
    case .subtract: map { $0 - $1 }
    case .multiply: map { $0 * $1 }
    case .divide: map { $0 / $1 }
    case .power: map { powf($0, $1) }
    case .maximum: map { $1 > $0 || $1 != $1 ? $1 : $0 }
    case .minimum: map { $1 < $0 || $1 != $1 ? $1 : $0 }
    }
  }
}
