internal import ArgumentParser
internal import VizCNN

/// Options that a verb does not have.
///
/// ArgumentParser tells of them last, behind all that is missing because a word was misspelt: looked for
/// when it has refused a command, so that a command that is right does not wait for it.
enum UnknownOptions {
  /// Of the first one, with what was probably meant; nil where all are known.
  static func message(in words: [String]) -> String? {
    guard let tool = try? JSONValue(json: Array(VizCommand._dumpHelp().utf8)),
      var command = tool["command"]
    else { return nil }
    var rest = words.prefix { $0 != "--" }
    while let word = rest.first, let next = command.subcommand(named: word) {
      command = next
      rest.removeFirst()
    }
    let known = command.optionNames + general
    while let word = rest.popFirst() {
      if StepRewriter.ownsNextWord(word) {
        rest = rest.dropFirst()
      } else if word.hasPrefix("--"), case let name = String(word.prefix { $0 != "=" }),
        !known.contains(name)
      {
        let meant =
          synonyms[name].flatMap { known.contains($0) ? "; did you mean '\($0)'?" : nil }
          ?? smallNetwork(name, words)
        return "unknown option '\(printable(name))'"
          + (meant ?? suggestion(for: name, among: known))
      }
    }
    return nil
  }

  /// Elsewhere than in training a network of small width has a name of its own.
  private static func smallNetwork(_ option: String, _ words: [String]) -> String? {
    guard option == "--small", let place = words.lastIndex(of: "--net"), place + 1 < words.count,
      let entry = try? Zoo.entry(named: words[place + 1] + "-small")
    else { return nil }
    return "; did you mean '--net \(entry.name)'?"
  }

  /// What other programs call options.
  private static let synonyms = [
    "--learning-rate": "--lr", "--batch": "--batch-size", "--optim": "--optimizer",
    "--lr-scheduler": "--schedule", "--val-split": "--validation", "--model": "--net",
    "--dataset": "--data", "--threads": "--jobs", "--num-workers": "--workers",
  ]

  /// What ArgumentParser itself answers.
  private static let general = [
    "--help", "--help-hidden", "--version", "--generate-completion-script",
    "--experimental-dump-help", StepRewriter.option,
  ]
}

// The members of what ArgumentParser says of a command.
extension JSONValue {
  fileprivate func subcommand(named name: String) -> JSONValue? {
    self["subcommands"]?.elements?.first { $0["commandName"]?.string == name }
  }

  fileprivate var optionNames: [String] {
    (self["arguments"]?.elements ?? []).flatMap { $0["names"]?.elements ?? [] }
      .filter { $0["kind"]?.string == "long" }
      .compactMap { $0["name"]?.string.map { "--" + $0 } }
  }
}
