internal import VizCNN
internal import VizReference

/// The engine's result against OpenCV's, for chains of one step.
struct OracleComparison {
  let image: Image
  let steps: [ParsedStep]
  let chain: FilterChain

  private var edge: ReferenceEdge { ReferenceEdge(chain.options.edge) }
  private var type: ReferenceSampleType { ReferenceSampleType(image.sampleType) }

  /// The result's planes against OpenCV's; what OpenCV does not have is `OracleError.unavailable`.
  func comparisons(engine: [ReferencePlane], names: [String]) throws -> [Comparison] {
    guard steps.count == 1, let filter = chain.filters(depth: image.sampleType).first else {
      throw OracleError.unavailable("it would round between the steps of a chain")
    }
    let planes = chain.startsGray ? [image.grayscale] : image.colorPlanes
    if case .gray = filter {
      throw OracleError.unavailable("the conversion to gray is compared by itself")
    }
    return try zip(planes, engine).enumerated().map { i, pair throws in
      let (source, result) = pair
      return switch image.sampleType {
      case .uint8: try compare(source, as: UInt8.self, filter, result, names[i])
      case .uint16: try compare(source, as: UInt16.self, filter, result, names[i])
      case .int16: try compare(source, as: Int16.self, filter, result, names[i])
      case .float: try compare(source, as: Float.self, filter, result, names[i])
      }
    }
  }

  private func compare<S: Sample & ReferenceSample>(
    _ source: Plane, as type: S.Type, _ filter: FilterKind, _ engine: ReferencePlane,
    _ name: String
  ) throws -> Comparison {
    let picture = OraclePicture(
      width: source.width, height: source.height, samples: source.samples(as: type))
    switch filter {
    case .kernels(let bank) where bank.combination == .single:
      return try correlation(picture, bank, engine, name)
    case .kernels(let bank):
      return try joined(picture, bank, engine, name)
    case .operation(let operation):
      let (function, expected) = try self.operation(picture, side: operation.windowSide)
      return Comparison(
        judge: judge(function), plane: name, engine: engine, expected: expected,
        allowance: "no difference", isAllowed: { _ in false })
    case .gray:
      throw OracleError.unavailable("the conversion to gray is compared by itself")
    }
  }

  /// One kernel: `filter2D` from the samples to the result's type.
  private func correlation<S: Sample & ReferenceSample>(
    _ picture: OraclePicture<S>, _ bank: KernelBank, _ engine: ReferencePlane, _ name: String
  ) throws -> Comparison {
    let kernel = ReferenceKernel(bank.kernels[0])
    let expectation = OpenCVOracle.expectation(
      from: type, to: type, kernel: kernel, scale: bank.scale, offset: bank.offset, edge: edge)
    if case .unavailable(let reason) = expectation { throw OracleError.unavailable(reason) }
    let expected = try OpenCVOracle.filter2D(
      picture, as: S.self, kernel: kernel.scaled(by: bank.scale), delta: bank.offset, edge: edge
    ).plane()
    var exact: ReferencePlane?
    var allowance = "no difference"
    if case .within(let bound) = expectation {
      exact = try picture.plane().correlated(with: kernel, edge: edge)
        .finished(as: .float, scale: bank.scale, offset: bank.offset)
      allowance = Verification.allowance(bound: bound, depth: image.sampleType)
    }
    // Where OpenCV is not exact its sample must be near the truth, as ours is: they differ by what
    // lies between.
    let plane = expected
    return Comparison(
      judge: judge("filter2D"), plane: name, engine: engine, expected: expected,
      allowance: allowance
    ) { i in
      guard let exact else { return false }
      return expectation.accepts(plane.values[i], exact: exact.values[i], as: type)
        && expectation.accepts(engine.values[i], exact: exact.values[i], as: type)
    }
  }

  /// Several kernels: OpenCV's responses in Float, joined in Float64.
  private func joined<S: Sample & ReferenceSample>(
    _ picture: OraclePicture<S>, _ bank: KernelBank, _ engine: ReferencePlane, _ name: String
  ) throws -> Comparison {
    let kernels = bank.kernels.map(ReferenceKernel.init)
    let isExact = kernels.allSatisfy { kernel in
      OpenCVOracle.expectation(from: type, to: .float, kernel: kernel, edge: edge) == .exact
    }
    guard isExact else {
      throw OracleError.unavailable("its responses to these kernels are not exact")
    }
    let responses = try kernels.map { kernel throws in
      try OpenCVOracle.filter2D(picture, as: Float.self, kernel: kernel, edge: edge).plane()
    }
    let plane: ReferencePlane =
      bank.combination == .magnitude
      ? .magnitude(responses[0], responses[1])
      : .maximum(responses[0], Array(responses.dropFirst()))
    return Comparison(
      judge: judge("filter2D, joined in Float64"), plane: name, engine: engine,
      expected: plane.finished(as: type, scale: bank.scale, offset: bank.offset),
      allowance: "no difference", isAllowed: { _ in false })
  }

  private func operation<S: Sample & ReferenceSample>(
    _ picture: OraclePicture<S>, side: Int
  ) throws -> (function: String, result: ReferencePlane) {
    let highest = type.range?.upperBound ?? 1
    let levels = steps[0].values.map { $0 / 255 * highest }
    switch steps[0].step.name {
    case "median":
      guard type == .uint8 || side <= 5 else {
        throw OracleError.unavailable("medianBlur of \(type.rawValue) goes up to 5×5")
      }
      return ("medianBlur", try OpenCVOracle.medianBlur(picture, size: side, edge: edge).plane())
    case "threshold":
      let result = try OpenCVOracle.threshold(picture, above: levels[0], highest: highest)
      return ("threshold", result.plane())
    case "canny":
      guard let bytes = picture as? OraclePicture<UInt8> else {
        throw OracleError.unavailable("Canny is for uint8")
      }
      let result = try OpenCVOracle.canny(bytes, low: levels[0], high: levels[1], edge: edge)
      return ("Canny", result.plane())
    default:
      throw OracleError.unavailable("it has no \(steps[0].step.name)")
    }
  }

  private func judge(_ function: String) -> String { "OpenCV \(OpenCVOracle.version) \(function)" }
}
