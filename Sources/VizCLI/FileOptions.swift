internal import ArgumentParser
internal import VizCNN

/// How pictures are read.
struct PictureOptions: ParsableArguments {
  @Flag(help: "Ignore the orientation that a camera wrote into the file.")
  var noOrient = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Refuse larger pictures. Without it, 256000000.", valueName: "n"),
    transform: wholeNumber(in: 1...(.max)))
  var maxPixels = ImageLimits().maximumPixels

  @OptionGroup var work: JobOptions

  var jobs: Int { work.jobs }

  var reader: PictureReader {
    PictureReader(
      limits: ImageLimits(maximumPixels: maxPixels), appliesOrientation: !noOrient)
  }
}

/// With how many threads.
struct JobOptions: ParsableArguments {
  @Option(
    name: [.customShort("j"), .customLong("jobs")], parsing: .unconditional,
    help: ArgumentHelp(
      "Threads, as many as processors unless given; results do not depend on it.",
      valueName: "n"), transform: wholeNumber(in: 1...1024))
  var threads: Int?

  var jobs: Int { threads ?? Engine.processorCount }
}

/// Where results go.
struct OutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: ArgumentHelp(
      "A file, a folder (it exists or ends in /), or - for standard output.",
      valueName: "file|dir/|-"),
    completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Picture format; the ending of -o FILE or PNG where it is not given.",
      valueName: "name"),
    completion: .list(ImageFormat.allCases.map(\.rawValue)), transform: parseFormat)
  var format: ImageFormat?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Of JPEG and WebP, 1 to 100; 90 unless given.", valueName: "n"),
    transform: wholeNumber(in: 1...100))
  var quality: Int?

  @Flag(name: .shortAndLong, help: "Replace files that vizcnn did not write. Inputs never are.")
  var force = false

  func encoding(jobs: Int = 1) -> EncodingOptions {
    var options = EncodingOptions(jobs: jobs)
    if let quality { options.quality = quality }
    return options
  }

  func validate() throws {
    if output?.isEmpty ?? false { throw ValidationError("-o needs a name.") }
  }

  /// Names every result; makes the folder where one is named that is missing.
  func plan(inputs: [String], suffix: String) throws -> OutputPlan {
    let target = output.map(OutputPlan.Target.init) ?? .automatic
    let plan = try OutputPlan(
      inputs: inputs, target: target, suffix: suffix, format: format, quality: quality)
    if plan.destinations.contains(.standardOutput), StandardOutput.isTerminal {
      throw PipelineError.request(
        "a picture is not written to a terminal",
        hint: "redirect it with > FILE, or name a file with -o")
    }
    if case .folder(let folder) = target {
      do throws(FileError) {
        try Folder.create(folder)
      } catch {
        throw PipelineError.file(error)
      }
    }
    return plan
  }
}

private func parseFormat(_ word: String) throws -> ImageFormat {
  let names = ImageFormat.allCases.map(\.rawValue)
  guard let format = ImageFormat(rawValue: word) ?? ImageFormat(pathExtension: word) else {
    throw ValidationError(
      "'\(word)' is not one of \(names.joined(separator: ", "))"
        + suggestion(for: word, among: names))
  }
  return format
}
