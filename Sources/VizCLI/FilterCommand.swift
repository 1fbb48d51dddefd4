internal import ArgumentParser
internal import VizCNN

/// Files through a chain of filters, to files.
struct FilterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "filter",
    abstract: "Apply filters to pictures, in the order written.",
    usage: "vizcnn filter [options] <filter> … <image> …",
    discussion: """
      Examples:
        vizcnn filter --sobel-x lane.jpg                         to lane.sobel-x.png
        vizcnn filter --gaussian 1.4 --sobel lane.jpg -o edges.png
        vizcnn filter --kernel "3x3: 0,-1,0, -1,5,-1, 0,-1,0" --per-channel lane.jpg
        vizcnn filter --kernel @k.mat --edge pad --display signed *.jpg -o out/
        cat a.png | vizcnn filter --high-pass - -o - > b.png
        vizcnn filter --sobel-x --edge all lane.jpg              every edge mode side by side
        vizcnn filter --gaussian 3 --explain                     how it would be computed

      Derivative filters turn a coloured picture gray first, unless --per-channel is given. \
      Nothing is rounded between steps. The path of each result is printed; an earlier result \
      is replaced, an input or a file of another program never is.

      Exit status: 0 done, 1 some of several pictures failed, 2 usage, 3 missing or unreadable, \
      4 corrupt or unsupported, 5 would overwrite, 6 limit, 7 not written, 130 interrupted.
      """)

  @Argument(help: "Pictures; - is standard input.", completion: .file())
  var image: [String] = []

  @OptionGroup(title: "Filters") var steps: StepOptions
  @OptionGroup(title: "How they apply") var chainOptions: ChainOptions

  @Option(
    help: ArgumentHelp(
      "How responses become a picture: clip cuts off, abs drops the sign, offset adds half, "
        + "normalize stretches, signed colours by sign.", valueName: "mode"),
    completion: .list(DisplayMode.allCases.map(\.rawValue)), transform: parseDisplay)
  var display: DisplayMode = .clip

  @Flag(help: "Also write the responses as float32, neither rounded nor cut off, to NAME.npy.")
  var npy = false

  @OptionGroup(title: "Input") var input: InputOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @Flag(help: "Say how each step is computed and why; on standard error beside the work.")
  var explain = false
  @Flag(help: "Print a line of JSON for each picture.")
  var json = false
  @OptionGroup(title: "Messages") var messages: ConsoleOptions

  func run() throws {
    let chain = try chainOptions.chain(of: steps.parse())
    if image.isEmpty {
      guard explain else { throw ValidationError("No picture is named; - is standard input.") }
      try StandardOutput.write(ChainExplanation(chain: chain, depth: .uint8).text)
      return
    }
    let comparesEdges = chainOptions.edge == .all
    let plan = try output.plan(
      inputs: image, suffix: comparesEdges ? "\(chain.name).edges" : chain.name)
    let isStream = plan.destinations.contains(.standardOutput)
    if isStream, json { throw ValidationError("--json and a picture both want standard output.") }
    if isStream, npy { throw ValidationError("--npy needs a file beside which to write.") }
    if comparesEdges, npy { throw ValidationError("--npy needs one edge mode, not all.") }
    let pipeline = FilterPipeline(
      chain: chain, display: display, reader: input.reader,
      writer: ResultWriter(inputs: image, replacesForeignFiles: output.force),
      format: plan.format, encoding: EncodingOptions(quality: output.quality),
      writesResponses: npy, comparesEdges: comparesEdges,
      jobs: image.count == 1 ? input.jobs : 1)
    let batch = FilterBatch(
      pipeline: pipeline, inputs: image, plan: plan, jobs: input.jobs, json: json,
      explains: explain, messages: messages)
    try batch.run()
  }
}

private func parseDisplay(_ word: String) throws -> DisplayMode {
  let names = DisplayMode.allCases.map(\.rawValue)
  guard let mode = DisplayMode(rawValue: word) else {
    throw ValidationError(
      "'\(word)' is not one of \(names.joined(separator: ", "))"
        + suggestion(for: word, among: names))
  }
  return mode
}
