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

  /// A result that is still to be written.
  public struct Filtered: Sendable {
    fileprivate var report: FilterReport
    fileprivate let bytes: [UInt8]
    fileprivate let responses: FilterResult?
    fileprivate let times: WorkTimes
    fileprivate let start: ContinuousClock.Instant
  }

  /// Filters one picture and writes the result.
  ///
  /// Whether the output may be written is asked before the input is read, and again at the end.
  public func run(
    input: String, output: OutputPlan.Destination
  ) throws(PipelineError) -> FilterReport {
    try write(filter(input: input, output: output))
  }

  /// Filters one picture, up to the bytes of its file.
  public func filter(
    input: String, output: OutputPlan.Destination
  ) throws(PipelineError) -> Filtered {
    var report = FilterReport(input: input, output: output)
    if case .file(let path) = output { try writer.check(path) }
    if writesResponses { try writer.check(output.responsesPath()) }
    let start = ContinuousClock.now
    let source = try reader.open(input)
    let (shown, bytes) = try render(source, name: PictureReader.name(of: input), for: output)
    report.source = .init(source)
    report.describe(shown)
    report.losesProfile = source.metadata.iccProfile != nil && !format.holdsProfile
    return Filtered(
      report: report, bytes: bytes, responses: shown.responses, times: source.times, start: start)
  }

  /// Writes a result.
  public func write(_ filtered: Filtered) throws(PipelineError) -> FilterReport {
    var report = filtered.report
    try filtered.times.measuring(.encode) { () throws(PipelineError) in
      if let responses = filtered.responses, case .file(let path) = report.output {
        let responsesPath = try report.output.responsesPath()
        try writer.write(filtered.bytes, to: path, responses: responses.array, to: responsesPath)
        report.responses = responsesPath
        report.infiniteCount = responses.infiniteCount
      } else {
        try writer.write(filtered.bytes, to: report.output)
      }
    }
    report.milliseconds = .init(filtered.times, total: ContinuousClock.now - filtered.start)
    return report
  }

  /// What is shown of a picture, and the bytes of its file.
  private func render(
    _ source: PictureSource, name: String, for output: OutputPlan.Destination
  ) throws(PipelineError) -> (ShownResult, [UInt8]) {
    do throws(ImageError) {
      var shown = try show(source)
      var options = encoding
      options.jobs = jobs
      options.texts += shown.texts
      let bytes = try ImageEncoder.encode(
        pixels: shown.pixels, as: format, options: options, times: source.times)
      shown.countClipped()
      return (shown, bytes)
    } catch {
      if case .notRepresentable = error { throw .image(file: output.name, error) }
      throw .image(file: name, error)
    }
  }

  /// A picture filtered and made fit for showing.
  private func show(_ source: PictureSource) throws(ImageError) -> ShownResult {
    if comparesEdges {
      let image = try source.image()
      return try source.times.measuring(.filter) { () throws(ImageError) in
        try showEdges(image)
      }
    }
    let responses = display == .clip && !writesResponses ? nil : try responses(to: source)
    let depth = source.sampleType == .int16 ? SampleType.uint16 : source.sampleType
    var shown: ShownResult
    if let responses, display != .clip {
      shown = source.times.measuring(.filter) { show(responses, as: depth) }
    } else {
      shown = ShownResult(try chain.filtered(source, output: depth, jobs: jobs))
    }
    shown.responses = writesResponses ? responses : nil
    return shown
  }

  private func responses(to source: PictureSource) throws(ImageError) -> FilterResult {
    try chain.filtered(source, output: .float, jobs: jobs).result()
  }

  /// Float responses as a picture.
  private func show(_ responses: FilterResult, as depth: SampleType) -> ShownResult {
    if display == .signed {
      let signed = SignedPicture(responses, title: chain.title)
      return ShownResult(
        pixels: signed.image, texts: signed.texts, isGray: responses.planes.count == 1)
    }
    return ShownResult(responses.displayed(display, as: depth, jobs: jobs), jobs: jobs)
  }

  private func showEdges(_ image: Image) throws(ImageError) -> ShownResult {
    let sheet = EdgeSheet(chain: chain, display: display, jobs: jobs)
    let grid = try sheet.grid(for: image, title: "\(chain.title) under every edge mode")
    return ShownResult(
      pixels: grid.image(), isGray: chain.startsGray || !image.layout.hasColor)
  }
}
