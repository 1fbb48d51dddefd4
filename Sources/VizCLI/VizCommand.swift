internal import ArgumentParser
internal import VizCNN
internal import VizReference

/// The root: every verb is a file of its own.
struct VizCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vizcnn",
    abstract: "Shows what a convolution does to a picture, and proves it.",
    usage: "vizcnn <verb> …",
    discussion: """
      Examples:
        vizcnn filter --sobel-x lane.jpg                 edges, to lane.sobel-x.png
        vizcnn filter --gaussian 1.4 --sobel lane.jpg    two steps, as written
        vizcnn filter --kernel "3x3: 0,-1,0, -1,5,-1, 0,-1,0" lane.jpg
        vizcnn filter --sobel-x --edge all lane.jpg      a sheet of all edge modes
        vizcnn verify --sobel-x lane.jpg                 the proof, by other engines
        vizcnn trace --sobel-x lane.jpg 120,80           one pixel's arithmetic
        vizcnn presets                                   the filters there are
        vizcnn spectrum lane.jpg                         the picture's frequencies
      """,
    subcommands: [
      FilterCommand.self, VerifyCommand.self, TraceCommand.self, PresetsCommand.self,
      SpectrumCommand.self,
    ])

  @Flag(name: .customLong("version"), help: "Show the version, of libraries too, and exit.")
  var showsVersion = false

  func run() throws {
    guard showsVersion else { throw CleanExit.helpRequest(self) }
    try StandardOutput.write(
      """
      vizcnn \(VizCNNVersion.number)
      libpng \(LibraryVersions.png), libjpeg-turbo \(LibraryVersions.jpeg), \
      zlib \(LibraryVersions.zlib), OpenCV \(OpenCVOracle.version)
      instruction set \(Engine.instructionSet) of \
      \(Engine.usableInstructionSets.joined(separator: ", "))

      """)
  }
}
