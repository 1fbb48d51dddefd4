internal import VizFiles
public import VizImage
internal import VizRender

/// From a file to a file: read, filter, show, write.
public struct FilterPipeline: Sendable {
  public var chain: FilterChain
  public var display: DisplayMode
  public var reader: PictureReader
  public var writer: ResultWriter
  public var format: ImageFormat
  public var encoding: EncodingOptions
  /// Whether the responses, neither rounded nor saturated, are written beside the picture as `.npy`.
  public var writesResponses: Bool
  /// Whether a contact sheet of all edge modes is made, not one result.
  public var comparesEdges: Bool
  /// Threads that work on one picture.
  public var jobs: Int

  public init(
    chain: FilterChain, display: DisplayMode = .clip, reader: PictureReader = PictureReader(),
    writer: ResultWriter, format: ImageFormat = .png,
    encoding: EncodingOptions = EncodingOptions(), writesResponses: Bool = false,
    comparesEdges: Bool = false, jobs: Int? = nil
  ) {
    self.chain = chain
    self.display = display
    self.reader = reader
    self.writer = writer
    self.format = format
    self.encoding = encoding
    self.writesResponses = writesResponses
    self.comparesEdges = comparesEdges
    self.jobs = jobs ?? Engine.processorCount
  }

  /// Filters one picture.
  ///
  /// Whether the output may be written is asked before the input is read, and again at the end.
  public func run(
    input: String, output: OutputPlan.Destination
  ) throws(PipelineError) -> FilterReport {
    var report = FilterReport(input: input, output: output)
    if case .file(let path) = output { try writer.check(path) }
    if writesResponses { try writer.check(output.responsesPath()) }
    var timer = Stopwatch()
    let image = try reader.read(input)
    report.milliseconds.decode = timer.lap()
    let shown: ShownResult
    do throws(ImageError) {
      shown = try show(image)
      report.describe(shown)
      if report.isMuchClipped { report.belowCount = try countBelow(image) }
    } catch {
      throw .image(file: input == "-" ? StandardInput.name : input, error)
    }
    report.losesProfile =
      shown.picture.metadata.iccProfile != nil && !format.holdsProfile
    report.milliseconds.filter = timer.lap()
    var options = encoding
    options.jobs = jobs
    options.texts += shown.texts
    if let responses = shown.responses, case .file(let path) = output {
      let responsesPath = try output.responsesPath()
      try writer.write(
        shown.picture, to: path, as: format, options: options, responses: responses.array,
        to: responsesPath)
      report.responses = responsesPath
      report.infiniteCount = responses.infiniteCount
    } else {
      try writer.write(shown.picture, to: output, as: format, options: options)
    }
    report.milliseconds.encode = timer.lap()
    return report
  }

  /// A picture filtered and made fit for showing.
  public func show(_ image: Image) throws(ImageError) -> ShownResult {
    if comparesEdges { return try showEdges(image) }
    let needsResponses = display != .clip || writesResponses
    let responses = needsResponses ? try chain.apply(to: image, output: .float, jobs: jobs) : nil
    let kept = writesResponses ? responses : nil
    let depth = image.sampleType == .int16 ? SampleType.uint16 : image.sampleType
    guard let responses, display != .clip else {
      let result = try chain.apply(to: image, output: depth, jobs: jobs)
      return ShownResult(result, depth: depth, responses: kept, jobs: jobs)
    }
    if display == .signed {
      let signed = SignedPicture(responses, title: chain.title)
      return ShownResult(
        picture: signed.image, responses: kept, texts: signed.texts,
        isGray: responses.planes.count == 1)
    }
    let result = responses.displayed(display, as: depth, jobs: jobs)
    return ShownResult(result, depth: depth, responses: kept, jobs: jobs)
  }

  /// Responses that are cut off at the smallest sample.
  ///
  /// The engine counts what it cuts off, but not on which side, so this filters once more.
  private func countBelow(_ image: Image) throws(ImageError) -> Int {
    switch display {
    case .clip:
      // Rounded as the picture is, with room for a sign.
      return try chain.apply(to: image, output: .int16, jobs: jobs).planes
        .reduce(0) { $0 + $1.samples(as: Int16.self).count { $0 < 0 } }
    case .offset:
      let lowest: Float = image.sampleType == .uint8 ? -128.5 : -32_768.5  // becomes −½, then 0
      return try chain.apply(to: image, output: .float, jobs: jobs).planes
        .reduce(0) { $0 + $1.samples(as: Float.self).count { $0 < lowest } }
    case .abs, .normalize, .signed: return 0
    }
  }

  private func showEdges(_ image: Image) throws(ImageError) -> ShownResult {
    let sheet = EdgeSheet(chain: chain, display: display, jobs: jobs)
    let grid = try sheet.grid(for: image, title: "\(chain.title) under every edge mode")
    return ShownResult(
      picture: grid.image(), responses: nil, texts: [],
      isGray: chain.startsGray || !image.layout.hasColor)
  }
}

/// Milliseconds between one lap and the next.
struct Stopwatch {
  private var last = ContinuousClock.now

  mutating func lap() -> Double {
    let now = ContinuousClock.now
    defer { last = now }
    let (seconds, attoseconds) = (now - last).components
    return Double(seconds) * 1e3 + Double(attoseconds) / 1e15
  }
}
