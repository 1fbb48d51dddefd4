internal import ArgumentParser
internal import VizCNN

/// Published data, brought into a folder.
struct DatasetFetchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Download MNIST, Fashion-MNIST or CIFAR-10 and check that it is whole.",
    usage: "vizcnn dataset fetch [options] <name>",
    discussion: """
      Examples:
        vizcnn dataset fetch mnist
        vizcnn dataset fetch cifar10 -o data/cifar/

      Files get their names when their checksums are right. What a fetch that was interrupted \
      has brought is gone on with the next time; what is there already is checked and left alone. \
      The program curl does the downloading, with the proxies that it knows of.
      """)

  @Argument(
    help: ArgumentHelp(
      "One of " + PublishedData.all.map(\.kind.rawValue).joined(separator: ", ") + ".",
      valueName: "name"), completion: .list(PublishedData.all.map(\.kind.rawValue)))
  var name: String

  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: ArgumentHelp("The folder; named after the data unless given.", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The address of a folder that has the files, instead of the known ones.", valueName: "url"))
  var mirror: String?

  @OptionGroup(title: "Messages") var messages: ConsoleOptions

  func validate() throws {
    if output?.isEmpty ?? false { throw ValidationError("-o needs a name.") }
    _ = try data()
    if let mirror, !["http://", "https://"].contains(where: mirror.hasPrefix) {
      throw ValidationError("--mirror is an address that begins with https:// or http://.")
    }
  }

  private func data() throws -> PublishedData {
    guard let data = PublishedData.all.first(where: { $0.kind.rawValue == name }) else {
      let names = PublishedData.all.map(\.kind.rawValue)
      throw ValidationError(
        "'\(printable(name))' is not one of \(names.joined(separator: ", "))"
          + suggestion(for: name, among: names))
    }
    return data
  }

  func run() throws {
    let data = try data()
    let fetch = DataFetch(data, folder: output ?? name + "/", mirrors: mirror.map { [$0] })
    ProcessSignals.noteFirstInterrupt()
    var line = FetchLine(messages)
    let isDone: Bool
    do throws(DatasetError) {
      isDone = try fetch.run(isInterrupted: { ProcessSignals.wasInterrupted }) { line.show($0) }
    } catch {
      line.clear()
      throw PipelineError.training(.data(error))
    }
    line.clear()
    guard isDone else {
      if !messages.quiet { messages.console.note("interrupted; the same command goes on") }
      throw ExitCode(ExitStatus.interrupted.rawValue)
    }
    try StandardOutput.write(fetch.paths.map { $0 + "\n" }.joined())
    if messages.quiet { return }
    if !line.hasFetched { messages.console.note("all files are there, with the right checksums") }
    let source = shellWord(DataSource(data.kind, path: fetch.folder).text)
    messages.console.note(
      "vizcnn train --data \(printable(source)) --net \(data.usualNetwork) -o \(name).ckpt")
  }
}
