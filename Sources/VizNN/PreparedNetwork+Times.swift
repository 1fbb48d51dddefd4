/// How long a step of a network takes.
public struct StepTime: Sendable {
  /// The layers that run as one: a convolution with the batch normalisation, sum and activation behind it.
  public let nodes: [String]
  /// The median of all runs.
  public let milliseconds: Double
}

extension PreparedNetwork {
  /// Runs the network once and then `runs` times more with a clock in hand, step by step.
  public func times(
    of inputs: [String: Tensor], runs: Int, context: ForwardContext = ForwardContext()
  ) throws(NetworkError) -> [StepTime] {
    precondition(runs > 0, "\(runs) runs")
    _ = try forward(inputs, context: context)
    var durations: [[Duration]] = []
    for _ in 0..<runs {
      var run: [Duration] = []
      try forEachStep(of: inputs, context) { step in
        run.append(ContinuousClock().measure(step))
      }
      durations.append(run)
    }
    return stepNodes.enumerated().map { i, nodes in
      let sorted = durations.map { $0[i] }.sorted()
      return StepTime(nodes: nodes, milliseconds: sorted[runs / 2] / .milliseconds(1))
    }
  }
}
