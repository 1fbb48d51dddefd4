#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The means and variances of channels over a batch, and how gradients go back through them.
///
///     mean[c] = Σ in[n, c, p] / count        variance[c] = Σ (in[n, c, p] − mean[c])² / count
///
/// - Source: Ioffe & Szegedy 2015, arXiv:1502.03167, section 3.
package struct BatchStatistics: Sendable {
  package let batch: Int
  package let channels: Int
  package let size: Int

  package init(batch: Int, channels: Int, size: Int) {
    self.batch = batch
    self.channels = channels
    self.size = size
  }

  package var count: Int { batch * size }

  private func forChannels(_ execution: Execution, _ body: @Sendable (Int) -> Void) {
    let perTask = max(1, (1 << 14) / max(count, 1))
    ThreadPool.run(count: (channels + perTask - 1) / perTask, jobs: execution.jobs) { task in
      for c in task * perTask..<min((task + 1) * perTask, channels) { body(c) }
    }
  }

  package func measure(
    _ input: UnsafePointer<Float>, execution: Execution
  ) -> (means: [Double], variances: [Double]) {
    nonisolated(unsafe) let input = input
    let result = SampleBuffer(byteCount: max(2 * channels, 1) * 8)
    nonisolated(unsafe) let numbers = result.bytes.assumingMemoryBound(to: Double.self)
    forChannels(execution) { c in
      var sum = 0.0
      for n in 0..<batch {
        sum += total(input + (n * channels + c) * size, count: size) { Double($0) }
      }
      let mean = sum / Double(count)
      var squares = 0.0
      for n in 0..<batch {
        squares += total(input + (n * channels + c) * size, count: size) {
          let distance = Double($0) - mean
          return distance * distance
        }
      }
      (numbers[c], numbers[channels + c]) = (mean, squares / Double(count))
    }
    let all = result.elements(of: Double.self, count: 2 * channels)
    return (Array(all[..<channels]), Array(all[channels...]))
  }

  /// For each channel Σ gradient and Σ gradient · (in − mean).
  package func sums(
    _ gradient: UnsafePointer<Float>, _ input: UnsafePointer<Float>, means: [Double],
    execution: Execution
  ) -> (plain: [Double], centred: [Double]) {
    nonisolated(unsafe) let (gradient, input) = (gradient, input)
    let result = SampleBuffer(byteCount: max(2 * channels, 1) * 8)
    nonisolated(unsafe) let numbers = result.bytes.assumingMemoryBound(to: Double.self)
    forChannels(execution) { c in
      var (plain, centred) = (0.0, 0.0)
      for n in 0..<batch {
        let start = (n * channels + c) * size
        let part = pairTotals(gradient + start, input + start, count: size, mean: means[c])
        plain += part.plain
        centred += part.centred
      }
      (numbers[c], numbers[channels + c]) = (plain, centred)
    }
    let all = result.elements(of: Double.self, count: 2 * channels)
    return (Array(all[..<channels]), Array(all[channels...]))
  }

  /// Mixes gradient and input by channel.
  ///
  ///     out = a[c] · gradient + b[c] · in + shift[c]
  package func combine(
    _ gradient: UnsafePointer<Float>, _ input: UnsafePointer<Float>, a: [Double], b: [Double],
    shift: [Double], into out: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    nonisolated(unsafe) let (gradient, input, out) = (gradient, input, out)
    let planes = batch * channels
    let perTask = max(1, (1 << 15) / max(size, 1))
    ThreadPool.run(count: (planes + perTask - 1) / perTask, jobs: execution.jobs) { task in
      for plane in task * perTask..<min((task + 1) * perTask, planes) {
        let c = plane % channels
        let (first, second, shift) = (a[c], b[c], shift[c])
        let start = plane * size
        let (g, x, o) = (gradient + start, input + start, out + start)
        for i in 0..<size { o[i] = Float(Double(g[i]) * first + Double(x[i]) * second + shift) }
      }
    }
  }
}

/// Σ gradient and Σ gradient · (in − mean), in four lanes that are added at the end.
private func pairTotals(
  _ gradient: UnsafePointer<Float>, _ input: UnsafePointer<Float>, count: Int, mean: Double
) -> (plain: Double, centred: Double) {
  var (plain, centred) = (SIMD4<Double>(), SIMD4<Double>())
  var i = 0
  while i + 4 <= count {
    for lane in 0..<4 {
      let g = Double(gradient[i + lane])
      plain[lane] += g
      centred[lane] += g * (Double(input[i + lane]) - mean)
    }
    i += 4
  }
  var (sum, other) = (plain.sum(), centred.sum())
  while i < count {
    sum += Double(gradient[i])
    other += Double(gradient[i]) * (Double(input[i]) - mean)
    i += 1
  }
  return (sum, other)
}

