internal import ArgumentParser
internal import VizCNN

/// A network from one format to another.
struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write a network in another format: ONNX, vizcnn's own, safetensors, text.",
    usage: "vizcnn convert [options] <model> <target>",
    discussion: """
      Examples:
        vizcnn convert resnet18.pt resnet18.onnx
        vizcnn convert model.onnx model.ckpt     weights and layers in one
        vizcnn convert model.ckpt weights.safetensors
        vizcnn convert weights.pt model.ckpt --net layers.net
        vizcnn convert weights.pt --sketch layers.net

      The ending of the target names the format: .onnx, .ckpt, .safetensors (the weights alone) or \
      .net (the layers alone). --sketch writes the layers that the shapes of weights tell, to fill \
      in what lies between; --sketch - prints them.
      """)

  @Argument(help: "The model to read.", completion: .file())
  var model: String

  @Argument(help: "The file to write.", completion: .file())
  var target: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Write a skeleton of the layers instead.", valueName: "file.net"),
    completion: .file())
  var sketch: String?

  @OptionGroup(title: "Model") var options: ModelOptions
  @Flag(name: .shortAndLong, help: "Replace files that vizcnn did not write. Inputs never are.")
  var force = false
  @OptionGroup(title: "Messages") var messages: ConsoleOptions

  func validate() throws {
    if (target == nil) == (sketch == nil) {
      throw ValidationError("Name either a file to write or --sketch FILE.net.")
    }
  }

  func run() throws {
    if sketch == "-" { return try StandardOutput.write(sketchText()) }
    let conversion = ModelConversion(reader: options.reader, replacesForeignFiles: force)
    if let sketch { try conversion.sketch(model, to: sketch) }
    if let target {
      messages.tell(try conversion.convert(model, to: target).notes, of: model)
    }
    try StandardOutput.write("\(target ?? sketch ?? "")\n")
  }

  private func sketchText() throws(PipelineError) -> String {
    do throws(CheckpointError) {
      return try NetWriter.sketch(ofWeightsIn: model, key: options.key)
    } catch {
      throw .checkpoint(file: model, error)
    }
  }
}
