public import VizFiles
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
    if case .file(let path) = output {
      try writer.check(path)
      if writesResponses { try writer.check(OutputPlan.responsesPath(beside: path)) }
    }
    var timer = Stopwatch()
    let image = try reader.read(input)
    report.milliseconds.decode = timer.lap()
    let shown: ShownResult
    do throws(ImageError) {
      shown = try show(image)
    } catch {
      throw .image(file: input == "-" ? StandardInput.name : input, error)
    }
    report.describe(shown)
    report.losesProfile =
      shown.picture.metadata.iccProfile != nil && format != .png && format != .jpeg
    report.milliseconds.filter = timer.lap()
    var options = encoding
    options.jobs = jobs
    options.texts += shown.texts
    try writer.write(shown.picture, to: output, as: format, options: options)
    if let responses = shown.responses, case .file(let path) = output {
      let path = OutputPlan.responsesPath(beside: path)
      try writer.write(responses.array.npy, to: path)
      report.responses = path
      report.infiniteCount = responses.infiniteCount
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
      let signed = SignedPicture(responses, title: chain.name)
      return ShownResult(
        picture: signed.image, responses: kept, texts: signed.texts,
        isGray: responses.planes.count == 1)
    }
    let result = responses.displayed(display, as: depth, jobs: jobs)
    return ShownResult(result, depth: depth, responses: kept, jobs: jobs)
  }

  private func showEdges(_ image: Image) throws(ImageError) -> ShownResult {
    let sheet = EdgeSheet(chain: chain, display: display, jobs: jobs)
    let grid = try sheet.grid(for: image, title: "\(chain.name) under every edge mode")
    return ShownResult(
      picture: grid.image(), responses: nil, texts: [],
      isGray: chain.startsGray || !image.layout.hasColor)
  }
}

/// What a pipeline shows of a result.
public struct ShownResult: Sendable {
  public let picture: Image
  /// Float responses, where they are asked for.
  public let responses: FilterResult?
  /// Texts for the file, such as the range of a signed picture.
  public let texts: [(key: String, value: String)]
  /// Whether the result came from gray.
  public let isGray: Bool
  /// Responses that the picture's samples could not hold.
  public private(set) var clippedCount = 0
  public private(set) var responseCount = 0

  init(
    picture: Image, responses: FilterResult?, texts: [(key: String, value: String)], isGray: Bool
  ) {
    self.picture = picture
    self.responses = responses
    self.texts = texts
    self.isGray = isGray
  }

  init(_ result: FilterResult, depth: SampleType, responses: FilterResult?, jobs: Int) {
    self.init(
      picture: Image(
        planes: result.planes, alpha: result.alpha, metadata: result.metadata, jobs: jobs),
      responses: responses, texts: [], isGray: result.planes.count == 1)
    responseCount = result.responseCount
    clippedCount = depth == .float ? 0 : result.clipped
  }
}

/// What became of one input.
public struct FilterReport: Sendable {
  public struct Milliseconds: Sendable {
    public var decode = 0.0
    public var filter = 0.0
    public var encode = 0.0
  }

  public let input: String
  public let output: OutputPlan.Destination
  /// Where the raw responses were written.
  public internal(set) var responses: String?
  /// Of the result.
  public internal(set) var width = 0
  public internal(set) var height = 0
  public internal(set) var channels = 0
  public internal(set) var depth = SampleType.uint8
  /// Whether the result came from gray.
  public internal(set) var isGray = false
  /// Whether the picture's colour profile had no place in the output's format.
  public internal(set) var losesProfile = false
  public internal(set) var clippedCount = 0
  public internal(set) var responseCount = 0
  /// Raw responses that are infinite or no numbers: Float32 ends at 3.4e38.
  public internal(set) var infiniteCount = 0
  public internal(set) var milliseconds = Milliseconds()

  /// The part of the responses that the picture could not hold, 0…1.
  public var clippedShare: Double {
    Double(clippedCount) / Double(max(1, responseCount))
  }

  init(input: String, output: OutputPlan.Destination) {
    self.input = input
    self.output = output
  }

  mutating func describe(_ shown: ShownResult) {
    width = shown.picture.width
    height = shown.picture.height
    channels = shown.picture.layout.channels
    depth = shown.picture.sampleType
    isGray = shown.isGray
    clippedCount = shown.clippedCount
    responseCount = shown.responseCount
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

extension FilterResult {
  /// Float responses that are infinite or no numbers.
  var infiniteCount: Int {
    planes.reduce(0) { $0 + $1.samples(as: Float.self).count { !$0.isFinite } }
  }

  /// The colour planes as an array: [H, W], or [H, W, 3].
  public var array: NumPyArray {
    let (width, height) = (planes[0].width, planes[0].height)
    let samples = planes.map { $0.samples(as: Float.self) }
    if samples.count == 1 {
      return NumPyArray(shape: [height, width], elements: .float(samples[0]))
    }
    var interleaved: [Float] = []
    interleaved.reserveCapacity(width * height * samples.count)
    for i in 0..<(width * height) {
      for plane in samples { interleaved.append(plane[i]) }
    }
    return NumPyArray(shape: [height, width, samples.count], elements: .float(interleaved))
  }
}
