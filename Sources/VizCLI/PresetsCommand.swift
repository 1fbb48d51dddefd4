internal import ArgumentParser
internal import VizCNN

/// The presets, and everything about one kernel.
struct PresetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "presets",
    abstract: "List the filters there are, or show one kernel's numbers.",
    usage: "vizcnn presets [options] [<name> [<values>] | <kernel>]",
    discussion: """
      Examples:
        vizcnn presets                             the list
        vizcnn presets sobel-x                     taps, sum, range
        vizcnn presets gaussian 2 -o gaussian.png  and its frequency response
        vizcnn presets k.mat                       the same of a kernel file
        vizcnn presets "1,2,1"                     and of a kernel's text
      """)

  @Argument(
    help: "A preset, or a kernel as behind --kernel: text, or a file with or without @.",
    completion: .list(FilterRegistry.all.map(\.name)))
  var name: String?

  @Argument(help: "Values of the preset, as in 5 or 100,200.")
  var values: String?

  @OptionGroup(title: "Output") var output: OutputOptions
  @Flag(help: "Print JSON.") var json = false
  @OptionGroup(title: "Messages") var messages: ConsoleOptions

  func run() throws {
    guard let name = name.map(StepRewriter.plain) else {
      if output.output != nil { throw ValidationError("-o draws one filter; name it.") }
      try StandardOutput.write(json ? PresetList.json : PresetList.text)
      return
    }
    let parsed = try parsedStep(name)
    var report = KernelReport(parsed.step)
    if let path = output.output {
      guard let picture = report.frequencyResponse else {
        throw ValidationError("\(name) is no kernel; it has no frequency response.")
      }
      let plan = try output.plan(inputs: [parsed.step.name], suffix: "response")
      let writer = ResultWriter(
        inputs: parsed.file.map { [$0] } ?? [], replacesForeignFiles: output.force)
      try writer.write(
        picture, to: plan.destinations[0], as: plan.format,
        options: output.encoding())
      if path == "-" { return }
      if case .file(let path) = plan.destinations[0] { report.picture = path }
    }
    try StandardOutput.write(json ? report.json.text + "\n" : report.text)
  }

  /// A preset by name, a kernel by its text or its file.
  private func parsedStep(_ name: String) throws -> ParsedStep {
    let presets = FilterRegistry.all.map(\.name)
    if presets.contains(name) {
      return try ParsedStep(values.map { "\(name)=\(StepRewriter.plain($0))" } ?? name)
    }
    let kernel: String
    if name.hasPrefix("@") {
      kernel = name
    } else if KernelFile.path(in: name) != nil {
      kernel = name  // one that a network has learned
    } else if name == "-" || FileKind(name) != nil {
      kernel = "@\(name)"
    } else if Self.readsAsNumbers(name) {
      kernel = name
    } else if name.contains("/") || name.contains(".") {
      kernel = "@\(name)"
    } else {
      throw ValidationError(
        "'\(printable(name))' is no preset, no file and no kernel"
          + suggestion(for: name, among: presets))
    }
    if values != nil { throw ValidationError("A kernel takes no values; presets do.") }
    return try ParsedStep("kernel=\(kernel)", source: "kernel")
  }

  /// Whether a word that names no file was meant as a kernel: `3x3: …`, `1,2,1`, `-1 0 1`.
  private static func readsAsNumbers(_ word: String) -> Bool {
    let start = word.drop { $0 == " " }
    guard let first = start.first, first.isNumber || "+-.".contains(first) else { return false }
    return start.contains { ":,; \n".contains($0) } || Double(start) != nil
  }
}
