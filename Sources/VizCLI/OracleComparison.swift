internal import VizCNN
internal import VizReference

/// The engine's result against OpenCV's, for chains of one step.
struct OracleComparison {
  let image: Image
  let steps: [ParsedStep]
  let chain: FilterChain

  var edge: ReferenceEdge { ReferenceEdge(chain.options.edge) }
  var type: ReferenceSampleType { ReferenceSampleType(image.sampleType) }
  private var filter: FilterKind? { chain.filters(depth: image.sampleType).first }
  var name: String { "OpenCV \(OpenCVOracle.version)" }

  /// The result's planes against OpenCV's; what OpenCV does not have is `OracleError.unavailable`.
  func rows(engine: [Plane], names: [String]) throws(OracleError) -> [Verification.Row] {
    guard steps.count == 1, let filter else {
      throw .unavailable("it would round between the steps of a chain")
    }
    var rows: [Verification.Row] = []
    for (i, source) in (chain.startsGray ? [image.grayscale] : image.colorPlanes).enumerated() {
      let (function, expected) =
        switch image.sampleType {
        case .uint8: try result(filter, picture(of: source, UInt8.self))
        case .uint16: try result(filter, picture(of: source, UInt16.self))
        case .int16: try result(filter, picture(of: source, Int16.self))
        case .float: try result(filter, picture(of: source, Float.self))
        }
      rows.append(
        Verification.Row(
          judge: "\(name) \(function)", plane: names[i],
          comparison: ReferenceComparison(
            ReferencePlane(engine[i]), with: expected, isExact: reservation == nil),
          decides: reservation == nil))
    }
    return rows
  }

  /// Why OpenCV's samples are shown but decide nothing; nil where they are exact.
  var reservation: String? {
    guard case .kernels(let bank) = filter, bank.combination == .single,
      case .within(let error) = expectation(ReferenceBank(bank), of: type)
    else { return nil }
    let count = bank.width * bank.height
    let isDirect = count < OpenCVOracle.directTapLimit(from: type, to: type)
    return "\(name): \(isDirect ? "its float32 sums" : "its Fourier transform") may be off by "
      + "\(shortNumber(error))\(type == .float ? "" : " before rounding"), so that the Float64 "
      + "reference decides"
  }

  private func expectation(
    _ bank: ReferenceBank, of target: ReferenceSampleType
  ) -> OracleExpectation {
    let isJoined = bank.combination != .single
    let expectations = bank.kernels.map { kernel in
      OpenCVOracle.expectation(
        from: type, to: target, kernel: kernel, scale: isJoined ? 1 : bank.scale,
        offset: isJoined ? 0 : bank.offset, edge: edge)
    }
    return expectations.first { $0 != .exact } ?? .exact
  }

  private func result<S: Sample & ReferenceSample>(
    _ filter: FilterKind, _ picture: OraclePicture<S>
  ) throws(OracleError) -> (function: String, plane: ReferencePlane) {
    switch filter {
    case .kernels(let bank): try correlation(picture, ReferenceBank(bank))
    case .operation(let operation): try self.operation(picture, side: operation.windowSide)
    case .gray: throw .unavailable("the conversion to gray is compared by itself")
    }
  }

  /// `filter2D` to the result's type; several kernels in Float, joined in Float64.
  private func correlation<S: Sample & ReferenceSample>(
    _ picture: OraclePicture<S>, _ bank: ReferenceBank
  ) throws(OracleError) -> (function: String, plane: ReferencePlane) {
    if bank.combination == .single {
      if case .unavailable(let reason) = expectation(bank, of: type) { throw .unavailable(reason) }
      let plane = try OpenCVOracle.filter2D(
        picture, as: S.self, kernel: bank.kernels[0].scaled(by: bank.scale), delta: bank.offset,
        edge: edge
      ).plane()
      return ("filter2D", plane)
    }
    guard expectation(bank, of: .float) == .exact else {
      throw .unavailable("its responses to these kernels are not exact")
    }
    var responses: [ReferencePlane] = []
    for kernel in bank.kernels {
      responses.append(
        try OpenCVOracle.filter2D(picture, as: Float.self, kernel: kernel, edge: edge).plane())
    }
    return ("filter2D, joined in Float64", bank.joined(responses).finished(as: type))
  }

  func picture<S: Sample & ReferenceSample>(of plane: Plane, _ type: S.Type) -> OraclePicture<S> {
    OraclePicture(width: plane.width, height: plane.height, samples: plane.samples(as: type))
  }
}
