internal import ArgumentParser
internal import VizCNN

/// What a network takes pictures for.
struct PredictCommand: PictureCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Say what a network takes pictures for, with probabilities.",
    usage: "vizcnn predict [options] <model> <image> …",
    discussion: """
      Examples:
        vizcnn predict model.ckpt digit.png
        vizcnn predict model.ckpt photos/*.png --top 3 --json
        vizcnn predict weights.pt cat.jpg --net resnet18
        vizcnn predict model.onnx cat.jpg --preprocess imagenet

      The model says how a picture becomes its input; options say it where it does not. One bad \
      picture is told, and the rest goes on.
      """)

  @Argument(help: "A model.", completion: .file())
  var model: String

  @Argument(help: "Pictures, or folders of them; - is standard input.", completion: .file())
  var image: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many classes to name.", valueName: "n"),
    transform: wholeNumber(in: 1...1_000_000))
  var top = 5

  @Flag(help: "Print a line of JSON for each picture.") var json = false
  @OptionGroup(title: "Model") var options: ModelOptions
  @OptionGroup(title: "The network's input") var networkInput: NetworkInputOptions
  @OptionGroup(title: "The network's input") var inversion: InversionOptions
  @OptionGroup(title: "Pictures") var input: PictureOptions
  @OptionGroup(title: "Messages") var messages: ConsoleOptions

  func run() throws {
    let network = try networkInput.network(
      model, options, input.reader, messages, inversion: inversion.invert)
    let classifier = try PictureClassifier(network, jobs: input.jobs)
    let batch = try PictureBatch(image, messages: messages)
    try batch.run { path in
      let (prediction, prepared) = try classifier.prediction(for: path)
      messages.tell(prepared.notes, of: path)
      if let warning = prediction.undefinedWarning { messages.warn(warning, of: path) }
      let report = PredictionReport(
        path: path, prediction: prediction, notes: prepared.notes, top: top)
      try StandardOutput.write(json ? report.json.text + "\n" : report.text)
    }
  }
}
