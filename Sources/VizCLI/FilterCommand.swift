internal import ArgumentParser
internal import VizCNN

/// Files through a chain of filters, to files.
struct FilterCommand: PictureCommand {
  static let configuration = CommandConfiguration(
    commandName: "filter",
    abstract: "Apply filters to pictures, in the order written.",
    usage: "vizcnn filter [options] <filter> … <image> …",
    discussion: """
      Examples:
        vizcnn filter --sobel-x lane.jpg             edges: lane.sobel-x.png
        vizcnn filter --gaussian 1.4 --sobel lane.jpg -o edges.png
        vizcnn filter --kernel "3x3: 0,-1,0, -1,5,-1, 0,-1,0" lane.jpg
        vizcnn filter --kernel @k.mat --display signed *.jpg -o out/
        cat a.png | vizcnn filter --high-pass - -o - > b.png
        vizcnn filter --sobel-x --edge all lane.jpg  a sheet of all edge modes
        vizcnn filter --gaussian 3 --explain         how it is computed

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

  @OptionGroup(title: "What is shown") var result: ResultOptions
  @OptionGroup(title: "Input") var input: PictureOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup(title: "Messages") var messages: ConsoleOptions

  func run() throws {
    let parsed = try steps.parse(beside: image)
    let chain = try chainOptions.chain(of: parsed)
    if image.isEmpty {
      guard result.explain else {
        throw ValidationError("No picture is named; - is standard input.")
      }
      let (width, height) = ConvolutionPlan.usualSize
      let usual = FilterReport.Source(width: width, height: height, depth: .uint8, hasColor: true)
      try StandardOutput.write(ChainExplanation(chain: chain, picture: usual).text)
      return
    }
    let comparesEdges = chainOptions.edge == .all
    if comparesEdges, result.npy { throw ValidationError("--npy needs one edge mode, not all.") }
    let plan = try output.plan(
      inputs: image, suffix: comparesEdges ? "\(chain.name).edges" : chain.name)
    if plan.destinations.contains(.standardOutput), result.json {
      throw ValidationError("--json and a picture both want standard output.")
    }
    if result.npy {
      for destination in plan.destinations { _ = try destination.responsesPath() }
    }
    let writer = ResultWriter(
      inputs: image + parsed.compactMap(\.file), replacesForeignFiles: output.force)
    let pipeline = FilterPipeline(
      chain: chain, display: result.display, reader: input.reader, writer: writer,
      format: plan.format, encoding: output.encoding(),
      writesResponses: result.npy, comparesEdges: comparesEdges,
      jobs: image.count == 1 ? input.jobs : 1)
    let batch = FilterBatch(
      pipeline: pipeline, inputs: image, plan: plan, jobs: input.jobs, json: result.json,
      explains: result.explain, tellsTimes: result.verbose, messages: messages)
    try batch.run()
  }
}
