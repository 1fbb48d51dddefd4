package import VizNN

/// A call as it is written: `conv1: Conv2d(1, 16, 3)(input)`.
package struct NetCall {
  /// One thing between the brackets.
  package struct Argument {
    /// `stride` in `stride=2`.
    package var keyword: String?
    package var value: Value
  }

  package enum Value {
    case literal(LayerValue)
    /// A bare word: the name of a layer, a filter preset, or a text whose quotes print() left out.
    case word(String)
    indirect case call(NetCall)
    case list([Value])
  }

  /// What stands before the colon or the equals sign; nil where nothing does.
  package var name: String?
  /// Without `nn.`.
  package var function: String
  package var arguments: [Argument] = []
  /// What stands in a second pair of brackets: the names of what it reads.
  var inputs: [String]?
  /// How many times print() says that it is repeated, `(0-2): 3 x …`.
  var repeats = 1
  package var line: Int
}

extension NetCall.Value {
  /// The name of a layer, as a word, a text or a number.
  var name: String? {
    switch self {
    case .word(let word), .literal(.string(let word)): word
    case .literal(.int(let number)): String(number)
    default: nil
    }
  }
}

/// Reads the calls of a `.net` text.
///
///     text  = { call line-end }
///     call  = [ name ":" | "(" name ")" ":" | [ "self." ] name "=" ] [ int "x" ]
///             function "(" { argument [ "," ] } ")" [ "(" name { "," name } ")" ]
///
/// That is what a person writes one layer a line, what stands in a module's `__init__`, and what
/// `print(model)` shows.
package struct NetParser {
  private typealias Token = NetScanner.Token

  /// How deep calls and lists may nest.
  private static let deepest = 64

  private let tokens: [(token: NetScanner.Token, line: Int)]
  private let example: String
  private var position = 0
  private var depth = 0

  private init(_ text: String, _ example: String) throws(CheckpointError) {
    self.example = example
    tokens = try NetScanner.tokens(of: text)
  }

  /// The calls of a whole text; `example` shows one, for errors.
  package static func calls(
    of text: String, example: String = "a layer, as in Conv2d(1, 16, 3)"
  ) throws(CheckpointError) -> [NetCall] {
    var parser = try NetParser(text, example)
    var calls: [NetCall] = []
    while true {
      while parser.token == .lineEnd { parser.position += 1 }
      if parser.token == .end { return calls }
      calls.append(try parser.call())
      guard parser.token == .lineEnd || parser.token == .end || parser.accept(",") else {
        throw parser.error("the end of the line")
      }
    }
  }

  /// The one call that a text is: a layer as a checkpoint stores it.
  static func call(of text: String) throws(CheckpointError) -> NetCall {
    let calls = try calls(of: text)
    guard calls.count == 1 else {
      throw .invalidText(line: 1, expected: "one layer", found: "\(calls.count)")
    }
    return calls[0]
  }

  private var token: NetScanner.Token { tokens[position].token }

  private func token(at offset: Int) -> NetScanner.Token {
    tokens[min(position + offset, tokens.count - 1)].token
  }

  private mutating func accept(_ mark: Character) -> Bool {
    guard token == .mark(mark) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ mark: Character) throws(CheckpointError) {
    guard accept(mark) else { throw error("'\(mark)'") }
  }

  /// Within brackets, line ends mean nothing.
  private mutating func skipLineEnds() {
    while token == .lineEnd { position += 1 }
  }

  private func error(_ expected: String) -> CheckpointError {
    let found =
      switch token {
      case .word(let word): "'\(word.prefix(40))'"
      case .string(let text): "'\(text.prefix(40))'"
      case .int(let value): "\(value)"
      case .float(let value): "\(value)"
      case .mark(let mark): "'\(mark)'"
      case .lineEnd: "the end of the line"
      case .end: "the end of the text"
      }
    return .invalidText(line: tokens[position].line, expected: expected, found: found)
  }
}

// MARK: - Calls

