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
  /// How many of these are below the smallest sample, the others being above the largest.
  public var clippedBelow = 0
  public var metadata: ImageMetadata

  /// Responses of all planes.
  public var responseCount: Int { planes.reduce(0) { $0 + $1.width * $1.height } }

  /// Both counts at once.
  var clipping: Clipping {
    get { Clipping((below: clippedBelow, above: clipped - clippedBelow)) }
    set { (clipped, clippedBelow) = (newValue.count, newValue.below) }
  }
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
    try filtered(PictureSource(image), output: output, execution: execution).result()
  }

  /// The chain before a picture that may still be arriving; only steps that need the whole picture
  /// are computed at once.
  package func filtered(
    _ source: PictureSource, output: SampleType, jobs: Int
  ) throws(ImageError) -> FilteredPicture {
    try filtered(source, output: output, execution: Execution(jobs: jobs))
  }

  package func filtered(
    _ source: PictureSource, output: SampleType, execution: Execution
  ) throws(ImageError) -> FilteredPicture {
    let pixels = source.pixels
    let layout = source.layout
    let channels = (0..<layout.channels).map { RowPlane(channel: $0, of: pixels) }
    let run = ChainRun(
      filters: filters(depth: source.sampleType), edge: options.edge, depth: source.sampleType,
      output: output, pass: BandPass(source: source, execution: execution))
    do throws(ImageError) {
      let colors =
        startsGray && layout.hasColor
        ? [RowPlane(grayOf: pixels)] : Array(channels[..<layout.colorChannels])
      let (planes, clipping) = try run.apply(to: colors)
      var alpha: RowPlane?
      if let last = channels.last, layout.hasAlpha {
        switch options.alpha {
        case .drop: break
        case .filter: alpha = try run.apply(to: [last]).planes[0]
        case .keep: alpha = run.converted(run.cropped(last), to: output)
        }
      }
      return FilteredPicture(
        source: source, colors: planes, alpha: alpha, clippingBefore: clipping,
        execution: execution)
    } catch {
      _ = try source.image()  // a damaged picture is worse news than a step that does not apply
      throw error
    }
  }
}
