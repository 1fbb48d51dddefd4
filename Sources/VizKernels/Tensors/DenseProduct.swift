/// The product of two matrices whose rows both run along the sum: a fully connected layer.
///
///     out[s, o] = clamp(bias[o] + Σₖ input[s, k] · weight[o, k])
package struct DenseProduct: Sendable {
  package let samples: Int
  package let outputs: Int
  package let depth: Int
  package var lower: Float = -.infinity
  package var upper: Float = .infinity

  package init(samples: Int, outputs: Int, depth: Int) {
    self.samples = samples
    self.outputs = outputs
    self.depth = depth
  }

  /// Rows of weights that are read from memory once and then meet every sample.
  private static let blockOutputs = 16

  package func run(
    input: UnsafePointer<Float>, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    nonisolated(unsafe) let (input, weight, bias, output) = (input, weight, bias, output)
    let kernels = execution.kernels.tensors
    let blocks = (outputs + Self.blockOutputs - 1) / Self.blockOutputs
    // Small products are done before another thread is awake.
    let jobs = samples * outputs * depth < 1 << 16 ? 1 : execution.jobs
    ThreadPool.run(count: blocks, jobs: jobs) { block in
      let first = block * Self.blockOutputs
      let count = min(Self.blockOutputs, outputs - first)
      var s = 0
      while s < samples {
        let inputs = min(kernels.dotInputs, samples - s)
        kernels.dotRows(
          inputs, count, depth, input + s * depth, depth, weight + first * depth, depth,
          bias.map { $0 + first }, lower, upper, output + s * outputs + first, outputs)
        s += inputs
      }
    }
  }
}
