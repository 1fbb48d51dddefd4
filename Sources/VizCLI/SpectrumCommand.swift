internal import ArgumentParser
internal import VizCNN

/// A picture's frequencies as a picture.
struct SpectrumCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spectrum",
    abstract: "Draw the log-magnitude Fourier picture: where low and high frequencies are.",
    usage: "vizcnn spectrum [options] <image>",
    discussion: """
      Examples:
        vizcnn spectrum lane.jpg                     to lane.spectrum.png
        vizcnn spectrum --window none lane.jpg -o s.png

      The centre is frequency zero: flat areas. Fine detail lies towards the borders; an edge is a \
      line across its direction, stripes are a pair of dots. The picture is made gray first and \
      fades out towards its borders (--window hann), because the transform takes it for periodic \
      and would see its borders as edges: --window none shows that bright cross. Pictures of more \
      than 64 million pixels are refused: the transform needs the whole picture at once.
      """)

  @Argument(help: "A picture; - is standard input.", completion: .file())
  var image: String

  @Option(help: "What becomes of the borders: hann fades them out, none keeps them.")
  var window: WindowChoice = WindowChoice(value: .hann)

  @Flag(help: "Only the spectrum, without the words below it.")
  var plain = false

  @OptionGroup(title: "Input") var input: PictureOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup(title: "Messages") var messages: ConsoleOptions

  func run() throws {
    let plan = try output.plan(inputs: [image], suffix: "spectrum")
    let writer = ResultWriter(inputs: [image], replacesForeignFiles: output.force)
    if case .file(let path) = plan.destinations[0] { try writer.check(path) }
    let picture = try spectrumPicture()
    try writer.write(
      plain ? picture.plainImage() : picture.image(), to: plan.destinations[0], as: plan.format,
      options: output.encoding(jobs: input.jobs))
    if case .file(let path) = plan.destinations[0] {
      try StandardOutput.write(path + "\n")
    }
  }
}

extension SpectrumCommand {
  private func spectrumPicture() throws(PipelineError) -> SpectrumPicture {
    var reader = input.reader
    reader.limits.maximumPixels = min(reader.limits.maximumPixels, Spectrum.maximumPixels)
    let plane = try reader.read(image).grayscale
    do throws(ImageError) {
      let spectrum = try Spectrum(of: plane, window: window.value, jobs: input.jobs)
      return SpectrumPicture(
        width: spectrum.width, height: spectrum.height, logMagnitudes: spectrum.logMagnitudes)
    } catch {
      throw .image(file: image, error)
    }
  }
}

/// `Spectrum.Window` as a word.
struct WindowChoice: ExpressibleByArgument {
  let value: Spectrum.Window

  static var allValueStrings: [String] { Spectrum.Window.allCases.map(\.rawValue) }
  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
  var defaultValueDescription: String { value.rawValue }

  init(value: Spectrum.Window) { self.value = value }

  init?(argument: String) {
    guard let value = Spectrum.Window(rawValue: argument) else { return nil }
    self.value = value
  }
}
