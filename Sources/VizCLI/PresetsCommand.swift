internal import ArgumentParser
internal import VizCNN

/// The presets, and everything about one kernel.
struct PresetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "presets",
    abstract: "List the filters there are, or show one kernel's numbers.",
    usage: "vizcnn presets [<name> [<values>] | <kernel file>] [options]",
    discussion: """
      Examples:
        vizcnn presets                                  the list
        vizcnn presets sobel-x                          taps, sum, separable?, range
        vizcnn presets gaussian 2 -o gaussian.png       and its frequency response
        vizcnn presets k.mat                            the same of a kernel file
      """)

  @Argument(
    help: "A preset, a kernel file, or a kernel's text.",
    completion: .list(FilterRegistry.all.map(\.name)))
  var name: String?

  @Argument(help: "Values of the preset, as in 5 or 100,200.")
  var values: String?

  @OptionGroup(title: "Output") var output: OutputOptions
  @Flag(help: "Print JSON.") var json = false
  @OptionGroup(title: "Messages") var messages: ConsoleOptions

  func run() throws {
    guard let name else {
      if output.output != nil { throw ValidationError("-o draws one filter; name it.") }
      try StandardOutput.write(json ? PresetList.json : PresetList.text)
      return
    }
    var report = KernelReport(try parsedStep(name).step)
    if let path = output.output {
      guard let picture = report.frequencyResponse else {
        throw ValidationError("\(name) is no kernel; it has no frequency response.")
      }
      let isFile = report.isOwn && FileKind(name) != nil
      let plan = try output.plan(inputs: [name], suffix: "response")
      try ResultWriter(inputs: isFile ? [name] : [], replacesForeignFiles: output.force).write(
        picture, to: plan.destinations[0], as: plan.format,
        options: output.encoding())
      if path == "-" { return }
      if case .file(let path) = plan.destinations[0] { report.picture = path }
    }
    try StandardOutput.write(json ? report.json.text + "\n" : report.text)
  }

  /// A preset by name, a kernel by its text or its file.
  private func parsedStep(_ name: String) throws -> ParsedStep {
    if FilterRegistry.all.contains(where: { $0.name == name }) {
      return try ParsedStep(values.map { "\(name)=\($0)" } ?? name)
    }
    let isText = name.contains(":") && FileKind(name) == nil
    let isFile = name.contains("/") || name.contains(".") || FileKind(name) != nil
    guard isText || isFile || name.hasPrefix("@") || name == "-" else {
      throw ValidationError(
        "'\(name)' is no preset and no file"
          + suggestion(for: name, among: FilterRegistry.all.map(\.name)))
    }
    if values != nil { throw ValidationError("A kernel takes no values; presets do.") }
    return try ParsedStep("kernel=\(isText || name.hasPrefix("@") ? name : "@\(name)")")
  }
}

/// All presets.
enum PresetList {
  /// What a preset takes, a line a parameter.
  static func parameters(of entry: FilterEntry) -> [String] {
    entry.parameters.map { parameter in
      "  \(parameter.name) \(decimal(parameter.defaultValue)): \(parameter.kind.rawValue) from "
        + "\(decimal(parameter.range.lowerBound)) to \(decimal(parameter.range.upperBound)), "
        + parameter.unit
    }
  }

  static var text: String {
    let width = FilterRegistry.all.map(\.name.count).max() ?? 0
    var lines: [String] = []
    for entry in FilterRegistry.all {
      lines.append("  \(padded(entry.name, to: width))  \(entry.summary)")
      lines += parameters(of: entry).map { "  \(padded("", to: width))  \($0)" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  static var json: String {
    let entries = FilterRegistry.all.map { entry in
      JSONValue.object([
        ("name", .string(entry.name)), ("summary", .string(entry.summary)),
        ("gray", .bool(entry.runsOnGray)),
        (
          "parameters",
          .array(
            entry.parameters.map { parameter in
              .object([
                ("name", .string(parameter.name)), ("unit", .string(parameter.unit)),
                ("kind", .string(parameter.kind.rawValue)),
                ("minimum", .number(parameter.range.lowerBound)),
                ("maximum", .number(parameter.range.upperBound)),
                ("default", .number(parameter.defaultValue)),
              ])
            })
        ),
      ])
    }
    return JSONValue.array(entries).text + "\n"
  }
}