extension LocalResponse {
  /// in[c] pushes its own output, and those of its neighbours the other way.
  ///
  ///     out[c] = gradient[c] · s[c]^−beta − 2·alpha·beta/size · in[c] · Σ gradient[c′] · in[c′] · s[c′]^(−beta−1)
  ///
  /// over all c′ whose window has c, where s is the bracket that forward raises to beta.
  package func runGradient(
    input: UnsafePointer<Float>, gradient: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    nonisolated(unsafe) let (input, gradient, output) = (input, gradient, output)
    let factor = 2 * Double(alpha) * Double(beta) / Double(size)
    ThreadPool.run(count: batch, jobs: execution.jobs) { n in
      let start = n * channels * plane
      var (sums, shares) = ([Double](repeating: 0, count: channels), [Double]())
      shares = sums
      for i in 0..<plane {
        for c in 0..<channels {
          var squares = 0.0
          for other in max(0, c - size / 2)..<min(channels, c + (size - 1) / 2 + 1) {
            let value = Double(input[start + other * plane + i])
            squares += value * value
          }
          sums[c] = Double(k) + Double(alpha) / Double(size) * squares
          let place = start + c * plane + i
          shares[c] =
            Double(gradient[place]) * Double(input[place]) * pow(sums[c], -Double(beta) - 1)
        }
        for c in 0..<channels {
          var pushed = 0.0
          for other in max(0, c - (size - 1) / 2)..<min(channels, c + size / 2 + 1) {
            pushed += shares[other]
          }
          let place = start + c * plane + i
          output[place] = Float(
            Double(gradient[place]) * pow(sums[c], -Double(beta))
              - factor * Double(input[place]) * pushed)
        }
      }
    }
  }
}

/// The gradient of probabilities, or of their logarithms, by the numbers that they were made of.
///
///     out[i] = p[i] · (gradient[i] − Σ gradient[j] · p[j])       of probabilities p
///     out[i] = gradient[i] − exp(l[i]) · Σ gradient[j]           of logarithms l
package func softmaxGradient(
  isLogarithm: Bool, outer: Int, length: Int, inner: Int, result: UnsafePointer<Float>,
  gradient: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>, execution: Execution
) {
  nonisolated(unsafe) let (result, gradient, output) = (result, gradient, output)
  let perTask = max(1, (1 << 14) / max(length, 1))
  let rows = outer * inner
  ThreadPool.run(count: (rows + perTask - 1) / perTask, jobs: execution.jobs) { task in
    for row in task * perTask..<min((task + 1) * perTask, rows) {
      let start = row / inner * length * inner + row % inner
      let (y, g, out) = (result + start, gradient + start, output + start)
      var sum = 0.0
      for i in stride(from: 0, to: length * inner, by: inner) {
        sum += Double(g[i]) * (isLogarithm ? 1 : Double(y[i]))
      }
      for i in stride(from: 0, to: length * inner, by: inner) {
        out[i] =
          isLogarithm
          ? Float(Double(g[i]) - Double(expf(y[i])) * sum)
          : Float(Double(y[i]) * (Double(g[i]) - sum))
      }
    }
  }
}

extension AxisResampling {
  /// Gives every output's gradient to the inputs that it mixed.
  package func runGradient(
    outer: Int, inner: Int, gradient: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    execution: Execution
  ) {
    nonisolated(unsafe) let (gradient, output) = (gradient, output)
    let perTask = max(1, (1 << 15) / max(first.count * inner, 1))
    ThreadPool.run(count: (outer + perTask - 1) / perTask, jobs: execution.jobs) { task in
      for o in task * perTask..<min((task + 1) * perTask, outer) {
        let out = output + o * length * inner
        out.update(repeating: 0, count: length * inner)
        var source = gradient + o * first.count * inner
        for i in first.indices {
          let (a, b, weight) = (first[i], second[i], weight[i])
          if a >= 0 {
            for j in 0..<inner { out[a * inner + j] += (1 - weight) * source[j] }
            if weight != 0 {
              for j in 0..<inner { out[b * inner + j] += weight * source[j] }
            }
          }
          source += inner
        }
      }
    }
  }
}
