#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Planes that are scaled and shifted, each by its channel's numbers or by its own mean and variance.
package struct PlaneScaling: Sendable {
  package let planes: Int
  package let channels: Int
  /// Numbers of one plane.
  package let size: Int

  package init(planes: Int, channels: Int, size: Int) {
    self.planes = planes
    self.channels = channels
    self.size = size
  }

  private func forPlanes(_ execution: Execution, _ body: @Sendable (Int) -> Void) {
    let perTask = max(1, (1 << 15) / max(size, 1))
    ThreadPool.run(count: (planes + perTask - 1) / perTask, jobs: execution.jobs) { task in
      for plane in task * perTask..<min((task + 1) * perTask, planes) { body(plane) }
    }
  }

  /// Scales and shifts by channel, and keeps numbers between bounds; `output` is other memory than `input`.
  ///
  ///     out = clamp(scale[c] · in + shift[c])
  package func run(
    input: UnsafePointer<Float>, scale: [Float], shift: [Float], lower: Float = -.infinity,
    upper: Float = .infinity, output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    precondition(scale.count == channels && shift.count == channels)
    nonisolated(unsafe) let (input, output) = (input, output)
    let row = execution.kernels.tensors.scaleRow
    forPlanes(execution) { plane in
      let (scale, shift) = (scale[plane % channels], shift[plane % channels])
      row(input + plane * size, 0, scale, shift, lower, upper, size, output + plane * size)
    }
  }

  /// Brings every plane to mean 0 and variance 1, then scales and shifts.
  ///
  ///     out = (in − mean) / √(variance + epsilon) · scale[c] + shift[c]
  package func normalize(
    input: UnsafePointer<Float>, epsilon: Float, scale: [Float], shift: [Float],
    output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    precondition(scale.count == channels && shift.count == channels)
    nonisolated(unsafe) let (input, output) = (input, output)
    let kernels = execution.kernels.tensors
    forPlanes(execution) { plane in
      let (source, out) = (input + plane * size, output + plane * size)
      var moments = Moments()
      moments.add(source, count: size, kernels)
      let deviation = (moments.variance + Double(epsilon)).squareRoot()
      let factor = Double(scale[plane % channels]) / deviation
      kernels.scaleRow(
        source, Float(moments.mean), Float(factor), shift[plane % channels], -.infinity, .infinity,
        size, out)
    }
  }
}

/// Numbers divided by what their neighbours in other channels add up to.
///
///     out[c] = in[c] / (k + alpha / size · Σ in[c′]²)^beta,   c − size/2 ≤ c′ ≤ c + (size − 1)/2
package struct LocalResponse: Sendable {
  package let batch: Int
  package let channels: Int
  package let plane: Int
  package let size: Int
  package let alpha: Float
  package let beta: Float
  package let k: Float

  package init(
    batch: Int, channels: Int, plane: Int, size: Int, alpha: Float, beta: Float, k: Float
  ) {
    self.batch = batch
    self.channels = channels
    self.plane = plane
    self.size = size
    self.alpha = alpha
    self.beta = beta
    self.k = k
  }

  package func run(
    input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    nonisolated(unsafe) let (input, output) = (input, output)
    ThreadPool.run(count: batch * channels, jobs: execution.jobs) { task in
      let (n, c) = task.quotientAndRemainder(dividingBy: channels)
      let image = input + n * channels * plane
      let out = output + task * plane
      let window = max(0, c - size / 2)..<min(channels, c + (size - 1) / 2 + 1)
      for i in 0..<plane {
        var squares: Float = 0
        for other in window {
          let value = image[other * plane + i]
          squares += value * value
        }
        out[i] = image[c * plane + i] / powf(k + alpha / Float(size) * squares, beta)
      }
    }
  }
}
