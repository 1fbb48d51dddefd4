internal import VizCNN
internal import VizReference

/// The chain as the judge computes it: Float64, no code of the engine, with a bound of how far a
/// correct engine may be from it.
///
///     lower ≤ engine ≤ upper,   both rounded and saturated as the result is
///
/// The bound is 0 where the engine's sums are exact (whole numbers and dyadic fractions on integer
/// samples); else it grows from step to step with what Float32 sums may lose.
struct ReferenceChain {
  struct Verdict {
    let exact: ReferencePlane
    let lower: ReferencePlane
    let upper: ReferencePlane
  }

  /// Why there is no verdict.
  struct NoJudge: Error {
    let reason: String
  }

  private let depth: ReferenceSampleType
  private let edge: ReferenceEdge
  private var planes: [ReferencePlane]
  /// What the samples are to the engine at this point.
  private var type: ReferenceSampleType
  /// How far a correct engine may be from `planes`.
  private(set) var bound = 0.0
  // max |sample|
  private var largest: Double
  private var threshold: (level: Double, highest: Double)?

  init(_ image: Image, chain: FilterChain) throws {
    depth = ReferenceSampleType(image.sampleType)
    type = depth
    edge = ReferenceEdge(chain.options.edge)
    planes = image.colorPlanes.map(ReferencePlane.init)
    largest = depth.largestMagnitude ?? planes.flatMap(\.values).map(abs).max() ?? 1
    if case .pad(let value) = edge { largest = max(largest, abs(value)) }
    if chain.startsGray { makeGray() }
  }

  /// Runs the chain.
  ///
  /// - Returns: one verdict for each plane of the result.
  mutating func run(_ steps: [ParsedStep], chain: FilterChain, depth: SampleType) throws
    -> [Verdict]
  {
    for (i, filter) in chain.filters(depth: depth).enumerated() {
      if let threshold { finishThreshold(threshold) }
      let isLast = i == steps.count - 1
      switch filter {
      case .gray: makeGray()
      case .kernels(let bank): try apply(bank, isLast: isLast)
      case .operation(let operation):
        if operation.needsRoundedSamples { round() }
        try apply(steps[i], side: operation.windowSide)
      }
    }
    return planes.map { plane in
      guard let threshold else {
        return Verdict(
          exact: plane.finished(as: self.depth),
          lower: plane.finished(as: self.depth, offset: -bound),
          upper: plane.finished(as: self.depth, offset: bound))
      }
      func above(_ shift: Double) -> ReferencePlane {
        plane.finished(as: .float, offset: shift).thresholded(
          above: threshold.level, highest: threshold.highest)
      }
      return Verdict(exact: above(0), lower: above(-bound), upper: above(bound))
    }
  }

  private mutating func makeGray() {
    guard planes.count == 3 else { return }
    planes = [.gray(red: planes[0], green: planes[1], blue: planes[2], type: type)]
    // Float weights that sum to 1, and three roundings.
    if type == .float { bound += 3 * 0x1p-23 * largest }
  }

  private mutating func apply(_ bank: KernelBank, isLast: Bool) throws {
    let kernels = bank.kernels.map(ReferenceKernel.init)
    let edge = edge
    planes = try planes.map { plane in
      let responses = try kernels.map { kernel throws in
        try plane.correlated(with: kernel, edge: edge)
      }
      let joined: ReferencePlane =
        switch bank.combination {
        case .single: responses[0]
        case .magnitude: .magnitude(responses[0], responses[1])
        case .maximum: .maximum(responses[0], Array(responses.dropFirst()))
        }
      // Scaled only; rounding and saturation come at the end.
      return joined.finished(as: .float, scale: bank.scale, offset: bank.offset)
    }
    let weight = kernels.map(\.magnitudeSum).max() ?? 0
    let joint = bank.combination == .magnitude ? weight * 2.0.squareRoot() : weight
    let count = Double(kernels[0].taps.count { $0 != 0 } + 1)
    let reach = abs(bank.scale) * joint * largest
    // Whole numbers below 2²⁴ are what Float32 sums and keeps without loss; its frequencies do not.
    let isSummed =
      type != .float
      || ConvolutionPlan(for: bank, source: .float, output: .float).way != .fourier
    let isWhole =
      isSummed && bound == 0 && joint * largest + abs(bank.offset) < 0x1p24
      && kernels.allSatisfy { $0.taps.allSatisfy { $0 == $0.rounded() } }
      && holdWholeNumbers(planes)
    let ownError: Double
    if isWhole {
      ownError = 0
    } else if type == .float {
      ownError = (count + 2) * 0x1p-23 * reach
    } else if kernels.allSatisfy({ $0.taps.allSatisfy(Self.isDyadic) }) {
      ownError = edge == .renormalize ? 0x1p-30 * reach : 0
    } else {
      // What the planner allows before it turns to Float64: a distance from rounding ties.
      ownError = depth == .float || !isLast ? (count + 2) * 0x1p-23 * reach : 0x1p-10
    }
    bound = bound * abs(bank.scale) * joint + ownError
    largest = reach + abs(bank.offset)
    if !isLast || depth == .float, !isWhole {
      bound += 0x1p-24 * largest  // kept as Float32 until the next step
    }
    type = .float
  }

