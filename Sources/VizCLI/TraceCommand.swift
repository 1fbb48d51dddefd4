internal import ArgumentParser
internal import VizCNN

/// One pixel's arithmetic.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Show one number's arithmetic: of a filtered pixel, or of a network's unit.",
    usage: """
      vizcnn trace [options] <filter> … <image> <x,y>
      vizcnn trace [options] <model> <image> <layer/channel,y,x>
      """,
    discussion: """
      Examples:
        vizcnn trace --sobel-x lane.jpg 120,80
        vizcnn trace --gaussian 1.4 --sobel lane.jpg 0,0 --edge mirror
        vizcnn trace --sharpen --per-channel lane.jpg 12,7 --json
        vizcnn trace model.ckpt digit.png conv2/7,4,5
        vizcnn trace model.ckpt digit.png fc/3

      x,y is the place in the result: column and row, from 0,0 at the top left. Of several filters \
      the last is shown, on what the others gave. Samples marked * lie outside of the picture; the \
      edge mode supplied them.

      Of a network: inputs × kernel, their sum, the bias and what the next activation makes of it, \
      and the rectangle of the picture that the number depends on, counted from 0. The sum is \
      compared with the network's own number. --invert auto|yes|no is the picture's there.
      """)

  @Argument(
    help: ArgumentHelp(
      "A picture and a place in it; or a model, a picture and a unit. - is standard input.",
      valueName: "word"), completion: .file())
  var words: [String] = []

  @OptionGroup(title: "Filters") var steps: StepOptions
  @OptionGroup(title: "How they apply") var chainOptions: ChainOptions
  @OptionGroup(title: "Model") var options: ModelOptions
  @OptionGroup(title: "The network's input") var networkInput: NetworkInputOptions
  @OptionGroup(title: "Input") var input: PictureOptions
  @Flag(help: "Print JSON.") var json = false
  @OptionGroup(title: "Messages") var messages: ConsoleOptions

  func run() throws {
    if let (words, inversion) = unitWords {
      try traceUnit(of: words[0], words[1], words[2], inversion)
    } else if words.count == 2 {
      try tracePixel(words[0], words[1])
    } else {
      throw ValidationError(
        "Expected filters, a picture and a place; or a model, a picture and a unit.")
    }
  }

  /// A model, a picture and a unit; `--invert no`, of which the filter took the first word, is the
  /// network's here.
  private var unitWords: ([String], Inversion)? {
    if steps.steps.isEmpty { return words.count == 3 ? (words, .automatic) : nil }
    var (inverting, words) = (steps.steps, words)
    if inverting == ["invert"], let i = words.firstIndex(where: { Inversion(rawValue: $0) != nil })
    {
      inverting[0] += "=\(words.remove(at: i))"
    }
    guard words.count == 3, inverting.count == 1, inverting[0].hasPrefix("invert=") else {
      return nil
    }
    return Inversion(rawValue: String(inverting[0].dropFirst(7))).map { (words, $0) }
  }

  private func tracePixel(_ image: String, _ place: String) throws {
    try chainOptions.requireOneEdge()
    let place = try Place(parsing: StepRewriter.plain(place))
    let chain = try chainOptions.chain(of: steps.parse(beside: [image]))
    let picture = try input.reader.read(image)
    let trace: PixelTrace
    do throws(ImageError) {
      trace = try chain.trace(picture, x: place.x, y: place.y, jobs: input.jobs)
    } catch {
      throw PipelineError.image(file: image, error)
    }
    let report = TraceReport(trace: trace, name: image)
    try StandardOutput.write(json ? report.json.text + "\n" : report.text)
  }

  private func traceUnit(
    of model: String, _ image: String, _ unit: String, _ inversion: Inversion
  ) throws {
    let network = try networkInput.network(
      model, options, input.reader, messages, inversion: inversion)
    let picture = try network.picture(image)
    let trace: UnitTrace
    do throws(MethodError) {
      trace = try UnitTrace(
        UnitAddress(parsing: unit), in: network.checkpoint.network, input: picture.tensor,
        context: ForwardContext(jobs: input.jobs))
    } catch {
      throw PipelineError.method(file: model, error)
    }
    let report = UnitReport(
      trace: trace, picture: image, model: model, seen: picture.picture, notes: picture.notes)
    messages.tell(picture.notes, of: image)
    try StandardOutput.write(json ? report.json.text + "\n" : report.text)
  }
}
