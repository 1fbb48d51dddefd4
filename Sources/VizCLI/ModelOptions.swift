internal import ArgumentParser
internal import VizCNN

/// How a network is read.
struct ModelOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The layers, where the file holds weights alone: a .net file, or the name of a known network.",
      valueName: "file|name"),
    completion: .list(Zoo.all.map(\.name)))
  var net: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Where the weights are in the dictionaries of a PyTorch file, as in models.0.",
      valueName: "path"))
  var key: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Channels, height and width of the input, where the file leaves them open.",
      valueName: "3x130x130"), transform: parseShape)
  var inputShape: InputShape?

  var reader: ModelReader {
    ModelReader(key: key, net: net, inputShape: inputShape?.lengths)
  }
}

extension ModelOptions {
  /// The network in a file; what had to be found out is told.
  func read(_ path: String, _ messages: ConsoleOptions) throws -> Checkpoint {
    let checkpoint = try reader.read(path)
    messages.tell(checkpoint.notes, of: path)
    return checkpoint
  }
}

/// Lengths without the batch's.
struct InputShape: Sendable {
  let lengths: [Int]
}

private func parseShape(_ word: String) throws -> InputShape {
  let lengths = word.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
  guard lengths.allSatisfy({ 1...65_536 ~= $0 ?? 0 }), 1...3 ~= lengths.count else {
    throw ValidationError("expected channels, height and width, as in 3x130x130")
  }
  return InputShape(lengths: lengths.compactMap(\.self))
}
