package import VizImage
package import VizKernels
package import VizReference

/// One plane, one bank and one edge mode, run on every instruction set and held against the judge.
package struct Trial {
  let plane: Plane
  let bank: KernelBank
  let edge: EdgeMode
  let executions: [Execution]

  package init(
    plane: Plane, bank: KernelBank, edge: EdgeMode,
    executions: [Execution] = KernelTable.usable.map { Execution(kernels: $0, jobs: 1) }
  ) {
    self.plane = plane
    self.bank = bank
    self.edge = edge
    self.executions = executions
  }

  /// What is wrong, in words; empty where everything is as the contract demands.
  ///
  /// Where the reference refuses a case, the engine has to refuse it too. Of the ways, those are tried
  /// that the kernels can take, the planner's own or not.
  package func failures(
    outputs: [SampleType] = SampleType.allCases,
    ways: [ConvolutionPlan.Way] = ConvolutionPlan.Way.allCases
  ) throws -> [String] {
    guard let exact = try? ReferencePlane(plane).response(to: bank, edge: edge) else {
      do throws(ImageError) {
        _ = try plane.filtered(
          with: bank, edge: edge, output: .float, execution: Execution(jobs: 1))
        return ["\(name): accepted, where the reference refuses"]
      } catch {
        return []
      }
    }
    var failures: [String] = []
    for way in ways {
      let plans = outputs.map {
        ConvolutionPlan(for: bank, source: plane.sampleType, output: $0, way: way)
      }
      guard plans.contains(where: { $0.way == way }) else { continue }
      let isExact = plans.allSatisfy { $0.way != way || $0.isExact }
      let tolerance = try isExact ? nil : tolerance(of: way)
      for (plan, output) in zip(plans, outputs) where plan.way == way {
        failures += try self.failures(plan, output, exact: exact, tolerance: tolerance)
      }
    }
    return failures
  }

  private func tolerance(of way: ConvolutionPlan.Way) throws -> ReferencePlane {
    try way == .fourier
      ? ReferencePlane(plane).fourierTolerance(for: bank, edge: edge)
      : ReferencePlane(plane).floatTolerance(for: bank, edge: edge)
  }

  private func failures(
    _ plan: ConvolutionPlan, _ output: SampleType, exact: ReferencePlane,
    tolerance: ReferencePlane?
  ) throws -> [String] {
    let verdict = Verdict(
      plan: plan, output: output, slack: Verdict.slack(plan, bank, plane, edge))
    var failures: [String] = []
    for execution in executions {
      let (result, clipping) = try plane.filtered(
        with: bank, edge: edge, output: output, execution: execution, way: plan.way)
      let place = "\(name) → \(output), \(plan), \(execution.kernels.instructionSet)"
      if let found = verdict.firstDifference(result, exact: exact, tolerance: tolerance) {
        failures.append("\(place): \(found)")
      }
      let lost = Verdict.clipping(of: exact, as: output)
      if plan.isExact, verdict.slack == 0, (clipping.below, clipping.above) != lost {
        failures.append(
          "\(place): \(clipping.below) clipped below and \(clipping.above) above instead of "
            + "\(lost.below) and \(lost.above)")
      }
    }
    return failures
  }

  private var name: String {
    "\(plane.width)×\(plane.height) \(plane.sampleType), kernel \(bank.width)×\(bank.height) "
      + "at \(bank.kernels[0].anchorX),\(bank.kernels[0].anchorY), edge \(edge)"
  }
}

/// What the contract demands of a result.
package struct Verdict {
  let plan: ConvolutionPlan
  let output: SampleType
  /// What Float64 itself may lose, in the reference as in the engine: 0 where whole-number sums
  /// stay below 2⁵³.
  let slack: Double

  package init(plan: ConvolutionPlan, output: SampleType, slack: Double = 0) {
    self.plan = plan
    self.output = output
    self.slack = slack
  }

  /// Where the result and the truth part, in words; without a tolerance, sums lose nothing.
  package func firstDifference(
    _ result: Plane, exact: ReferencePlane, tolerance: ReferencePlane?
  ) -> String? {
    guard result.width == exact.width, result.height == exact.height else {
      return "\(result.width)×\(result.height) instead of \(exact.width)×\(exact.height)"
    }
    let type = ReferenceSampleType(output)
    for (i, sample) in result.values.enumerated() {
      let truth = exact.values[i]
      let tolerance = tolerance?.values[i] ?? 0
      let isRight =
        if !truth.isFinite {
          output == .float
            ? sample == truth || sample.isNaN && truth.isNaN : sample == type.finished(truth)
        } else if output == .float {
          abs(sample - truth)
            <= (plan.isExact ? 0 : tolerance) + abs(truth) * 0x1p-24 + slack
        } else if plan.isExact {
          OracleExpectation.within(slack).accepts(sample, exact: truth, as: type)
        } else {
          OracleExpectation.within(max(0x1p-10, plan.isReal ? tolerance : 0) + slack)
            .accepts(sample, exact: truth, as: type)
        }
      if !isRight {
        return "\(i % result.width),\(i / result.width): \(sample) instead of \(truth)"
      }
    }
    return nil
  }

  /// n · 2⁻⁵² · |scale| · Σ|k| · max|p| where a sum, or its product with the sum of the taps, does
  /// not fit a Float64.
  package static func slack(
    _ plan: ConvolutionPlan, _ bank: KernelBank, _ plane: Plane, _ edge: EdgeMode
  ) -> Double {
    guard let range = plan.sumRange else { return 0 }
    let weight = bank.kernels.map { $0.taps.reduce(0) { $0 + abs($1) } }.max() ?? 0
    let bound = max(-range.lowerBound, range.upperBound)
    let largest = max(-plane.sampleType.range.lowerBound, plane.sampleType.range.upperBound)
    let units = plan.isExact ? bound : .infinity
    if units * (edge == .renormalize ? max(1, weight) : 1) < 0x1p53 { return 0 }
    return Double(plan.tapCount + 2) * 0x1p-52 * abs(bank.scale) * weight * largest
  }

  /// Responses below and above what the samples hold.
  package static func clipping(
    of exact: ReferencePlane, as output: SampleType
  ) -> (below: Int, above: Int) {
    guard output.isInteger else { return (0, 0) }
    let rounded = exact.values.map { $0.rounded(.toNearestOrEven) }
    return (
      rounded.count { $0 < output.range.lowerBound }, rounded.count { $0 > output.range.upperBound }
    )
  }
}

extension ConvolutionPlan {
  /// Float samples, whose sums are float32.
  package var isReal: Bool { sumRange == nil }
}
