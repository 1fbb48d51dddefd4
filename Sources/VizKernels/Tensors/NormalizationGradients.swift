internal import CHints

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

  /// Brings every channel to mean 0 and variance 1, scales, shifts, adds and keeps numbers between bounds.
  ///
  ///     out = clamp((in − mean[c]) / √(variance[c] + epsilon) · weight[c] + bias[c] + addend)
  ///
  /// A channel is measured and normalised by one thread, while its numbers are near.
  package func normalize(
    _ input: UnsafePointer<Float>, weight: [Float]?, bias: [Float]?, epsilon: Float,
    ending: StoreEnding, into out: UnsafeMutablePointer<Float>, execution: Execution
  ) -> (means: [Double], variances: [Double]) {
    nonisolated(unsafe) let (input, out) = (input, out)
    let kernels = execution.kernels.tensors
    let (lower, upper) = ending.ownLimits
    return forChannels(execution) { c in
      var moments = Moments()
      for n in 0..<batch {
        fetchNext(n, c, input)
        moments.add(input + (n * channels + c) * size, count: size, kernels)
      }
      let factor = Double(weight?[c] ?? 1) / (moments.variance + Double(epsilon)).squareRoot()
      for n in 0..<batch {
        let start = (n * channels + c) * size
        fetchNext(n, c, input)
        fetchNext(n, c, out)
        kernels.scaleRow(
          input + start, Float(moments.mean), Float(factor), bias?[c] ?? 0, lower, upper, size,
          out + start)
        if ending.readsOthers {
          ending.apply(to: out, start, stride: size, rows: 1, count: size, kernels)
        }
      }
      return (moments.mean, moments.variance)
    }
  }

  /// The way back, by means and factors 1 / √(variance + epsilon); `out` is nil where nobody asks for it.
  ///
  ///     plain[c] = Σ gradient        centred[c] = Σ gradient · (in − mean[c])
  ///     out = w·f · (gradient − plain / count − f² · (in − mean) · centred / count)
  ///
  /// Where the statistics are not the batch's own, `out` is w·f · gradient.
  package func gradient(
    _ gradient: UnsafePointer<Float>, _ input: UnsafePointer<Float>, means: [Float],
    factors: [Double], weight: [Float]?, isOwn: Bool, into out: UnsafeMutablePointer<Float>?,
    execution: Execution
  ) -> (plain: [Double], centred: [Double]) {
    nonisolated(unsafe) let (gradient, input, out) = (gradient, input, out)
    let kernels = execution.kernels.tensors
    return forChannels(execution) { c in
      let (mean, factor) = (means[c], factors[c])
      var (plain, centred) = (0.0, 0.0)
      for n in 0..<batch {
        let start = (n * channels + c) * size
        fetchNext(n, c, gradient)
        fetchNext(n, c, input)
        for i in stride(from: start, to: start + size, by: Moments.run) {
          let length = min(Moments.run, start + size - i)
          plain += Double(kernels.sumRow(gradient + i, length))
          centred += Double(kernels.productsRow(gradient + i, input + i, mean, length))
        }
      }
      guard let out else { return (plain, centred) }
      let a = Double(weight?[c] ?? 1) * factor
      let share = isOwn ? a / Double(count) : 0
      for n in 0..<batch {
        let start = (n * channels + c) * size
        fetchNext(n, c, gradient)
        fetchNext(n, c, input)
        fetchNext(n, c, out)
        kernels.mixRow(
          gradient + start, input + start, mean, Float(a),
          Float(-share * factor * factor * centred), Float(-share * plain), size, out + start)
      }
      return (plain, centred)
    }
  }

  /// Asks for the beginning of a channel's plane in the image behind the `n`th: a processor that follows rows of
  /// numbers stops at the end of each, and planes of a channel lie far apart.
  private func fetchNext(_ n: Int, _ c: Int, _ tensor: UnsafePointer<Float>) {
    guard n + 1 < batch, size >= Self.leastFetched else { return }
    let next = tensor + ((n + 1) * channels + c) * size
    for i in stride(from: 0, to: min(size, Self.fetched), by: 16) { chints_prefetch(next + i) }
  }

  /// Numbers of a plane that are asked for ahead, and of those that are worth it.
  private static let fetched = 256
  private static let leastFetched = 16

  /// Two numbers for each channel.
  private func forChannels(
    _ execution: Execution, _ body: @Sendable (Int) -> (Double, Double)
  ) -> ([Double], [Double]) {
    let result = SampleBuffer(byteCount: max(2 * channels, 1) * 8)
    nonisolated(unsafe) let numbers = result.bytes.assumingMemoryBound(to: Double.self)
    let perTask = max(1, (1 << 14) / max(count, 1))
    ThreadPool.run(count: (channels + perTask - 1) / perTask, jobs: execution.jobs) { task in
      for c in task * perTask..<min((task + 1) * perTask, channels) {
        (numbers[c], numbers[channels + c]) = body(c)
      }
    }
    let all = result.elements(of: Double.self, count: 2 * channels)
    return (Array(all[..<channels]), Array(all[channels...]))
  }
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
