internal import ArgumentParser
internal import VizCNN

/// A network as a table.
struct LayersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layers",
    abstract: "List a network's layers: shapes, parameters, multiply-adds, receptive fields.",
    usage: "vizcnn layers [options] [<model>]",
    discussion: """
      Examples:
        vizcnn layers model.ckpt
        vizcnn layers quiz.net --input-shape 3x130x130
        vizcnn layers weights.pt --net resnet18
        vizcnn layers --net vgg16            a known network, without a file
        vizcnn layers --net resnet50 --time  how long each layer takes here

      A model is a vizcnn checkpoint, a PyTorch, safetensors or ONNX file, or layers as text \
      (.net). The receptive field is what one number of the layer sees of the input; \
      multiply-adds are those of one picture. Times are medians of a batch of one with weights and \
      samples of noise; layers that run as one share a time, which stands at the first.
      """)

  @Argument(help: "A model; not needed where --net names a network.", completion: .file())
  var model: String?

  @OptionGroup(title: "Model") var options: ModelOptions
  @Flag(help: "Run the network, and print milliseconds and GFLOP/s for each layer.")
  var time = false
  @OptionGroup(title: "Work") var work: JobOptions
  @Flag(help: "Print JSON.") var json = false
  @OptionGroup(title: "Messages") var messages: ConsoleOptions

  func run() throws {
    let layers: NetworkLayers
    if let model {
      layers = try options.reader.layers(model)
    } else {
      guard options.net != nil else {
        throw ValidationError("No model is named, and no --net.")
      }
      layers = try options.reader.layersOfNet()
    }
    var report = try LayerReport(
      layers, name: model ?? options.net ?? "", inputShape: options.inputShape?.lengths)
    messages.tell(layers.notes, of: report.name)
    if report.summary == nil {
      messages.tell(
        ["the input's size is open; --input-shape 3x224x224 shows shapes and costs"],
        of: report.name)
    }
    if time { try report.measure(jobs: work.jobs) }
    try StandardOutput.write(json ? report.json.text + "\n" : report.text)
  }
}
