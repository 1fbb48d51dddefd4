internal import ArgumentParser
internal import VizCNN

/// Labelled pictures themselves.
struct DatasetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dataset",
    abstract: "Fetch labelled pictures, say what they are like, and draw them.",
    usage: "vizcnn dataset fetch <name>, vizcnn dataset show <kind:path>",
    discussion: """
      Examples:
        vizcnn dataset fetch mnist
        vizcnn dataset show mnist:mnist/ -o sheet.png
        vizcnn dataset show folder:photos/ --json

      \(DataOptions.discussion)
      """,
    subcommands: [DatasetFetchCommand.self, DatasetShowCommand.self])
}

/// Counts, means and a sheet.
struct DatasetShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print counts, class balance, mean and deviation; draw a labelled sheet.",
    usage: "vizcnn dataset show [options] <kind:path>")

  @Argument(
    help: ArgumentHelp(
      "The pictures: "
        + DataSource.Kind.allCases.map { "\($0.rawValue):\($0.place)" }.joined(separator: ", ")
        + ".", valueName: "kind:path"))
  var data: String

  @Flag(help: "The pictures to test with, not those to learn from.") var test = false
  @Flag(help: "Print JSON.") var json = false

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Pictures of a class.", valueName: "n"),
    transform: wholeNumber(in: 1...100))
  var columns = 10

  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: ArgumentHelp("The sheet to draw.", valueName: "file.png"), completion: .file())
  var output: String?

  @Flag(name: .shortAndLong, help: "Replace files that vizcnn did not write.") var force = false

  func validate() throws {
    if output?.isEmpty ?? false { throw ValidationError("-o needs a name.") }
  }

  func run() throws {
    let source: DataSource
    do throws(DatasetError) {
      source = try DataSource(data)
    } catch {
      throw PipelineError.training(.data(error))
    }
    func writer(_ inputs: [String]) -> ResultWriter {
      ResultWriter(inputs: inputs, replacesForeignFiles: force)
    }
    if let output { try writer([source.path]).check(output) }
    let sheet = try DataSheet(source, part: test ? .test : .training)
    if let output {
      let writer = writer([source.path] + sheet.files)
      try writer.write(try sheet.image(columns: columns), to: .file(output), as: .png)
    }
    try StandardOutput.write(json ? sheet.json.text + "\n" : text(sheet.summary, sheet.part))
  }

  private func text(_ summary: DataSummary, _ part: DataSource.Part?) -> String {
    var table = TextTable([("class", .left), ("pictures", .right), ("share", .right)])
    for (name, count) in zip(summary.classNames, summary.counts) {
      let share = 100 * Double(count) / Double(max(summary.count, 1))
      table.add([printable(name), grouped(count), "\(rounded(share, 100)) %"])
    }
    table.add(["all", grouped(summary.count)])
    func numbers(_ values: [Double]) -> String {
      values.map { rounded($0, 10_000) }.joined(separator: ", ")
    }
    let lines =
      table.lines + [
        "",
        "\(sizes(summary)), \(summary.channels == 1 ? "gray" : "red, green and blue"), "
          + "mean \(numbers(summary.mean)), deviation \(numbers(summary.standardDeviation))",
        "the largest class is \(rounded(summary.imbalance, 100)) times the smallest",
      ] + (test && part == nil ? [DataOptions.hasNoTest] : []) + [output].compactMap(\.self)
    return lines.joined(separator: "\n") + "\n"
  }

  private func sizes(_ summary: DataSummary) -> String {
    let (smallest, largest) = summary.sizeRange
    return summary.sizes.count == 1
      ? "\(smallest)" : "\(summary.sizes.count) sizes from \(smallest) to \(largest)"
  }

  private func rounded(_ value: Double, _ scale: Double) -> String {
    decimal((value * scale).rounded() / scale)
  }
}
