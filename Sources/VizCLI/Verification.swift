internal import VizCNN
internal import VizReference

/// A chain's result on one picture, held against the Float64 reference and, where it has the case,
/// against OpenCV.
struct Verification {
  /// One plane of the result beside one judge's.
  struct Row {
    let judge: String
    let plane: String
    let comparison: ReferenceComparison
    /// Whether samples are rounded, so that they differ at ties only.
    var isRounded = true
    /// Whether a difference that the judge does not allow condemns the result.
    var decides = true
  }

  private(set) var rows: [Row] = []
  /// What judges could not decide, and why.
  private(set) var remarks: [String] = []

  /// Whether nothing contradicts the result.
  var isProven: Bool { rows.allSatisfy { !$0.decides || $0.comparison.violations == 0 } }
  /// Whether a judge has decided on more than the way to gray.
  var isJudged: Bool { rows.contains { $0.decides && $0.plane != Self.grayName } }

  private static let grayName = "to gray"
  private static let reference = "Float64 reference"

  init(
    _ image: Image, steps: [ParsedStep], chain: FilterChain, jobs: Int,
    progress: @escaping (_ work: String, _ done: Int, _ total: Int) -> Void
  ) throws {
    let result = try chain.apply(to: image, jobs: jobs)
    let names = result.planes.count == 3 ? ["red", "green", "blue"] : ["gray"]
    let oracle = OracleComparison(image: image, steps: steps, chain: chain)
    if chain.startsGray, image.layout.hasColor {
      ask { () throws(OracleError) in try [oracle.grayRow(plane: Self.grayName)] }
    }
    do {
      var reference = try ReferenceChain(steps, chain: chain, depth: image.sampleType)
      reference.progress = { step, done, total in
        progress(steps[step].step.name, done, total)
      }
      try judge(image, chain, reference, result.planes, names, jobs)
    } catch let error as NoJudge {
      remarks.append("\(Self.reference): \(error.reason)")
    } catch let error as ReferenceError {
      remarks.append("\(Self.reference): \(error)")
    }
    ask { () throws(OracleError) in try oracle.rows(engine: result.planes, names: names) }
    if let note = oracle.reservation, rows.contains(where: { !$0.decides }) { remarks.append(note) }
  }

  /// What OpenCV says, or why it says nothing.
  private mutating func ask(_ question: () throws(OracleError) -> [Row]) {
    do throws(OracleError) {
      rows += try question()
    } catch {
      remarks.append(error.description)
    }
  }

  /// Channel by channel, so that only one is in memory, unless they become one on the way.
  private mutating func judge(
    _ image: Image, _ chain: FilterChain, _ reference: ReferenceChain, _ engine: [Plane],
    _ names: [String], _ jobs: Int
  ) throws {
    let sources = image.colorPlanes
    let becomesGray = chain.startsGray || chain.steps.contains { $0.name == "gray" }
    let groups = becomesGray ? [Array(sources.indices)] : sources.indices.map { [$0] }
    for group in groups {
      let outcome = try reference.run(
        on: group.map { ReferencePlane(sources[$0]) }, startsGray: chain.startsGray
      ) { count throws in
        let before = try chain.prefix(count).apply(to: image, output: .float, jobs: jobs)
        return (before.planes.count == 1 ? before.planes : group.map { before.planes[$0] })
          .map(ReferencePlane.init)
      }
      for checkpoint in outcome.checkpoints {
        let name = names[becomesGray ? checkpoint.plane : group[checkpoint.plane]]
        rows.append(
          Row(
            judge: "\(Self.reference), before \(chain.steps[checkpoint.step].name)", plane: name,
            comparison: checkpoint.comparison, isRounded: false))
      }
      for (p, estimate) in outcome.estimates.enumerated() {
        let plane = becomesGray ? p : group[p]
        rows.append(
          Row(
            judge: Self.reference, plane: names[plane],
            comparison: ReferenceComparison(
              ReferencePlane(engine[plane]), with: estimate, as: reference.depth),
            isRounded: image.sampleType.isInteger))
      }
    }
  }
}

extension FilterChain {
  /// The first steps, as they run within the chain.
  fileprivate func prefix(_ count: Int) throws(ImageError) -> FilterChain {
    let first = Array(steps.prefix(count))
    var options = options
    options.color = startsGray ? .gray : .perChannel
    options.alpha = .drop
    let isLater = steps.dropFirst(count).contains { step in
      if case .kernels = step.kind(depth: .uint8) { true } else { false }
    }
    if isLater { (options.scale, options.offset) = (nil, nil) }  // They are the last kernel's.
    if !first.contains(where: \.isOwnKernel) { options.anchor = nil }
    return try FilterChain(first, options: options)
  }
}
