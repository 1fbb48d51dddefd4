internal import ArgumentParser
internal import VizCNN

/// What every layer makes of a picture.
struct ActivationsCommand: PictureCommand {
  static let configuration = CommandConfiguration(
    commandName: "activations",
    abstract: "Draw what every layer of a network makes of a picture.",
    usage: "vizcnn activations [options] <model> <image> …",
    discussion: """
      Examples:
        vizcnn activations model.ckpt digit.png  digit.activations/index.html …
        vizcnn activations model.ckpt photos/ --layers 'conv*' --npy -o out/
        vizcnn activations weights.pt cat.jpg --net resnet18 --layers Conv2d
        vizcnn activations edges.net photo.png   kernels of the text alone

      Each layer becomes a sheet of feature maps, a strip of numbers, or at the end bars of \
      classes; index.html shows all of them on one page and values.json has the numbers. Layers are \
      named by name, pattern, number in the list of `vizcnn layers`, or kind.
      """)

  @Argument(help: "A model.", completion: .file())
  var model: String

  @Argument(help: "Pictures, or folders of them; - is standard input.", completion: .file())
  var image: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Only these layers.", valueName: "name,…"))
  var layers: [String] = []

  @Flag(help: "Also write each layer's numbers as NN-layer.npy.") var npy = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Write what the network sees, after --mean and --std, as one array.", valueName: "file.npy"),
    completion: .file())
  var dump: String?

  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: ArgumentHelp(
      "The folder to write to: for one picture itself, for several one with a folder for each.",
      valueName: "dir"), completion: .directory)
  var output: String?

  @Flag(name: .shortAndLong, help: "Replace files that vizcnn did not write.")
  var force = false
  @Flag(help: "Print a line of JSON for each picture.") var json = false
  @OptionGroup(title: "What is drawn") var sheets: SheetOptions
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
    if dump != nil, batch.paths.count != 1 { throw ValidationError("--dump is for one picture.") }
    let folders = try OutputPlan.folders(
      for: batch.paths, in: output, isBatch: batch.isBatch, suffix: "activations")
    let network = try networkInput.network(
      model, options, input.reader, messages, inversion: inversion.invert)
    let writer = ResultWriter(
      inputs: [model, options.net].compactMap(\.self) + batch.paths, replacesForeignFiles: force)
    let report = try ActivationReport(
      network, layers: layers.isEmpty ? .standard : LayerSelection(layers), look: sheets.look,
      writesNumbers: npy, writer: writer, jobs: input.jobs)
    if let dump { try writer.check(dump) }
    try batch.run { path in
      let outcome = try report.write(path, to: folders[path] ?? "")
      if let dump { try writer.write(outcome.input.tensor.numPyArray, to: dump) }
      messages.tell(outcome.input.notes, of: path)
      try print(outcome, of: path)
    }
  }

  private func print(_ outcome: ActivationReport.Outcome, of path: String) throws {
    guard json else {
      try StandardOutput.write(outcome.files.map { $0 + "\n" }.joined())
      guard let prediction = outcome.prediction else { return }
      let report = PredictionReport(
        path: path, prediction: prediction, notes: outcome.input.notes, top: 5)
      return try StandardOutput.write(report.text)
    }
    let value = JSONValue.object([
      ("picture", .string(path)), ("notes", .array(outcome.input.notes.map { .string($0) })),
      ("files", .array(outcome.files.map { .string($0) })),
      ("top", .array(outcome.prediction?.top(5).map(\.json) ?? [])),
    ])
    try StandardOutput.write(value.text + "\n")
  }
}
