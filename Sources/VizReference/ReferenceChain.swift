/// A step of a chain, in the words of the judge.
package enum ReferenceStep: Sendable {
  case gray
  case kernels(ReferenceBank)
  case median(size: Int)
  /// The level and what is above it, in sample units.
  case threshold(level: Double, highest: Double)
  case canny(low: Double, high: Double, highest: Double)
}

/// A chain as the definition has it, step by step, with what a correct engine may hold.
///
/// Steps pass their results on as Float32; a median and canny round them first. These and a threshold
/// decide: what is next to a tie or a level falls to one side of it, and how far that is seen has no
/// bound. Where samples are not certain before such a step, the engine's own are judged there, and the
/// chain goes on with them.
package struct ReferenceChain {
  package let steps: [ReferenceStep]
  package let edge: ReferenceEdge
  /// The pictures' own sample type.
  package let depth: ReferenceSampleType
  /// Called with the step at work and how far it is.
  package var progress: (_ step: Int, _ done: Int, _ total: Int) -> Void = { _, _, _ in }

  package init(_ steps: [ReferenceStep], edge: ReferenceEdge, depth: ReferenceSampleType) {
    self.steps = steps
    self.edge = edge
    self.depth = depth
  }

  /// The engine's samples before a step that decides.
  package struct Checkpoint {
    package let step: Int
    package let plane: Int
    package let comparison: ReferenceComparison
  }

  package struct Outcome {
    /// One estimate for each plane of the result.
    package let estimates: [ReferenceEstimate]
    package let checkpoints: [Checkpoint]
  }

  /// Runs the chain on planes of samples: one, or red, green and blue.
  ///
  /// `engineSamples` gives the Float planes that the engine has after so many steps.
  package func run<E: Error>(
    on planes: [ReferencePlane], startsGray: Bool,
    engineSamples: (_ steps: Int) throws(E) -> [ReferencePlane]
  ) throws -> Outcome {
    var estimates = planes.map { ReferenceEstimate($0, type: depth) }
    if startsGray, estimates.count == 3 { estimates = [ReferenceEstimate(gray: estimates)] }
    var checkpoints: [Checkpoint] = []
    for (i, step) in steps.enumerated() {
      if case .gray = step {
        if estimates.count == 3 { estimates = [ReferenceEstimate(gray: estimates)] }
        continue
      }
      if let decision = decision(of: step),
        estimates.contains(where: { !$0.isCertain(under: decision) })
      {
        let samples = try engineSamples(i)
        for p in estimates.indices {
          checkpoints.append(
            Checkpoint(
              step: i, plane: p,
              comparison: ReferenceComparison(samples[p], with: estimates[p], as: .float)))
          estimates[p].settle(on: samples[p])
        }
      }
      let count = estimates.count
      for p in estimates.indices {
        try apply(step, to: &estimates[p], isLast: i == steps.count - 1) {
          progress(i, p * $1 + $0, count * $1)
        }
      }
    }
    return Outcome(estimates: estimates, checkpoints: checkpoints)
  }

  /// What a step does to its samples first that a small error may turn; nil where that grows with
  /// the error.
  private func decision(of step: ReferenceStep) -> ((Double) -> Double)? {
    switch step {
    case .gray, .kernels: return nil
    case .median, .canny: return { depth.finished($0) }
    case .threshold(let level, _): return { $0 > level ? 1 : 0 }
    }
  }

  private func apply(
    _ step: ReferenceStep, to estimate: inout ReferenceEstimate, isLast: Bool,
    _ progress: ReferenceProgress
  ) throws(ReferenceError) {
    switch step {
    case .gray: break
    case .kernels(let bank):
      try estimate.apply(bank, edge: edge, output: isLast ? depth : nil, progress: progress)
    case .median(let size):
      try estimate.decide(as: depth) { plane throws(ReferenceError) in
        try plane.finished(as: depth).median(size: size, edge: edge, progress: progress)
      }
    case .threshold(let level, let highest):
      try estimate.decide(as: estimate.type) { plane in
        plane.thresholded(above: level, highest: highest)
      }
    case .canny(let low, let high, let highest):
      try estimate.decide(as: depth) { plane throws(ReferenceError) in
        try plane.finished(as: depth).canny(low: low, high: high, edge: edge, highest: highest)
      }
    }
  }
}
