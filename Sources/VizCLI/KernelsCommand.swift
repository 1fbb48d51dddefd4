internal import ArgumentParser
internal import VizCNN

/// What a network has learned to look for.
struct KernelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels",
    abstract: "Draw the kernels of a network's convolution layers.",
    usage: "vizcnn kernels [options] <model>",
    discussion: """
      Examples:
        vizcnn kernels model.ckpt            model.kernels/index.html …
        vizcnn kernels resnet18.pt --layers conv1 -o out/
        vizcnn kernels model.onnx --npy --scale map

      Each convolution layer becomes a sheet; index.html shows all of them with norms, near \
      duplicates and the nearest presets: “f7 ≈ −0.93 · sobel-x” means that the cosine of the angle \
      between both kernels is −0.93. vizcnn filter --kernel model.ckpt:conv1/7 applies one.
      """)

  @Argument(help: "A model.", completion: .file())
  var model: String

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Only these layers.", valueName: "name,…"))
  var layers: [String] = []

  @Flag(help: "Also write each layer's weights as NN-layer.npy.") var npy = false

  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: ArgumentHelp(
      "The folder to write to; <model>.kernels where not given.", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Flag(name: .shortAndLong, help: "Replace files that vizcnn did not write.")
  var force = false
  @OptionGroup(title: "What is drawn") var sheets: SheetOptions
  @OptionGroup(title: "Model") var options: ModelOptions
  @OptionGroup(title: "Work") var work: JobOptions
  @OptionGroup(title: "Messages") var messages: ConsoleOptions

  func validate() throws {
    if output?.isEmpty ?? false { throw ValidationError("-o needs a name.") }
  }

  func run() throws {
    let report = try KernelsReport(
      try options.read(model, messages), name: model,
      layers: layers.isEmpty ? .standard : LayerSelection(layers), look: sheets.look,
      writesNumbers: npy)
    let writer = ResultWriter(
      inputs: [model, options.net].compactMap(\.self), replacesForeignFiles: force)
    let files = try report.write(
      to: output ?? OutputPlan.besides(model, suffix: "kernels"), writer: writer, jobs: work.jobs)
    try StandardOutput.write(files.map { $0 + "\n" }.joined())
  }
}
