package import VizKernels

/// What a chain does beside its steps.
public struct FilterOptions: Sendable {
  /// Which channels a chain works on.
  public enum Color: Sendable {
    /// Gray where a step asks for it, such as a derivative; else the picture's own channels.
    case automatic
    /// Gray, converted once before the first step.
    case gray
    /// Every colour channel by itself.
    case perChannel
  }

  /// What becomes of alpha.
  public enum Alpha: String, Sendable, CaseIterable {
    /// As it was; cropped where the picture is.
    case keep
    /// Filtered like a colour.
    case filter
    /// Left out.
    case drop
  }

  public var edge: EdgeMode
  public var color: Color
  public var alpha: Alpha
  /// True convolution: kernels turned by 180°.
  public var convolves: Bool
  /// Replaces scale and offset of the last kernel step.
  public var scale: Double?
  public var offset: Double?
  /// Replaces the anchor of kernels that were given, not of presets.
  public var anchor: (x: Int, y: Int)?

  public init(
    edge: EdgeMode = .extend, color: Color = .automatic, alpha: Alpha = .keep,
    convolves: Bool = false, scale: Double? = nil, offset: Double? = nil,
    anchor: (x: Int, y: Int)? = nil
  ) {
    self.edge = edge
    self.color = color
    self.alpha = alpha
    self.convolves = convolves
    self.scale = scale
    self.offset = offset
    self.anchor = anchor
  }
}

/// What comes out of a chain.
public struct FilterResult: Sendable {
  /// One gray plane or red, green and blue.
  public var planes: [Plane]
  public var alpha: Plane?
  /// Responses of the last step that its samples could not hold.
  public var clipped: Int
  public var metadata: ImageMetadata

  /// Responses of all planes.
  public var responseCount: Int { planes.reduce(0) { $0 + $1.width * $1.height } }
}

/// Filters that apply to a picture one after the other, without rounding in between.
///
/// Between steps samples are Float; only steps that need whole numbers, such as a median, round
/// first. The last step rounds once, to the picture's own sample type.
public struct FilterChain: Sendable {
  public let steps: [FilterStep]
  public let options: FilterOptions

  /// - Throws: `ImageError.invalidFilter` for an anchor that no given kernel has.
  public init(_ steps: [FilterStep], options: FilterOptions = FilterOptions()) throws(ImageError) {
    self.steps = steps
    self.options = options
    guard let anchor = options.anchor else { return }
    guard steps.contains(where: \.isOwnKernel) else {
      throw .invalidFilter("an anchor belongs to --kernel; presets have theirs")
    }
    for step in steps where step.isOwnKernel {
      guard case .kernels(let bank) = step.kind(depth: .uint8) else { continue }
      guard 0..<bank.width ~= anchor.x, 0..<bank.height ~= anchor.y else {
        throw .invalidFilter(
          "anchor \(anchor.x),\(anchor.y) lies outside the \(bank.width)×\(bank.height) kernel; "
            + "expected 0,0 to \(bank.width - 1),\(bank.height - 1)")
      }
    }
  }

  /// The steps' names in order, as file names carry them.
  public var name: String {
    steps.isEmpty ? "identity" : steps.map(\.name).joined(separator: "-")
  }

  /// The steps with their values, as people read them.
  public var title: String {
    steps.isEmpty ? "identity" : steps.map(\.title).joined(separator: ", ")
  }

  /// Whether a picture is made gray before the first step.
  public var startsGray: Bool {
    switch options.color {
    case .automatic: steps.contains(where: \.runsOnGray)
    case .gray: true
    case .perChannel: false
    }
  }

  /// The steps as filters for pictures of a sample type, with the options worked in.
  public func filters(depth: SampleType) -> [FilterKind] {
    var kinds = steps.map { step -> FilterKind in
      guard case .kernels(let bank) = step.kind(depth: depth) else {
        return step.kind(depth: depth)
      }
      return .kernels(
        bank.mapKernels { kernel in
          let anchored =
            step.isOwnKernel
            ? kernel.with(anchorX: options.anchor?.x, anchorY: options.anchor?.y) : kernel
          return options.convolves ? anchored.flipped : anchored
        })
    }
    let isKernel = { (kind: FilterKind) in if case .kernels = kind { true } else { false } }
    if let last = kinds.lastIndex(where: isKernel), case .kernels(let bank) = kinds[last] {
      kinds[last] = .kernels(
        bank.mapKernels { $0.with(scale: options.scale, offset: options.offset) })
    }
    return kinds
  }

