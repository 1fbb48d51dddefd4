internal import ArgumentParser
internal import Glibc
internal import VizCNN

/// Messages for people, on standard error.
struct Console: Sendable {
  let usesColor: Bool

  enum ColorChoice: String, ExpressibleByArgument, CaseIterable { case auto, always, never }

  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Columns of the terminal behind standard error; nil where it does not say.
  static var width: Int? {
    var size = winsize()
    guard unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return nil
    }
    return Int(size.ws_col)
  }

  init(color: ColorChoice) {
    usesColor =
      switch color {
      case .always: true
      case .never: false
      case .auto:
        Self.isTerminal && Self.environment("NO_COLOR").isEmpty
          && Self.environment("TERM") != "dumb"
      }
  }

  /// For words that may be wrong: `--color` is found, the rest is not looked at.
  init(arguments: [String]) {
    let place = arguments.lastIndex { $0 == "--color" || $0.hasPrefix("--color=") }
    let word = place.map { i in
      arguments[i] == "--color"
        ? arguments.dropFirst(i + 1).first ?? "" : String(arguments[i].dropFirst(8))
    }
    self.init(color: word.flatMap(ColorChoice.init(rawValue:)) ?? .auto)
  }

  func report(_ error: PipelineError) {
    if error.status == .brokenPipe { return }
    self.error(error.message, hint: error.hint)
  }

  /// ArgumentParser's sentences begin and end like sentences; ours do not.
  func misuse(_ sentence: String, hint: String?) {
    let message = sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
    let isWord = message.dropFirst().first?.isLowercase ?? false
    error(isWord ? message.prefix(1).lowercased() + message.dropFirst() : message, hint: hint)
  }

  func error(_ message: String, hint: String?) {
    var text = "\(styled("error:", "1;31")) \(message)\n"
    if let hint { text += "\(styled("hint:", "1;36")) \(hint)\n" }
    write(text)
  }

  func warn(_ message: String) {
    write("\(styled("warning:", "1;33")) \(message)\n")
  }

  func note(_ message: String) {
    write(message + "\n")
  }

  /// Bytes to standard error; when it is closed, nobody is there to be told.
  func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count)
      }
      if count < 0 && errno != EINTR { return }
      bytes = bytes.dropFirst(max(0, count))
    }
  }

  private func styled(_ text: String, _ code: String) -> String {
    usesColor ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  private static func environment(_ name: String) -> String {
    guard let value = unsafe getenv(name) else { return "" }
    return unsafe String(cString: value)
  }
}

/// How much a command says on standard error; results on standard output do not depend on it.
struct ConsoleOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "No warnings and no progress; results and errors stay.")
  var quiet = false

  @Option(help: "Colours of messages: auto, always or never.")
  var color: Console.ColorChoice = .auto

  var console: Console { Console(color: color) }

  /// Says what was found out about a file, or done to it.
  func tell(_ notes: [String], of path: String) {
    guard !quiet, !notes.isEmpty else { return }
    console.note("\(spoken(path)): " + notes.joined(separator: ", "))
  }

  /// Warns of something in a file, or in what comes of it.
  func warn(_ warning: String, of path: String) {
    guard !quiet else { return }
    console.warn("\(spoken(path)): \(warning)")
  }
}

/// A file's name in a message.
func spoken(_ path: String) -> String { path == "-" ? StandardInput.name : printable(path) }
