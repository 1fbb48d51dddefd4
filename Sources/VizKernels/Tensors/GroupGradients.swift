/// How gradients go back through planes that were brought to mean 0 and variance 1 by their own numbers, a
/// group of channels at a time.
///
///     out = (w·gradient − mean(w·gradient) − x̂ · mean(w·gradient·x̂)) / √(variance + epsilon)
///
/// where x̂ is the normalised number and w its channel's scale.
///
/// - Source: Ba et al. 2016, arXiv:1607.06450; Wu & He 2018, arXiv:1803.08494.
package struct GroupGradient: Sendable {
  package let batch: Int
  package let groups: Int
  /// Channels of a group, and numbers of a channel.
  package let channels: Int
  package let size: Int
  package let epsilon: Float

  package init(batch: Int, groups: Int, channels: Int, size: Int, epsilon: Float) {
    self.batch = batch
    self.groups = groups
    self.channels = channels
    self.size = size
    self.epsilon = epsilon
  }

  /// `scale` has a number for every channel.
  ///
  /// - Returns: the gradients of every channel's scale and shift.
  package func run(
    input: UnsafePointer<Float>, gradient: UnsafePointer<Float>, scale: [Float],
    output: UnsafeMutablePointer<Float>, execution: Execution
  ) -> (scale: [Float], shift: [Float]) {
    let all = groups * channels
    precondition(scale.count == all, "\(scale.count) scales for \(all) channels")
    let sums = SampleBuffer(byteCount: max(2 * batch * all, 1) * 8)
    nonisolated(unsafe) let parts = sums.bytes.assumingMemoryBound(to: Double.self)
    nonisolated(unsafe) let (input, gradient, output) = (input, gradient, output)
    let jobs = batch * all * size < 1 << 14 ? 1 : execution.jobs
    ThreadPool.run(count: batch * groups, jobs: jobs) { task in
      let start = task * channels * size
      run(
        input + start, gradient + start, scale, first: task % groups * channels,
        into: output + start, centred: parts + task * channels,
        plain: parts + (batch * groups + task) * channels)
    }
    let numbers = sums.elements(of: Double.self, count: 2 * batch * all)
    func total(_ offset: Int) -> [Float] {
      (0..<all).map { c in
        Float((0..<batch).reduce(0) { $0 + numbers[offset + $1 * all + c] })
      }
    }
    return (total(0), total(batch * all))
  }

  private func run(
    _ input: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>, _ scale: [Float], first: Int,
    into out: UnsafeMutablePointer<Float>, centred: UnsafeMutablePointer<Double>,
    plain: UnsafeMutablePointer<Double>
  ) {
    let count = channels * size
    let mean = total(input, count: count) { Double($0) } / Double(count)
    let squares = total(input, count: count) {
      let distance = Double($0) - mean
      return distance * distance
    }
    let factor = 1 / (squares / Double(count) + Double(epsilon)).squareRoot()
    var (pulled, turned) = (0.0, 0.0)
    for c in 0..<channels {
      var (sum, product) = (0.0, 0.0)
      for i in c * size..<(c + 1) * size {
        sum += Double(gradient[i])
        product += Double(gradient[i]) * (Double(input[i]) - mean)
      }
      (plain[c], centred[c]) = (sum, product * factor)
      pulled += Double(scale[first + c]) * sum
      turned += Double(scale[first + c]) * centred[c]
    }
    (pulled, turned) = (pulled / Double(count), turned / Double(count))
    for c in 0..<channels {
      let scale = Double(scale[first + c])
      for i in c * size..<(c + 1) * size {
        let normal = (Double(input[i]) - mean) * factor
        out[i] = Float((scale * Double(gradient[i]) - pulled - normal * turned) * factor)
      }
    }
  }
}
