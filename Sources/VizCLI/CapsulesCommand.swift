internal import ArgumentParser
internal import VizCNN

/// What capsules say about a picture, drawn again.
struct CapsulesCommand: PictureCommand {
  static let configuration = CommandConfiguration(
    commandName: "capsules",
    abstract: "Draw what a network's capsules keep of a picture, and what each number does.",
    usage: "vizcnn capsules [options] <model> <image> …",
    discussion: """
      Examples:
        vizcnn train --data mnist:mnist/ --net capsnet --small -o caps.ckpt
        vizcnn capsules caps.ckpt digit.png      digit.capsules/dimensions.png …
        vizcnn capsules caps.ckpt digits/ -o out/ --json

      The longest capsule names the class. reconstruction.png has the picture beside what the \
      decoder draws of that capsule alone; dimensions.png a row for each of its numbers, moved by \
      −0.25…0.25 while the others stay: what it stands for, thickness, slant, the length of a \
      stroke.
      """)

  @Argument(help: "A model with capsules and a decoder.", completion: .file())
  var model: String

  @Argument(help: "Pictures, or folders of them; - is standard input.", completion: .file())
  var image: [String] = []

  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: ArgumentHelp(
      "The folder to write to: for one picture itself, for several one with a folder for each.",
      valueName: "dir"), completion: .directory)
  var output: String?

  @Flag(name: .shortAndLong, help: "Replace files that vizcnn did not write.")
  var force = false
  @Flag(help: "Print a line of JSON for each picture.") var json = false
  @OptionGroup(title: "Model") var options: ModelOptions
  @OptionGroup(title: "The network's input") var networkInput: NetworkInputOptions
  @OptionGroup(title: "The network's input") var inversion: InversionOptions
  @OptionGroup(title: "Pictures") var input: PictureOptions
  @OptionGroup(title: "Messages") var messages: ConsoleOptions

  func validate() throws {
    if output?.isEmpty ?? false { throw ValidationError("-o needs a name.") }
  }

  func run() throws {
    let batch = try PictureBatch(image, messages: messages)
    let folders = try OutputPlan.folders(
      for: batch.paths, in: output, isBatch: batch.isBatch, suffix: "capsules")
    let network = try networkInput.network(
      model, options, input.reader, messages, inversion: inversion.invert)
    let report = try CapsulesReport(
      network,
      writer: ResultWriter(
        inputs: [model, options.net].compactMap(\.self) + batch.paths,
        replacesForeignFiles: force), jobs: input.jobs)
    try batch.run { path in
      let outcome = try report.write(path, to: folders[path] ?? "")
      messages.tell(outcome.notes, of: path)
      try StandardOutput.write(
        json
          ? outcome.json(path: path).text + "\n"
          : "\(spoken(path)): \(outcome.summary)\n"
            + outcome.files.map { $0 + "\n" }.joined())
    }
  }
}
