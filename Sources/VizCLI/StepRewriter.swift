/// Turns filter steps into one ordered option.
///
///     --gaussian 1.4 --sobel-x lane.jpg   →   --step gaussian=1.4 --step sobel-x lane.jpg
///
/// ArgumentParser collects every option by itself, so the order of different options is lost;
/// values of one option keep theirs. It also takes every word that begins with a dash for options:
/// a place such as `-1,0` gets a blank in front, which `plain` takes away. `-j2` becomes `-j 2`.
enum StepRewriter {
  /// The verbs whose words hold steps.
  static let verbs: Set<String> = ["filter", "verify", "trace"]
  /// The verbs with arguments that may be numbers.
  private static let numberVerbs: Set<String> = ["trace", "presets"]
  /// Options that own the next word, whatever it is.
  static let valueOptions: Set<String> = [
    "--alpha", "--anchor", "--augment", "--batch-size", "--center-crop", "--check", "--clip-norm",
    "--clip-value",
    "--color", "--color-jitter",
    "--colormap", "--columns", "--count", "--data", "--display", "--dump", "--edge", "--epochs",
    "--every",
    "--factor", "--format", "--input", "--input-shape", "--invert", "-j", "--jobs", "--key",
    "--label-smoothing", "--layers", "--loss", "--lr", "--max-pixels", "--mean", "--mirror",
    "--momentum", "--net", "-o", "--offset", "--optimizer", "--output", "--pad-value", "--padding",
    "--patience", "--preprocess", "--quality", "--random-affine", "--random-crop",
    "--random-resized-crop",
    "--random-rotation", "--range", "--resize", "--resume", "--scale", "--schedule", "--seed",
    "--size", "--sketch", "--snapshots", "--std", "--style", "--tolerance", "--top", "--validation",
    "--value-range", "--warm-up", "--weight-decay", "--window", "--workers",
  ]
  /// The hidden option that a step becomes.
  static let option = "--step"

  /// The words behind the program's name, rewritten; `presets` says which take values.
  static func rewrite(_ words: [String], presets: [String: Bool] = knownPresets) -> [String] {
    guard let verb = words.first else { return words }
    let (hasSteps, hasNumbers) = (verbs.contains(verb), numberVerbs.contains(verb))
    var result = [verb]
    var rest = words.dropFirst()
    while let word = rest.popFirst() {
      if word == "--" { return result + [word] + rest }
      if let (option, number) = jobs(word) {
        result += [option, number]
        continue
      }
      // `--invert` is a filter where there are filters, and an option with a value elsewhere.
      let isStep = hasSteps && presets[String(word.dropFirst(2))] != nil
      if !isStep, ownsNextWord(word), let value = rest.popFirst() {
        result += [word, value]
        continue
      }
      guard hasSteps, word.hasPrefix("--") else {
        result.append(hasNumbers && isNegative(word) ? " " + word : word)
        continue
      }
      let parts = word.dropFirst(2).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      let value = parts.count == 2 ? String(parts[1]) : nil
      if name == "kernel" {
        // Always takes the next word, whatever it starts with.
        guard let kernel = value ?? rest.popFirst() else { return result + [word] }
        result += [option, "kernel=\(kernel)"]
      } else if let takesValues = presets[name] {
        if let value {
          result += [option, "\(name)=\(value)"]
        } else if let next = rest.first, takesValues ? isValueList(next) : isNegative(next) {
          // Behind a preset without values a number may name a picture, a negative one cannot.
          result += [option, "\(name)=\(rest.removeFirst())"]
        } else {
          result += [option, name]
        }
      } else {
        result.append(word)
      }
    }
    return result
  }

  /// Whether the word behind an option is its value; `-qo` ends with such an option, too.
  static func ownsNextWord(_ word: String) -> Bool {
    guard !word.hasPrefix("--"), let last = word.last else { return valueOptions.contains(word) }
    return word.hasPrefix("-") && valueOptions.contains("-\(last)")
      && word.dropFirst().allSatisfy(\.isLetter)
  }

  /// `-j2` in two words, as make takes it, also behind flags; nil for other words.
  private static func jobs(_ word: String) -> (option: String, number: String)? {
    guard word.hasPrefix("-"), let j = word.lastIndex(of: "j") else { return nil }
    let (flags, number) = (word[..<j].dropFirst(), word[j...].dropFirst())
    guard flags.allSatisfy(\.isLetter), !number.isEmpty, number.utf8.allSatisfy({ 48...57 ~= $0 })
    else { return nil }
    return (String(word[...j]), String(number))
  }

  /// The word as it was written.
  static func plain(_ word: String) -> String {
    word.hasPrefix(" ") && isNegative(String(word.dropFirst())) ? String(word.dropFirst()) : word
  }

  /// Whether a word is wholly numbers, the first of them below 0: `-1`, `-1,0`, `-1 0 1`.
  private static func isNegative(_ word: String) -> Bool {
    let parts = word.split { " ,;\n".contains($0) }
    return word.hasPrefix("-") && parts.allSatisfy { isValueList(String($0)) } && !parts.isEmpty
  }

  /// Whether a word is wholly numbers and commas: `1.4`, `100,200`, `-1`; not `7.png`, not `-`.
  static func isValueList(_ word: String) -> Bool {
    guard word.utf8.contains(where: { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else {
      return false
    }
    return word.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { part in
      part.isEmpty
        || (part.utf8.allSatisfy { "0123456789.+-eE".utf8.contains($0) } && Double(part) != nil)
    }
  }
}