  /// The chain applied to a picture.
  ///
  /// - Parameters:
  ///   - image: the picture.
  ///   - output: sample type of the resulting planes; the picture's own by default, Float for
  ///     responses that are neither rounded nor saturated.
  ///   - jobs: threads; the result is the same for any number.
  /// - Returns: the resulting planes, and how many responses were cut off.
  /// - Throws: `ImageError.notApplicable` where a step cannot run under the edge mode.
  public func apply(
    to image: Image, output: SampleType? = nil, jobs: Int? = nil
  ) throws(ImageError) -> FilterResult {
    try apply(
      to: image, output: output ?? image.sampleType,
      execution: Execution(jobs: jobs ?? ThreadPool.processorCount))
  }

  package func apply(
    to image: Image, output: SampleType, execution: Execution
  ) throws(ImageError) -> FilterResult {
    let planes =
      startsGray ? [image.grayscale(execution)] : image.colorPlanes(execution)
    let run = ChainRun(
      filters: filters(depth: image.sampleType), edge: options.edge, depth: image.sampleType,
      output: output, execution: execution)
    var result = try run.apply(to: planes)
    result.metadata = image.metadata
    if let alpha = image.alphaPlane(execution) {
      switch options.alpha {
      case .drop: break
      case .filter: result.alpha = try run.apply(to: [alpha]).planes[0]
      case .keep: result.alpha = run.cropped(alpha).converted(to: output, execution).plane
      }
    }
    return result
  }
}

/// One application of a chain to planes.
struct ChainRun {
  let filters: [FilterKind]
  let edge: EdgeMode
  let depth: SampleType
  let output: SampleType
  let execution: Execution

  func apply(to planes: [Plane]) throws(ImageError) -> FilterResult {
    var planes = planes
    var clipped = 0
    for (i, filter) in filters.enumerated() {
      let type = i == filters.count - 1 ? output : .float
      switch filter {
      case .gray:
        if planes.count == 3 {
          planes = [
            .gray(red: planes[0], green: planes[1], blue: planes[2], execution: execution)
          ]
        }
      case .kernels(let bank):
        for p in planes.indices {
          let (plane, lost) = try planes[p].filtered(
            with: bank, edge: edge, output: type, execution: execution)
          planes[p] = plane
          clipped = i == filters.count - 1 ? clipped + lost : 0
        }
      case .operation(let operation):
        for p in planes.indices {
          let plane =
            operation.needsRoundedSamples && depth.isInteger
            ? planes[p].converted(to: depth, execution).plane : planes[p]
          planes[p] = try operation.body(plane, edge, execution)
        }
      }
    }
    for p in planes.indices {
      let (plane, lost) = planes[p].converted(to: output, execution)
      planes[p] = plane
      clipped += lost
    }
    return FilterResult(planes: planes, alpha: nil, clipped: clipped, metadata: ImageMetadata())
  }

  /// A plane without what edge mode `crop` takes from the others.
  func cropped(_ plane: Plane) -> Plane {
    guard edge == .crop else { return plane }
    var (left, top, right, bottom) = (0, 0, 0, 0)
    for filter in filters {
      let window = filter.window
      left += window.anchorX
      top += window.anchorY
      right += window.width - 1 - window.anchorX
      bottom += window.height - 1 - window.anchorY
    }
    return plane.cropped(
      left: left, top: top, width: plane.width - left - right,
      height: plane.height - top - bottom)
  }
}

extension FilterKind {
  /// How far the filter looks around a sample.
  var window: (width: Int, height: Int, anchorX: Int, anchorY: Int) {
    switch self {
    case .gray: return (1, 1, 0, 0)
    case .operation(let operation):
      let side = operation.windowSide
      return (side, side, side / 2, side / 2)
    case .kernels(let bank):
      return (bank.width, bank.height, bank.kernels[0].anchorX, bank.kernels[0].anchorY)
    }
  }
}
