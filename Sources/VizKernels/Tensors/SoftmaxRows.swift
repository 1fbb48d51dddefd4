#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Numbers along one dimension as probabilities, or the logarithms of these.
///
///     out[i] = exp(in[i] − max) / Σ exp(in[j] − max)
package struct SoftmaxRows: Sendable {
  package let isLogarithm: Bool
  package let length: Int
  package let inner: Int

  package init(isLogarithm: Bool, length: Int, inner: Int) {
    (self.isLogarithm, self.length, self.inner) = (isLogarithm, length, inner)
  }

  /// Columns that are worked on together where the dimension is not the last.
  private static let strip = 256
  /// Numbers below each other whose sum is made in Float32, the last of several in Float64.
  private static let run = 64

  /// `outer` × `length` × `inner` numbers.
  package func run(
    outer: Int, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    execution: Execution
  ) {
    nonisolated(unsafe) let (input, output) = (input, output)
    let kernels = execution.kernels.tensors
    let strips = (inner + Self.strip - 1) / Self.strip
    let perTask = max(1, (1 << 14) / max(length * min(inner, Self.strip), 1))
    let count = outer * strips
    ThreadPool.run(count: (count + perTask - 1) / perTask, jobs: execution.jobs) { task in
      for part in task * perTask..<min((task + 1) * perTask, count) {
        let (o, strip) = part.quotientAndRemainder(dividingBy: strips)
        let start = o * length * inner + strip * Self.strip
        if inner == 1 {
          row(input + start, output + start, kernels)
        } else {
          columns(
            min(Self.strip, inner - strip * Self.strip), input + start, output + start, kernels)
        }
      }
    }
  }

  /// Numbers that lie side by side.
  private func row(
    _ source: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ kernels: TensorKernels
  ) {
    var top = -Float.infinity
    for i in 0..<length where source[i] > top || source[i].isNaN { top = source[i] }
    kernels.exponentialRow(source, &top, 0, length, out)
    var sum = 0.0
    for i in stride(from: 0, to: length, by: Moments.run) {
      sum += Double(kernels.sumRow(out + i, min(Moments.run, length - i)))
    }
    if isLogarithm {
      let shift = Float(log(sum))
      for i in 0..<length { out[i] = source[i] - top - shift }
    } else {
      let factor = Float(1 / sum)
      for i in 0..<length { out[i] *= factor }
    }
  }

  /// Numbers below each other, of some columns.
  private func columns(
    _ count: Int, _ source: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>,
    _ kernels: TensorKernels
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * Self.strip) { room in
      guard let tops = room.baseAddress else { return }
      let sums = tops + Self.strip
      kernels.foldTaps(true, source, length, inner, 1, count, tops)
      for i in 0..<length {
        kernels.exponentialRow(source + i * inner, tops, 1, count, out + i * inner)
      }
      var totals = [Double](repeating: 0, count: count)
      for i in stride(from: 0, to: length, by: Self.run) {
        kernels.foldTaps(
          false, out + i * inner, min(Self.run, length - i), inner, 1, count, sums)
        for x in 0..<count { totals[x] += Double(sums[x]) }
      }
      for x in 0..<count { sums[x] = Float(isLogarithm ? log(totals[x]) : 1 / totals[x]) }
      for i in 0..<length {
        let (source, out) = (source + i * inner, out + i * inner)
        if isLogarithm {
          for x in 0..<count { out[x] = source[x] - tops[x] - sums[x] }
        } else {
          for x in 0..<count { out[x] *= sums[x] }
        }
      }
    }
  }
}
