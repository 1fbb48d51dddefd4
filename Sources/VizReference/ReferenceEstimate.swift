/// A plane as the definition has it, and how far a correct engine's samples may be from that.
///
///     |engine − exact| ≤ error, at every sample
///
/// No more is granted than the arithmetic needs; n is the number of taps k, p are the samples:
///
///     whole multiples of one power of two, in sums that fit   0
///     fractions, on integer samples                            2⁻¹⁰ before the last rounding, 2⁻¹⁸
///                                                              between steps: the engine adds in Float64
///                                                              where Float32 might lose more
///     Float samples, up to 121 taps                            n · 2⁻²³ · Σ|k||p|
///     Float samples, more taps                                 n · 2⁻²³ · Σ|k| · max|p|
///     kept as Float32 until the next step                      2⁻²⁴ · |value|, if Float32 has to round it
///
/// What the samples carry in goes through |k|. An integer sample may then differ only where the exact
/// value lies that close to a rounding tie.
package struct ReferenceEstimate: Sendable {
  package private(set) var exact: ReferencePlane
  /// Nil where not one sample may differ.
  package private(set) var error: ReferencePlane?
  /// What the engine holds its samples in at this point.
  private(set) var type: ReferenceSampleType
  /// The power of two of which all samples are whole multiples, where one is known.
  private var unit: Double?

  /// Kernels with more taps may be summed by Fourier transforms of whole tiles.
  private static let largestDirect = 121

  /// A picture's own samples.
  package init(_ plane: ReferencePlane, type: ReferenceSampleType) {
    exact = plane
    error = nil
    self.type = type
    unit = type == .float ? nil : 1
  }

  /// Gray from red, green and blue.
  package init(gray planes: [ReferenceEstimate]) {
    precondition(planes.count == 3, "gray of \(planes.count) planes")
    type = planes[0].type
    exact = .gray(
      red: planes[0].exact, green: planes[1].exact, blue: planes[2].exact, type: type)
    unit = type == .float ? nil : 1
    guard type == .float else { return }
    // Three products and two sums in Float32, and what the channels carry in.
    let uncertain = planes.map { plane in
      plane.exact.joined(with: plane.error ?? plane.exact.mapped { _ in 0 }) {
        $1 + 3 * 0x1p-23 * abs($0)
      }
    }
    error = .gray(red: uncertain[0], green: uncertain[1], blue: uncertain[2], type: .float)
  }

  /// Applies kernels; `output` is what the results are rounded to at once, nil between steps.
  package mutating func apply(
    _ bank: ReferenceBank, edge: ReferenceEdge, output: ReferenceSampleType?,
    progress: ReferenceProgress = { _, _ in }
  ) throws(ReferenceError) {
    let response = try exact.response(to: bank, edge: edge, progress: progress)
    let largest = max(exact.largestMagnitude, abs(edge.outside))
    let isRounded = output?.range != nil
    if hasExactSums(bank, edge: edge, largest: largest) {
      unit = resultUnit(bank, edge: edge)
    } else {
      error = try uncertainty(bank, edge: edge, largest: largest, isRounded: isRounded)
      unit = nil
    }
    exact = response
    type = .float
    if !isRounded { store() }
  }

  /// Whether a function that never falls has one result for every sample, wherever in its error
  /// the engine's lies.
  func isCertain(under function: (Double) -> Double) -> Bool {
    guard let error else { return true }
    return exact.values.indices.allSatisfy { i in
      let (value, error) = (exact.values[i], error.values[i])
      return function(value - error) == function(value + error)
    }
  }

  /// Goes on with other samples of the same type: those of the engine, once they are judged.
  mutating func settle(on plane: ReferencePlane) {
    (exact, error, unit) = (plane, nil, nil)
  }

  /// Goes on with what an operation makes of certain samples.
  mutating func decide(
    as type: ReferenceSampleType,
    _ operation: (ReferencePlane) throws(ReferenceError) -> ReferencePlane
  ) throws(ReferenceError) {
    exact = try operation(exact)
    let isWhole = exact.values.allSatisfy { $0 == $0.rounded() }
    (error, unit, self.type) = (nil, isWhole ? 1 : nil, type)
  }
}

