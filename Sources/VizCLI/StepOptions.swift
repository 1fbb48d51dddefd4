internal import ArgumentParser
internal import VizCNN

/// A preset as a flag, so that help, completion and did-you-mean follow the registry.
///
/// `StepRewriter` has taken such words out before they are parsed.
struct PresetFlag: EnumerableFlag {
  let index: Int

  static let allCases = FilterRegistry.all.indices.map(PresetFlag.init)

  static func name(for value: PresetFlag) -> NameSpecification {
    .customLong(FilterRegistry.all[value.index].name)
  }

  static func help(for value: PresetFlag) -> ArgumentHelp? {
    let entry = FilterRegistry.all[value.index]
    let values = entry.parameters.map { "\($0.name) \(decimal($0.defaultValue))" }
    let defaults = values.isEmpty ? "" : " (\(values.joined(separator: ", ")))"
    return ArgumentHelp("\(entry.summary)\(defaults).")
  }
}

extension StepRewriter {
  static let knownPresets = Dictionary(
    uniqueKeysWithValues: FilterRegistry.all.map { ($0.name, !$0.parameters.isEmpty) })
}

/// The steps of a chain: presets and kernels in the order written.
struct StepOptions: ParsableArguments {
  @Flag(help: "Presets; those with numbers in brackets take others: --gaussian 2.5.")
  var presets: [PresetFlag] = []

  @Option(
    help: ArgumentHelp(
      "A kernel: \"3x3: 0,-1,0, -1,5,-1, 0,-1,0\", rows of numbers, or @FILE: text, .mat, .csv "
        + "or .npy (two dimensions, or one for a row). @- reads standard input.",
      valueName: "text|@file"))
  var kernel: [String] = []

  @Option(
    name: .customLong("step"), parsing: .unconditionalSingleValue, help: .hidden)
  var steps: [String] = []

  /// The steps with the values that they were written with.
  ///
  /// `words` are the pictures: where no step is named, one of them may have been meant as a step.
  func parse(beside words: [String]) throws -> [ParsedStep] {
    guard !steps.isEmpty else {
      let names = FilterRegistry.all.map(\.name)
      if let word = words.first(where: { names.contains($0) }) {
        throw ValidationError("No filter is named; did you mean '--\(word)'?")
      }
      throw ValidationError(
        "No filter is named: --sobel-x, --gaussian 2, --kernel … ('vizcnn presets' lists them).")
    }
    if let word = words.first(where: { StepRewriter.isValueList($0) && FileKind($0) == nil }) {
      throw ValidationError(
        "'\(word)' is no file; values follow their step, joined by commas: --canny 100,200.")
    }
    if (steps + words).count(where: { ["-", "kernel=@-"].contains($0) }) > 1 {
      throw ValidationError(
        "Standard input (-) can be read once only: as a picture or as a kernel.")
    }
    return try steps.map { word throws in try ParsedStep(word) }
  }
}

/// A step of the command line.
struct ParsedStep {
  let step: FilterStep
  /// The values of a preset's parameters, those that were not given at their defaults.
  let values: [Double]
  /// Where a kernel was read from.
  let file: String?

  /// Reads `PRESET`, `PRESET=VALUES` or `kernel=KERNEL`; errors name the text of a kernel as `source`.
  init(_ word: String, source: String = "--kernel") throws {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    if name == "kernel", parts.count == 2 {
      step = try KernelFile.step(from: String(parts[1]), source: source)
      values = []
      file = KernelFile.path(in: String(parts[1]))
      return
    }
    let given = try parts.count == 2 ? Self.numbers(parts[1], of: name) : []
    step = try FilterStep(preset: name, values: given)
    let entry = try FilterRegistry.entry(named: name)
    values = given + entry.parameters.dropFirst(given.count).map(\.defaultValue)
    file = nil
  }

  private static func numbers(_ text: Substring, of name: String) throws -> [Double] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      guard let value = Double(part), value.isFinite else {
        throw ValidationError(
          part.isEmpty
            ? "--\(name)=\(text): a value is missing." : "--\(name): '\(part)' is no number.")
      }
      return value
    }
  }
}
