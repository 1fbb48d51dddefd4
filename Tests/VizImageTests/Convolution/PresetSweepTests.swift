import Testing
import VizImage
import VizKernels
import VizReference
import VizTestSupport

/// Every preset that is made of kernels, under every edge mode, against the Float64 reference.
@Suite("Preset sweep")
struct PresetSweepTests {
  static let names = FilterRegistry.all.map(\.name).filter { name in
    if case .kernels = kind(name, .uint8) { true } else { false }
  }
  static let edges = EdgeMode.all + [.pad(37)]
  /// Straddles vectors of 8 to 64 samples.
  static let widths = [
    1, 2, 3, 4, 5, 7, 8, 9, 13, 15, 16, 17, 23, 31, 32, 33, 47, 63, 64, 65, 95, 127, 128, 129, 130,
  ]

  static func kind(_ name: String, _ depth: SampleType) -> FilterKind {
    do {
      return try FilterStep(preset: name).kind(depth: depth)
    } catch {
      preconditionFailure("\(error)")
    }
  }

  @Test("equals the reference", arguments: names, edges)
  func equalsReference(name: String, edge: EdgeMode) throws {
    var random = SplitMix64(seed: 7)
    for source in SampleType.allCases {
      guard case .kernels(let bank) = Self.kind(name, source) else { continue }
      for (i, width) in Self.widths.enumerated() {
        let height = Int.random(in: 1...6, using: &random)
        let plane = Plane.random(
          width: width, height: height, type: source, seed: UInt64(width * 100 + height))
        // All outputs at some sizes, one in turn at the others.
        let outputs =
          i % 8 == 0 ? SampleType.allCases : [SampleType.allCases[(i + source.byteCount) % 4]]
        try check(plane, bank, edge, outputs)
      }
    }
  }

  private func check(
    _ plane: Plane, _ bank: KernelBank, _ edge: EdgeMode, _ outputs: [SampleType]
  ) throws {
    guard let exact = try? ReferencePlane(plane).response(to: bank, edge: edge) else {
      #expect(throws: ImageError.self) {
        try plane.filtered(with: bank, edge: edge, output: .float, execution: Execution(jobs: 1))
      }
      return
    }
    let tolerance = try ReferencePlane(plane).floatTolerance(for: bank, edge: edge)
    for output in outputs {
      for table in KernelTable.usable {
        let execution = Execution(kernels: table, jobs: 1)
        let result = try plane.filtered(
          with: bank, edge: edge, output: output, execution: execution
        ).plane
        let plan = ConvolutionPlan(for: bank, source: plane.sampleType, output: output)
        let difference = Verdict(plan: plan, output: output)
          .firstDifference(result, exact: exact, tolerance: tolerance)
        #expect(
          difference == nil,
          "\(plane.sampleType) → \(output), \(plane.width)×\(plane.height), \(table.instructionSet)"
        )
      }
    }
  }
}

/// What the contract demands of a result.
struct Verdict {
  let plan: ConvolutionPlan
  let output: SampleType

  /// Where the result and the truth part, in words.
  func firstDifference(
    _ result: Plane, exact: ReferencePlane, tolerance: ReferencePlane
  ) -> String? {
    guard result.width == exact.width, result.height == exact.height else {
      return "\(result.width)×\(result.height) instead of \(exact.width)×\(exact.height)"
    }
    let type = ReferenceSampleType(output)
    for (i, sample) in result.values.enumerated() {
      let truth = exact.values[i]
      let isRight =
        if output == .float {
          abs(sample - truth)
            <= (plan.isExact ? abs(truth) * 0x1p-24 : tolerance.values[i] + abs(truth) * 0x1p-24)
        } else if plan.isExact {
          sample == type.finished(truth)
        } else {
          OracleExpectation.within(max(0x1p-10, plan.isReal ? tolerance.values[i] : 0))
            .accepts(sample, exact: truth, as: type)
        }
      if !isRight {
        return "\(i % result.width),\(i / result.width): \(sample) instead of \(truth)"
      }
    }
    return nil
  }
}

extension ConvolutionPlan {
  /// Float samples, whose sums are float32.
  var isReal: Bool { sumRange == nil }
}
