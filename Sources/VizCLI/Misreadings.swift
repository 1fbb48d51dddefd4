internal import ArgumentParser
internal import VizCNN

/// Words that would be taken for something else than was meant, told before they are parsed.
enum Misreadings {
  static let verbs = names(VizCommand.self)

  /// The verbs that a command begins with, one after the other: `dataset show`.
  static func verbs(of arguments: [String]) -> [String] {
    var (command, path): (any ParsableCommand.Type, [String]) = (VizCommand.self, [])
    for word in arguments {
      guard let next = command.configuration.subcommands.first(where: { $0._commandName == word })
      else { break }
      (command, path) = (next, path + [word])
    }
    return path
  }

  private static func names(_ command: any ParsableCommand.Type) -> [String] {
    command.configuration.subcommands.map { $0._commandName }
  }

  static func check(_ arguments: [String]) throws(PipelineError) {
    try checkVerb(arguments)
    try checkSecondVerb(arguments)
    for word in arguments.prefix(while: { $0 != "--" }) where word.hasPrefix("-") {
      if word.hasPrefix("--") {
        try checkPreset(word, verb: arguments[0])
      } else {
        try checkDash(word)
      }
    }
  }

  /// The first word, or what help is asked about.
  private static func checkVerb(_ arguments: [String]) throws(PipelineError) {
    let words = arguments.first == "help" ? arguments.dropFirst() : arguments[...]
    guard let word = words.first, word != "help", !verbs.contains(word) else { return }
    guard isPreset(word.dropFirst(2)) || !word.hasPrefix("-") else { return }
    let example =
      word.hasPrefix("-")
      ? "vizcnn filter \(word) …"
      : FileKind(word) != nil ? "vizcnn filter --sobel-x \(word)" : nil
    throw .request(
      "'\(printable(word))' is no verb; expected one of \(verbs.joined(separator: ", "))"
        + suggestion(for: word, among: verbs),
      hint: example.map { "the verb comes first: \($0)" } ?? "vizcnn --help shows what they do")
  }

  /// The word behind a verb that has verbs of its own.
  private static func checkSecondVerb(_ arguments: [String]) throws(PipelineError) {
    let words = arguments.first == "help" ? arguments.dropFirst() : arguments[...]
    guard let verb = words.first, let word = words.dropFirst().first, !word.hasPrefix("-"),
      let command = VizCommand.configuration.subcommands.first(where: { $0._commandName == verb }),
      case let known = names(command), !known.isEmpty, !known.contains(word)
    else { return }
    throw .request(
      "'\(printable(word))' is no verb of \(verb); expected one of \(known.joined(separator: ", "))"
        + suggestion(for: word, among: known), hint: "vizcnn \(verb) --help shows what they do")
  }

  /// Verbs that take the name of a preset take it without dashes.
  private static func checkPreset(_ word: String, verb: String) throws(PipelineError) {
    guard verb == "presets", isPreset(word.dropFirst(2)) else { return }
    throw .request(
      "'\(word)' is an option of filter", hint: "vizcnn presets \(word.dropFirst(2)) shows it")
  }

  /// One dash makes flags of the letters behind it.
  private static func checkDash(_ word: String) throws(PipelineError) {
    if isPreset(word.dropFirst()) {
      throw .request("'\(word)' reads as flags; did you mean '-\(word)'?", hint: nil)
    }
    guard word.count > 2, word.dropFirst().first?.isLetter ?? false, word.contains("."),
      FileKind(word) != nil
    else { return }
    throw .request(
      "'\(printable(word))' reads as flags", hint: "write ./\(word) for the file of that name")
  }

  private static func isPreset(_ word: Substring) -> Bool {
    StepRewriter.knownPresets[String(word.prefix { $0 != "=" })] != nil
  }
}
