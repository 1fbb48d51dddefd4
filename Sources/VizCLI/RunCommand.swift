internal import ArgumentParser
internal import VizCNN

/// A network on raw tensors.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a network on raw tensors, or compare it with an ONNX test folder.",
    usage: "vizcnn run [options] <model>",
    discussion: """
      Examples:
        vizcnn run model.onnx --input x.npy      model.outputs/<name>.npy
        vizcnn run model.onnx --input a=a.npy --input b=b.pb -o out/
        vizcnn run model.ckpt --input x.npy --layers conv1,fc2
        vizcnn run model.onnx --check test_data_set_0

      Tensors are .npy files or ONNX's .pb. Every output becomes out/<name>.npy, / in names _. \
      --check runs the folder's input_0.pb … and compares with its output_0.pb …: exit status 0 \
      where each agrees within --tolerance, else 1.
      """)

  @Argument(help: "A model.", completion: .file())
  var model: String

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A tensor; one input needs no name.", valueName: "[name=]file"),
    completion: .file())
  var input: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Values inside of the network to write too.", valueName: "name,…"))
  var layers: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("A folder with inputs and the outputs that are expected.", valueName: "dir"),
    completion: .directory)
  var check: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Of --check: how far an output may be away, as a share of its largest number.",
      valueName: "share"), transform: finiteNumber)
  var tolerance = 1e-4

  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: ArgumentHelp(
      "The folder to write to; <model>.outputs where not given.", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Flag(name: .shortAndLong, help: "Replace files that vizcnn did not write.")
  var force = false
  @Flag(help: "Print JSON.") var json = false
  @OptionGroup(title: "Model") var options: ModelOptions
  @OptionGroup(title: "Work") var work: JobOptions
  @OptionGroup(title: "Messages") var messages: ConsoleOptions

  func validate() throws {
    if output?.isEmpty ?? false { throw ValidationError("-o needs a name.") }
    if check != nil, !input.isEmpty || !layers.isEmpty || output != nil {
      throw ValidationError("--check has inputs and outputs of its own.")
    }
    if check == nil, input.isEmpty {
      throw ValidationError("No tensor is named: --input FILE, or --check FOLDER.")
    }
  }

  func run() throws {
    let checkpoint = try options.read(model, messages)
    let run = NetworkRun(checkpoint.network, name: model, jobs: work.jobs)
    if let check {
      try compare(try NetworkCheck(run, folder: check))
    } else {
      try write(run)
    }
  }
}

extension RunCommand {
  private func write(_ run: NetworkRun) throws {
    let words = input.map(Self.parts)
    var given: [(name: String?, file: TensorFile)] = []
    for (name, path) in words { given.append((name, try .read(path))) }
    let results = try run.forward(try run.inputs(given), capturing: try run.values(layers))
    let folder = output ?? OutputPlan.besides(model, suffix: "outputs")
    try OutputPlan.requireFolder(folder)
    let writer = ResultWriter(
      inputs: [model, options.net].compactMap(\.self) + words.map(\.path),
      replacesForeignFiles: force)
    let files = NetworkRun.fileNames(for: results.map(\.name))
      .map { OutputPlan.path($0, in: folder) }
    for path in files { try writer.check(path) }
    try Folder.create(folder)
    for ((name, tensor), path) in zip(results, files) {
      try writer.write(tensor.numPyArray, to: path)
      try StandardOutput.write(
        json
          ? JSONValue.object([
            ("name", .string(name)), ("shape", .array(tensor.shape.dimensions.map { .int($0) })),
            ("file", .string(path)),
          ]).text + "\n"
          : path + "\n")
    }
  }

  /// `name=file`; a file whose name has a = in it needs no name in front.
  private static func parts(_ word: String) -> (name: String?, path: String) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, FileKind(word) == nil else { return (nil, word) }
    return (String(parts[0]), String(parts[1]))
  }

  private func compare(_ check: NetworkCheck) throws {
    for result in check.results {
      let agrees = result.agrees(within: tolerance)
      try StandardOutput.write(
        json
          ? JSONValue.object([
            ("name", .string(result.name)),
            ("shape", .array(result.shape.dimensions.map { .int($0) })),
            ("difference", .number(result.difference)), ("largest", .number(result.magnitude)),
            ("agrees", .bool(agrees)),
          ]).text + "\n"
          : "\(agrees ? "equal" : "DIFFERENT")  \(printable(result.name)) \(result.shape): "
            + "largest difference \(shortNumber(result.difference)), "
            + "\(shortNumber(result.relative)) of the largest number "
            + "\(shortNumber(result.magnitude))\n")
    }
    if !check.results.allSatisfy({ $0.agrees(within: tolerance) }) {
      throw ExitCode(ExitStatus.partial.rawValue)
    }
  }
}