  private func holdWholeNumbers(_ planes: [ReferencePlane]) -> Bool {
    planes.allSatisfy { plane in plane.values.allSatisfy { $0 == $0.rounded() } }
  }

  /// What is rounded before an operation falls on either side of a tie, where one is within the bound.
  private mutating func round() {
    guard depth != .float, type == .float else { return }
    let (depth, bound) = (depth, bound)
    let isCertain = planes.allSatisfy { plane in
      plane.values.allSatisfy { depth.finished($0 - bound) == depth.finished($0 + bound) }
    }
    planes = planes.map { $0.finished(as: depth) }
    self.bound = isCertain ? 0 : bound + 1
    type = depth
    largest = depth.largestMagnitude ?? largest
  }

  private mutating func apply(_ step: ParsedStep, side: Int) throws {
    switch step.step.name {
    case "median":
      let edge = edge
      planes = try planes.map { try $0.median(size: side, edge: edge) }
    case "threshold":
      let highest = depth.range?.upperBound ?? 1
      threshold = (step.values[0] / 255 * highest, highest)
    case "canny" where bound == 0:
      let highest = depth.range?.upperBound ?? 1
      let levels = step.values.map { $0 / 255 * highest }
      let edge = edge
      planes = try planes.map {
        try $0.canny(low: levels[0], high: levels[1], edge: edge, highest: highest)
      }
    case "canny":
      throw NoJudge(
        reason: "canny takes rounded samples, and some lie on a tie: an edge may turn with them")
    default:
      throw NoJudge(reason: "there is no reference for \(step.step.name)")
    }
  }

  /// A threshold in the middle of a chain: exact, or anything.
  private mutating func finishThreshold(_ threshold: (level: Double, highest: Double)) {
    let bound = bound
    let isCertain = planes.allSatisfy { plane in
      plane.values.allSatisfy { abs($0 - threshold.level) > bound }
    }
    planes = planes.map { $0.thresholded(above: threshold.level, highest: threshold.highest) }
    self.bound = isCertain || bound == 0 ? 0 : threshold.highest
    self.threshold = nil
  }

  /// Whether a tap is n / 2ˢ with s ≤ 30.
  static func isDyadic(_ tap: Double) -> Bool {
    abs(tap) <= 0x1p22 && (tap * 0x1p30).rounded() == tap * 0x1p30
  }
}

extension ReferenceSampleType {
  init(_ type: SampleType) {
    switch type {
    case .uint8: self = .uint8
    case .uint16: self = .uint16
    case .int16: self = .int16
    case .float: self = .float
    }
  }
}

extension ReferenceEdge {
  init(_ mode: EdgeMode) {
    switch mode {
    case .extend: self = .extend
    case .pad(let value): self = .pad(value)
    case .crop: self = .crop
    case .mirror: self = .mirror
    case .reflect101: self = .reflect101
    case .wrap: self = .wrap
    case .renormalize: self = .renormalize
    }
  }
}

extension ReferencePlane {
  init(_ plane: Plane) {
    self.init(width: plane.width, height: plane.height, values: plane.values)
  }
}

extension ReferenceKernel {
  init(_ kernel: Kernel) {
    self.init(
      width: kernel.width, height: kernel.height, taps: kernel.taps, anchorX: kernel.anchorX,
      anchorY: kernel.anchorY)
  }
}
