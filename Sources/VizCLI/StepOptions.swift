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
      "A kernel: \"3x3: 0,-1,0, -1,5,-1, 0,-1,0\", rows of numbers, or @FILE.",
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
    return try steps.map { word throws in try ParsedStep(word) }
  }
}

/// A step of the command line.
struct ParsedStep {
  let step: FilterStep
  /// The values of a preset's parameters, those that were not given at their defaults.
  let values: [Double]

  init(_ word: String) throws {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    if name == "kernel", parts.count == 2 {
      step = try KernelFile.step(from: String(parts[1]))
      values = []
      return
    }
    let given = try parts.count == 2 ? Self.numbers(parts[1], of: name) : []
    step = try FilterStep(preset: name, values: given)
    let entry = try FilterRegistry.entry(named: name)
    values = given + entry.parameters.dropFirst(given.count).map(\.defaultValue)
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
