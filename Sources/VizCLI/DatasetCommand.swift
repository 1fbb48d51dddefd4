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
    usage: "vizcnn dataset show [options] <kind:path>",
    discussion: """
      Examples:
        vizcnn dataset show mnist:mnist/
        vizcnn dataset show folder:photos/ -o sheet.png --columns 20

      Without -o no sheet is drawn. In a folder it is named after the kind of data, \
      mnist.sheet.png; on standard output it stands alone, without the table.
      """)

  @Argument(
    help: ArgumentHelp(
      "The pictures: "
        + DataSource.Kind.allCases.map { "\($0.rawValue):\($0.place)" }.joined(separator: ", ")
        + ".", valueName: "kind:path"))
  var data: String

  @Flag(help: "The pictures to test with, not those to learn from.") var test = false
  @Flag(help: "Print JSON.") var json = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Pictures of a class; 10 unless given.", valueName: "n"),
    transform: wholeNumber(in: 1...100))
  var columns = 10

  @OptionGroup(title: "Output") var output: OutputOptions

  func run() throws {
    let source: DataSource
    do throws(DatasetError) {
      source = try DataSource(data)
    } catch {
      throw PipelineError.training(.data(error))
    }
    func writer(_ inputs: [String]) -> ResultWriter {
      ResultWriter(inputs: inputs, replacesForeignFiles: output.force)
    }
    let plan = try output.output.map { _ in
      try output.plan(inputs: [source.kind.rawValue], suffix: "sheet")
    }
    if case .file(let path)? = plan?.destinations[0] { try writer([source.path]).check(path) }
    let sheet = try DataSheet(source, part: test ? .test : .training)
    if let plan {
      try writer([source.path] + sheet.files).write(
        try sheet.image(columns: columns), to: plan.destinations[0], as: plan.format,
        options: output.encoding())
      if plan.destinations[0] == .standardOutput { return }
    }
    try StandardOutput.write(
      json
        ? sheet.json.text + "\n"
        : text(sheet.summary, sheet.part, drawn: plan?.destinations[0].name))
  }

  private func text(
    _ summary: DataSummary, _ part: DataSource.Part?, drawn: String?
  ) -> String {
    var table = ClassTable(summary.classNames, columns: ["pictures", "share"])
    for (name, count) in zip(summary.classNames, summary.counts) {
      let share = 100 * Double(count) / Double(max(summary.count, 1))
      table.add(name, [grouped(count), "\(fixed(share, digits: 2)) %"])
    }
    func numbers(_ values: [Double]) -> String {
      values.map { rounded($0, 10_000) }.joined(separator: ", ")
    }
    let lines =
      table.lines(all: [grouped(summary.count)]) + [
        "",
        "\(sizes(summary)), \(summary.channels == 1 ? "gray" : "red, green and blue"), "
          + "mean \(numbers(summary.mean)), deviation \(numbers(summary.standardDeviation))",
        summary.imbalance == 1
          ? "all classes have as many"
          : "the largest class is \(rounded(summary.imbalance, 100)) times the smallest",
      ] + without(summary.emptyClassCount) + (test && part == nil ? [DataOptions.hasNoTest] : [])
      + [drawn].compactMap(\.self)
    return lines.joined(separator: "\n") + "\n"
  }

  private func without(_ count: Int) -> [String] {
    count == 0 ? [] : [count == 1 ? "1 class has no picture" : "\(count) classes have no picture"]
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
