internal import ArgumentParser
internal import VizCNN

/// A sheet of what a network sees of a picture that is augmented.
struct AugmentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "augment",
    abstract: "Draw what a network sees of a picture while it learns.",
    usage: """
      vizcnn augment [options] <image>
      vizcnn augment --list
      """,
    discussion: """
      Examples:
        vizcnn augment --list                   the transforms and their arguments
        vizcnn augment cat.jpg --random-rotation 15 --color-jitter 0.3
        vizcnn augment cat.jpg --augment 'RandomResizedCrop(96), ColorJitter(0.3)' \\
          --count 16 -o sheet.png

      The values are the arguments of torchvision's transforms: --random-crop '32, padding=4' is \
      RandomCrop(32, padding=4). Options apply in the order in which the help lists them, \
      --augment first; transforms within --augment as they are written. The same seed draws the \
      same numbers. Without -o the sheet is NAME.augmented.png.
      """)

  @Argument(help: "A picture; - is standard input.", completion: .file())
  var image: String?

  @Flag(help: "List the transforms there are, and do nothing.") var list = false
  @OptionGroup(title: "Transforms") var augmentation: AugmentationOptions
  @OptionGroup(title: "Transforms") var transforms: TransformOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How often to draw; 16 times unless given.", valueName: "n"),
    transform: wholeNumber(in: 1...1000))
  var count = 16

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("What all that is random follows from.", valueName: "n"),
    transform: wholeNumber(in: 0...(.max)))
  var seed = 0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Pictures of a row; as many as make the page about 8:5 unless given.", valueName: "n"),
    transform: wholeNumber(in: 1...1000))
  var columns: Int?

  @OptionGroup(title: "Input") var input: PictureOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup(title: "Messages") var messages: ConsoleOptions

  func validate() throws {
    if list { return }
    if image == nil { throw ValidationError("No picture is named.") }
    if augmentation.augment == nil, transforms.text.isEmpty {
      throw ValidationError("Nothing is to be done; --augment or --random-rotation 15 says what.")
    }
  }

  func run() throws {
    guard let image, !list else { return try StandardOutput.write(Self.transformList) }
    let text = ([augmentation.augment].compactMap(\.self) + transforms.text)
      .joined(separator: "\n")
    let augmentation = try Augmentation(text: text)
    if augmentation.normalizes {
      messages.tell(
        ["Normalize changes the numbers that a network gets, and nothing of the pictures drawn"],
        of: image)
    }
    let plan = try output.plan(inputs: [image], suffix: "augmented")
    let writer = ResultWriter(inputs: [image], replacesForeignFiles: output.force)
    if case .file(let path) = plan.destinations[0] { try writer.check(path) }
    let sheet = try AugmentationSheet(
      of: try input.reader.read(image), name: image, augmentation,
      count: count, seed: UInt64(seed), jobs: input.jobs)
    try writer.write(
      sheet.image(columns: columns), to: plan.destinations[0], as: plan.format,
      options: output.encoding(jobs: input.jobs))
    if case .file(let path) = plan.destinations[0] {
      try StandardOutput.write(path + "\n")
    }
  }
}

extension AugmentCommand {
  /// What `--augment` takes: a line for each transform, and one for its arguments.
  private static var transformList: String {
    let width = TransformRegistry.all.map(\.name.count).max() ?? 0
    return TransformRegistry.all.map { entry in
      let arguments = entry.arguments.map { argument in
        argument.name + (argument.defaultValue.map { "=\($0)" } ?? "")
      }
      return "  \(padded(entry.name, to: width))  \(entry.summary)\n"
        + (arguments.isEmpty
          ? "" : "  \(padded("", to: width))    \(arguments.joined(separator: ", "))\n")
    }.joined()
  }
}

/// Transforms as options of their own.
struct TransformOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: ArgumentHelp("Resize(…)", valueName: "arguments"))
  var resize: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("CenterCrop(…)", valueName: "arguments"))
  var centerCrop: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("RandomCrop(…)", valueName: "arguments"))
  var randomCrop: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("RandomResizedCrop(…)", valueName: "arguments"))
  var randomResizedCrop: String?

  @Flag(help: "RandomHorizontalFlip()") var randomHorizontalFlip = false
  @Flag(help: "RandomVerticalFlip()") var randomVerticalFlip = false

  @Option(
    parsing: .unconditional, help: ArgumentHelp("RandomRotation(…)", valueName: "arguments"))
  var randomRotation: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("RandomAffine(…)", valueName: "arguments"))
  var randomAffine: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("ColorJitter(…)", valueName: "arguments"))
  var colorJitter: String?

  @Flag(help: "Grayscale()") var grayscale = false

  /// The calls that the options stand for.
  var text: [String] {
    let calls: [(String, String?)] = [
      ("Resize", resize), ("CenterCrop", centerCrop), ("RandomCrop", randomCrop),
      ("RandomResizedCrop", randomResizedCrop),
      ("RandomHorizontalFlip", randomHorizontalFlip ? "" : nil),
      ("RandomVerticalFlip", randomVerticalFlip ? "" : nil), ("RandomRotation", randomRotation),
      ("RandomAffine", randomAffine), ("ColorJitter", colorJitter),
      ("Grayscale", grayscale ? "" : nil),
    ]
    return calls.compactMap { name, arguments in arguments.map { "\(name)(\($0))" } }
  }
}
