internal import ArgumentParser
internal import VizCNN
internal import VizReference

/// The root: every verb is a file of its own.
struct VizCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vizcnn",
    abstract: "Shows what convolution does: to pictures, and inside neural networks.",
    usage: "vizcnn <verb> …",
    discussion: """
      Examples:
        vizcnn filter --sobel-x lane.jpg               edges: lane.sobel-x.png
        vizcnn filter --gaussian 1.4 --sobel lane.jpg  two steps, as written
        vizcnn filter --kernel "3x3: 0,-1,0, -1,5,-1, 0,-1,0" lane.jpg
        vizcnn filter --sobel-x --edge all lane.jpg    every edge mode
        vizcnn verify --sobel-x lane.jpg               proof by other engines
        vizcnn trace --sobel-x lane.jpg 120,80         one pixel's arithmetic
        vizcnn presets                                 the filters there are
        vizcnn spectrum lane.jpg                       its frequencies
        vizcnn activations model.ckpt digit.png        each layer's pictures
        vizcnn kernels model.ckpt                      what it has learned
        vizcnn predict model.ckpt digit.png            what it takes it for
        vizcnn train --data mnist:mnist/ --net cnn -o digits.ckpt
        vizcnn evaluate digits.ckpt --data mnist:mnist/
        vizcnn augment cat.jpg --random-rotation 15    what a network sees of it
        vizcnn dataset show mnist:mnist/ -o sheet.png
      """,
    version: version,
    subcommands: [
      FilterCommand.self, VerifyCommand.self, TraceCommand.self, PresetsCommand.self,
      SpectrumCommand.self, ActivationsCommand.self, KernelsCommand.self, PredictCommand.self,
      LayersCommand.self, RunCommand.self, ConvertCommand.self, TrainCommand.self,
      EvaluateCommand.self, AugmentCommand.self, DatasetCommand.self, CapsulesCommand.self,
    ])

  /// What `--version` prints, behind whatever verb it stands.
  private static var version: String {
    """
    vizcnn \(VizCNNVersion.number)
    libpng \(LibraryVersions.png), libjpeg-turbo \(LibraryVersions.jpeg), \
    zlib \(LibraryVersions.zlib), OpenCV \(OpenCVOracle.version)
    instruction set \(Engine.instructionSet) of \
    \(Engine.usableInstructionSets.joined(separator: ", "))
    """
  }
}
