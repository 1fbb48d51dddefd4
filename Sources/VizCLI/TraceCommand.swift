internal import ArgumentParser
internal import VizCNN

/// One pixel's arithmetic.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Show one pixel's arithmetic: neighbours × kernel, products, sum, rounding.",
    usage: "vizcnn trace [options] <filter> … <image> <x,y>",
    discussion: """
      Examples:
        vizcnn trace --sobel-x lane.jpg 120,80
        vizcnn trace --gaussian 1.4 --sobel lane.jpg 0,0 --edge mirror
        vizcnn trace --sharpen --per-channel lane.jpg 12,7 --json

      x,y is the place in the result: column and row, from 0,0 at the top left. Of several filters \
      the last is shown, on what the others gave. Samples marked * lie outside of the picture; the \
      edge mode supplied them.
      """)

  @Argument(help: "A picture; - is standard input.", completion: .file())
  var image: String

  @Argument(help: ArgumentHelp("Column and row.", valueName: "x,y"))
  var place: String

  @OptionGroup(title: "Filters") var steps: StepOptions
  @OptionGroup(title: "How they apply") var chainOptions: ChainOptions
  @OptionGroup(title: "Input") var input: PictureOptions
  @Flag(help: "Print JSON.") var json = false
  @OptionGroup(title: "Messages") var messages: ConsoleOptions

  func run() throws {
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
}
