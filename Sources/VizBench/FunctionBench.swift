internal import VizKernels

/// Numbers in a nanosecond that functions of one number make, and that come back through them.
struct FunctionBench {
  let options: BenchOptions

  private static let functions: [(name: String, function: Pointwise)] = [
    ("exp", .exp), ("log", .log), ("erf", .erf), ("sin", .sin), ("cos", .cos), ("tanh", .tanh),
    ("sigmoid", .sigmoid), ("softplus", .softplus(beta: 1, threshold: 20)), ("elu", .elu(alpha: 1)),
    ("selu", .selu), ("silu", .silu), ("gelu", .gelu), ("gelu-tanh", .geluTanh), ("mish", .mish),
    ("hardswish", .hardswish), ("leaky-relu", .leaky(slope: 0.01)),
  ]

  func run() {
    let execution = Execution()
    print("numbers in a nanosecond with \(execution.kernels.instructionSet)\n")
    print(
      "function".padded(12) + "jobs"
        + ["forward", "back"].map { $0.padded(10, right: true) }.joined())
    // As many as stay in the second cache.
    let numbers = (0..<1 << 14).map { Float($0) / 2048 - 4 }
    for jobs in options.jobs {
      for (name, function) in Self.functions where options.picks(name) {
        let speeds = measure(function, numbers, Execution(jobs: jobs))
        print(
          name.padded(12) + "\(jobs)".padded(4, right: true)
            + speeds.map { $0.fixed(2).padded(10, right: true) }.joined())
      }
    }
  }

  private func measure(
    _ function: Pointwise, _ numbers: [Float], _ execution: Execution
  ) -> [Double] {
    let gradient = [Float](repeating: 1, count: numbers.count)
    var out = gradient
    let times = [
      Measurement.median {
        function.apply(numbers, into: &out, count: numbers.count, execution: execution)
      },
      Measurement.median {
        function.applyGradient(
          gradient, numbers, into: &out, count: numbers.count, execution: execution)
      },
    ]
    return times.map { Double(numbers.count) / ($0 * 1e6) }
  }
}
