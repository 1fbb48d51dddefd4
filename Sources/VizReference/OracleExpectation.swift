/// How far OpenCV's correlation may be from the truth, decided before either is computed.
package enum OracleExpectation: Sendable, Equatable {
  /// Every sum is a number that Float32 holds: not one sample may differ.
  case exact
  /// Before it rounds, OpenCV may be off by this much. An integer sample then differs only where
  /// the truth is that close to a tie (by ±1, unless the error reaches 1); a Float sample by as much.
  case within(Double)
  /// OpenCV does not have the case, or cannot be trusted with it.
  case unavailable(String)

  /// Whether OpenCV's sample agrees with what the reference has before its rounding.
  ///
  /// `exact` is offset + scale · Σ of the reference.
  package func accepts(_ sample: Double, exact: Double, as type: ReferenceSampleType) -> Bool {
    switch self {
    case .exact: sample == type.finished(exact)
    case .within(let error):
      type.finished(exact - error) <= sample && sample <= type.finished(exact + error)
    case .unavailable: false
    }
  }
}

extension OpenCVOracle {
  /// What to demand of `filter2D` with the taps `scale · k` and `delta = offset`.
  ///
  /// OpenCV adds in Float32, whose whole numbers end at 2²⁴. It is exact where taps and offset are
  /// whole multiples of one power of two u, (Σ|k| · max|p| + |offset|) / u < 2²⁴, and it adds
  /// directly: below 130 taps from UInt8 to UInt8 and Int16 and from Float to Float, below 50
  /// otherwise. Beyond, with n taps,
  ///
  ///     error ≤ (n + 2) · 2⁻²⁴ · (Σ|k| · max|p| + |offset|)     direct: one rounding per step
  ///     error ≤      24 · 2⁻²⁴ · (Σ|k| · max|p| + |offset|)     by Fourier transform: measured up
  ///                                                             to 10, for bright pictures
  ///
  /// `largest` is max|p| of the picture: what the sample type can hold where nil, and 1 for Float.
  package static func expectation(
    from source: ReferenceSampleType, to target: ReferenceSampleType, kernel: ReferenceKernel,
    scale: Double = 1, offset: Double = 0, edge: ReferenceEdge, largest: Double? = nil
  ) -> OracleExpectation {
    if let reason = obstacle(from: source, to: target, edge: edge) { return .unavailable(reason) }
    let taps = kernel.scaled(by: scale)
    let largest = max(largest ?? source.largestMagnitude ?? 1, abs(edge.outside))
    let reach = taps.magnitudeSum * largest + abs(offset)
    guard reach < 0x1p31 else { return .unavailable("sums of \(reach) leave 32 bits") }
    let count = kernel.width * kernel.height
    let isDirect = count < directTapLimit(from: source, to: target)
    if isDirect, source != .float, let unit = commonUnit(of: taps.taps + [offset], least: 0x1p-23) {
      if reach / unit < 0x1p24 { return .exact }
    }
    return .within((isDirect ? Double(count + 2) : 24) * 0x1p-24 * reach)
  }

  /// How many taps it takes until OpenCV goes through a Fourier transform.
  package static func directTapLimit(
    from source: ReferenceSampleType, to target: ReferenceSampleType
  ) -> Int {
    switch (source, target) {
    case (.uint8, .uint8), (.uint8, .int16), (.float, .float): 130
    default: 50
    }
  }

  /// Why OpenCV cannot filter at all; nil where it can.
  private static func obstacle(
    from source: ReferenceSampleType, to target: ReferenceSampleType, edge: ReferenceEdge
  ) -> String? {
    switch (source, target) {
    case (.uint8, _), (.uint16, .uint16), (.uint16, .float), (.int16, .int16), (.int16, .float),
      (.float, .float):
      break
    default:
      return "no filter from \(source.rawValue) to \(target.rawValue)"
    }
    if edge == .renormalize { return "no filter knows the edge mode renormalize" }
    return source.canHold(edge.outside) ? nil : "\(edge.outside) is no \(source.rawValue) sample"
  }
}
