internal import ArgumentParser
internal import VizCNN

/// Proves a result, pixel by pixel.
struct VerifyCommand: PictureCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Prove a result: this engine against OpenCV and a Float64 reference, every pixel.",
    usage: "vizcnn verify [options] <filter> … <image> …",
    discussion: """
      Examples:
        vizcnn verify --sobel-x --edge extend lane.jpg
        vizcnn verify --gaussian 1.4 --sobel lane.jpg --json

      Whole-number kernels on 8 and 16 bit must not differ at a single pixel. Kernels of fractions \
      may differ by 1 where the exact value lies next to a rounding tie; the report says how near. \
      OpenCV is asked where it has the case, and decides where it is exact itself; what no judge \
      knows is said.

      Exit status: 0 proven, 70 violated, 4 no judge has the case; else as of filter.
      """)

  @Argument(help: "Pictures; - is standard input.", completion: .file())
  var image: [String]

  @OptionGroup(title: "Filters") var steps: StepOptions
  @OptionGroup(title: "How they apply") var chainOptions: ChainOptions
  @OptionGroup(title: "Input") var input: PictureOptions
  @Flag(help: "Print a line of JSON for each picture.") var json = false
  @OptionGroup(title: "Messages") var messages: ConsoleOptions

  func run() throws {
    try chainOptions.requireOneEdge()
    let parsed = try steps.parse(beside: image)
    let chain = try chainOptions.chain(of: parsed)
    var failures: [ExitStatus] = []
    var isViolated = false
    for name in image {
      do throws(PipelineError) {
        let verification = try verify(name, parsed, chain)
        if !verification.isProven { isViolated = true }
        if !verification.isJudged { failures.append(.corrupt) }
      } catch {
        messages.console.report(error)
        failures.append(error.status)
        if error.status == .brokenPipe { break }
      }
    }
    if isViolated { throw ExitCode(ExitStatus.internal.rawValue) }
    guard let first = failures.first else { return }
    throw ExitCode((image.count == 1 ? first : .partial).rawValue)
  }

  private func verify(
    _ name: String, _ steps: [ParsedStep], _ chain: FilterChain
  ) throws(PipelineError) -> Verification {
    let picture = try input.reader.read(name)
    let progress = JudgeProgress(name, quiet: messages.quiet)
    let verification: Verification
    do {
      defer { progress.clear() }
      verification = try Verification(
        picture, steps: steps, chain: chain, jobs: input.jobs, progress: progress.show)
    } catch let error as ImageError {
      throw .image(file: name, error)
    } catch {
      throw .request("\(name): \(error)", hint: nil)
    }
    let title =
      "\(name): \(picture.width)×\(picture.height) \(picture.sampleType), \(chain.name), "
      + "edge \(chain.options.edge)"
    do throws(FileError) {
      try StandardOutput.write(
        json
          ? verification.json(input: name, chain: chain).text + "\n" : verification.text(title))
    } catch {
      throw .file(error)
    }
    return verification
  }
}
