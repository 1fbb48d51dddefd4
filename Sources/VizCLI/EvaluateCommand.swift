internal import ArgumentParser
internal import VizCNN

/// How well a network does on pictures that it has not learned from.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Say how well a network does on test pictures, class by class.",
    usage: "vizcnn evaluate [options] <model> --data <data>",
    discussion: """
      Examples:
        vizcnn evaluate digits.ckpt --data mnist:mnist/
        vizcnn evaluate cifar.ckpt --data cifar10:cifar/ -o report/
        vizcnn evaluate model.onnx --data folder:photos/ --preprocess imagenet --json
        vizcnn evaluate digits.ckpt --data mnist:mnist/ \\
          --augment 'affine(translate=(3, 0))'        digits 3 pixels to the right

      With -o the folder gets confusion.png, what is taken for what, and mistakes.png, the pictures \
      with the largest losses. In JSON accuracies are shares of 1. The model says how a picture \
      becomes its input; options say it where it does not.

      \(DataOptions.discussion)
      """)

  @Argument(help: "A model.", completion: .file())
  var model: String

  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Data") var augmentation: AugmentationOptions

  @Flag(help: "Take the pictures to learn from, not those to test with.")
  var training = false

  @Flag(help: "Print JSON.") var json = false

  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: ArgumentHelp("The folder for pictures of what is confused.", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Flag(name: .shortAndLong, help: "Replace files that vizcnn did not write.")
  var force = false
  @OptionGroup(title: "Model") var options: ModelOptions
  @OptionGroup(title: "The network's input") var networkInput: NetworkInputOptions
  @OptionGroup(title: "Work") var work: JobOptions
  @OptionGroup(title: "Work") var loading: LoaderOptions
  @OptionGroup(title: "Messages") var messages: ConsoleOptions

  func validate() throws {
    if output?.isEmpty ?? false { throw ValidationError("-o needs a name.") }
  }

  func run() throws {
    func writer(_ inputs: [String]) -> ResultWriter {
      ResultWriter(
        inputs: [model, options.net].compactMap(\.self) + inputs, replacesForeignFiles: force)
    }
    if let output { try EvaluationReport.check(output, writer: writer([])) }
    let augmentation = try augmentation.augmentation()
    if augmentation?.normalizes ?? false {
      throw PipelineError.request(
        "Normalize in --augment: the model says how pixels become numbers",
        hint: "where it does not, --mean and --std say it")
    }
    let network = try networkInput.network(model, options, PictureReader(), messages)
    let report = try EvaluationReport(
      network, data: try data.source(), part: training ? .training : .test,
      augmentation: augmentation, jobs: work.jobs, workers: loading.workers)
    messages.tell(report.notes, of: model)
    if !messages.quiet { report.warnings.forEach(messages.console.warn) }
    if !training, report.part == nil { messages.tell([DataOptions.hasNoTest], of: data.data) }
    var files: [String] = []
    if let output {
      files = try report.write(to: output, writer: writer(report.files))
    }
    if json { return try StandardOutput.write(report.json.text + "\n") }
    var table = ClassTable(report.evaluation.classNames, columns: ["pictures", "right"])
    for row in report.classes {
      table.add(row.name, [grouped(row.count), row.accuracy.map(percent) ?? "–"])
    }
    let result = report.evaluation
    let lines =
      table.lines(all: [grouped(result.count), percent(result.accuracy)]) + [
        "", "loss \(shortened(result.loss))",
      ] + files
    try StandardOutput.write(lines.joined(separator: "\n") + "\n")
  }

  private func percent(_ share: Double) -> String {
    "\(fixed(100 * share, digits: 2)) %"
  }

  private func shortened(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    return value.isFinite && abs(value) < 1e9 ? decimal((value * 1e5).rounded() / 1e5) : "\(value)"
  }
}