// The proofs.
extension ReferenceEstimate {
  /// Whether every sum is a number that its accumulator holds: up to 2⁵³ units for integer samples,
  /// 2²⁴ for Float.
  private func hasExactSums(_ bank: ReferenceBank, edge: ReferenceEdge, largest: Double) -> Bool {
    guard error == nil else { return false }
    let taps = bank.kernels.flatMap(\.taps).filter { $0 != 0 }
    if bank.kernels.count == 1, taps.count == 1, abs(taps[0] * bank.scale).significand == 1,
      bank.offset == 0, edge != .renormalize
    {
      return true  // One sample, times a power of two.
    }
    guard let unit, let tapUnit = commonUnit(of: taps, least: 0x1p-30) else { return false }
    if type == .float, bank.tapCount > Self.largestDirect { return false }
    let weight = bank.kernels.map(\.magnitudeSum).max() ?? 0
    // What is cut off at a border is made up for by the sum of all taps, one more factor.
    let factor = edge == .renormalize ? max(1, weight / tapUnit) : 1
    return weight * largest / (unit * tapUnit) * factor < (type == .float ? 0x1p24 : 0x1p53)
  }

  /// The unit of the results of exact sums.
  private func resultUnit(_ bank: ReferenceBank, edge: ReferenceEdge) -> Double? {
    guard bank.combination != .magnitude, edge != .renormalize, let unit,
      let tapUnit = commonUnit(of: bank.kernels.flatMap(\.taps), least: 0x1p-30),
      let scaleUnit = commonUnit(of: [bank.scale], least: 0x1p-30),
      let offsetUnit = commonUnit(of: [bank.offset], least: 0x1p-30)
    else { return nil }
    return min(unit * tapUnit * scaleUnit, offsetUnit)
  }

  private func uncertainty(
    _ bank: ReferenceBank, edge: ReferenceEdge, largest: Double, isRounded: Bool
  ) throws(ReferenceError) -> ReferencePlane {
    let steps = Double(bank.tapCount + 1)
    let reach = bank.gain * largest + abs(bank.offset)
    if type == .float {
      guard bank.tapCount > Self.largestDirect else {
        return try exact.floatTolerance(for: bank, edge: edge, errors: error)
      }
      return try constant(
        bank.gain * (error?.largestMagnitude ?? 0) + steps * 0x1p-23 * reach, bank, edge)
    }
    let float32 = min(steps * 0x1p-23 * reach, isRounded ? 0x1p-10 : 0x1p-18)
    let own = max(float32, steps * 0x1p-52 * reach)
    guard let error else { return try constant(own, bank, edge) }
    var outside = edge
    if case .pad = edge { outside = .pad(0) }
    return try error.spread(over: bank, edge: outside).mapped { $0 + own }
  }

  /// One error for all results.
  private func constant(
    _ value: Double, _ bank: ReferenceBank, _ edge: ReferenceEdge
  ) throws(ReferenceError) -> ReferencePlane {
    let size = try exact.outputSize(
      windowWidth: bank.kernels[0].width, windowHeight: bank.kernels[0].height, edge: edge)
    return ReferencePlane(
      width: size.width, height: size.height,
      values: [Double](repeating: value, count: size.width * size.height))
  }

  /// What Float32 makes of the results until the next step.
  private mutating func store() {
    var rounded = false
    let errors = exact.values.indices.map { i in
      let (value, carried) = (exact.values[i], error?.values[i] ?? 0)
      if Double(Float(value)) == value || !value.isFinite { return carried }
      rounded = true
      return carried + 0x1p-24 * abs(value)
    }
    if rounded {
      error = ReferencePlane(width: exact.width, height: exact.height, values: errors)
    }
    exact = exact.mapped {
      abs($0) <= Double(Float.greatestFiniteMagnitude) ? $0 : Double(Float($0))
    }
  }
}