extension NetParser {
  private mutating func call() throws(CheckpointError) -> NetCall {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw error("at most \(Self.deepest) calls in one another") }
    let name = try label()
    var repeats = 1
    if case .int(let count) = token, token(at: 1) == .word("x") {
      guard 1...10_000 ~= count else { throw error("1 to 10000 repetitions") }
      repeats = count
      position += 2
    }
    guard case .word(let word) = token else { throw error(example) }
    var call = NetCall(name: name, function: word, line: tokens[position].line)
    for prefix in ["torch.nn.functional.", "torch.nn.", "torch.", "nn.", "F."]
    where word.hasPrefix(prefix) {
      call.function = String(word.dropFirst(prefix.count))
      break
    }
    call.repeats = repeats
    position += 1
    call.arguments = try arguments()
    if token == .mark("(") { call.inputs = try names() }
    return call
  }

  /// `conv1:`, `(conv1):`, `conv1 =` or `self.conv1 =`; nil and nothing read where there is none.
  private mutating func label() throws(CheckpointError) -> String? {
    switch token {
    case .word(let word) where token(at: 1) == .mark(":") || token(at: 1) == .mark("="):
      position += 2
      return word.hasPrefix("self.") ? String(word.dropFirst(5)) : word
    case .string(let name) where token(at: 1) == .mark(":"):
      position += 2
      return name
    case .int(let number) where token(at: 1) == .mark(":"):
      position += 2
      return String(number)
    case .mark("("):
      return try bracketedLabel()
    default: return nil
    }
  }

  /// `(conv1):`, `(0):` or `(0-2):`, of which the first number counts.
  private mutating func bracketedLabel() throws(CheckpointError) -> String {
    position += 1
    let name: String
    switch token {
    case .word(let word): name = word
    case .string(let text): name = text
    case .int(let number): name = String(number)
    default: throw error("a name")
    }
    position += 1
    // The scanner takes the hyphen for the sign of the second number.
    if case .int(let last) = token, last < 0 { position += 1 }
    try expect(")")
    try expect(":")
    return name
  }

  private mutating func arguments() throws(CheckpointError) -> [NetCall.Argument] {
    try expect("(")
    var arguments: [NetCall.Argument] = []
    skipLineEnds()
    while !accept(")") {
      arguments.append(try argument())
      skipLineEnds()
      if accept(",") { skipLineEnds() }
    }
    return arguments
  }

  private mutating func argument() throws(CheckpointError) -> NetCall.Argument {
    if case .word(let keyword) = token, token(at: 1) == .mark("="), !isCall(at: 2) {
      position += 2
      return NetCall.Argument(keyword: keyword, value: try value())
    }
    return NetCall.Argument(value: isLabelled || isCall(at: 0) ? .call(try call()) : try value())
  }

  /// Whether a label comes next: a bracket that closes before a colon, or a name and a colon.
  private var isLabelled: Bool {
    switch token {
    case .word, .string:
      return token(at: 1) == .mark(":") || token(at: 1) == .mark("=") && isCall(at: 2)
    case .mark("("):
      let end = token(at: 2) == .mark(")") ? 3 : 4
      return token(at: end - 1) == .mark(")") && token(at: end) == .mark(":")
    default: return false
    }
  }

  private func isCall(at offset: Int) -> Bool {
    guard case .word(let word) = token(at: offset) else { return false }
    return token(at: offset + 1) == .mark("(") && word != "float"
  }

  private mutating func names() throws(CheckpointError) -> [String] {
    try expect("(")
    var names: [String] = []
    skipLineEnds()
    while !accept(")") {
      switch token {
      case .word(let word): names.append(word)
      case .string(let text): names.append(text)
      case .int(let number): names.append(String(number))
      default: throw error("a name")
      }
      position += 1
      skipLineEnds()
      if accept(",") { skipLineEnds() }
    }
    return names
  }
}

// MARK: - Values

extension NetParser {
  private mutating func value() throws(CheckpointError) -> NetCall.Value {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw error("at most \(Self.deepest) lists in one another") }
    switch token {
    case .int(let value): return literal(.int(value))
    case .float(let value): return literal(.float(value))
    case .string(let value): return literal(.string(value))
    case .word(let word): return try wordValue(word)
    case .mark("-") where token(at: 1) == .word("inf"):
      position += 1
      return literal(.float(-.infinity))
    case .mark("("): return .list(try list(closing: ")"))
    case .mark("["): return .list(try list(closing: "]"))
    default: throw error("a value")
    }
  }

  private mutating func literal(_ value: LayerValue) -> NetCall.Value {
    position += 1
    return .literal(value)
  }

  private mutating func wordValue(_ word: String) throws(CheckpointError) -> NetCall.Value {
    switch word {
    case "True", "true": return literal(.bool(true))
    case "False", "false": return literal(.bool(false))
    case "None": return literal(LayerValue.none)
    case "inf": return literal(.float(.infinity))
    case "float":  // float('-inf')
      guard token(at: 1) == .mark("("), case .string(let text) = token(at: 2),
        token(at: 3) == .mark(")"), let value = Double(text)
      else { throw error("float('inf')") }
      position += 4
      return .literal(.float(value))
    default:
      position += 1
      return .word(word)
    }
  }

  private mutating func list(closing mark: Character) throws(CheckpointError) -> [NetCall.Value] {
    position += 1
    var values: [NetCall.Value] = []
    skipLineEnds()
    while !accept(mark) {
      values.append(isLabelled || isCall(at: 0) ? .call(try call()) : try value())
      skipLineEnds()
      if token != .mark(mark) { try expect(",") }
      skipLineEnds()
    }
    return values
  }
}
