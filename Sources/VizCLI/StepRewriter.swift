/// Turns filter steps into one ordered option.
///
///     --gaussian 1.4 --sobel-x lane.jpg   →   --step gaussian=1.4 --step sobel-x lane.jpg
///
/// ArgumentParser collects every option by itself, so the order of different options is lost;
/// values of one option keep theirs.
enum StepRewriter {
  /// The verbs whose words hold steps.
  static let verbs: Set<String> = ["filter", "verify", "trace"]
  /// The hidden option that a step becomes.
  static let option = "--step"

  /// The words behind the program's name, rewritten; `presets` says which take values.
  static func rewrite(_ words: [String], presets: [String: Bool] = knownPresets) -> [String] {
    guard let verb = words.first, verbs.contains(verb) else { return words }
    var result = [verb]
    var rest = words.dropFirst()
    while let word = rest.popFirst() {
      if word == "--" { return result + [word] + rest }
      guard word.hasPrefix("--") else {
        result.append(word)
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
        } else if takesValues, let next = rest.first, isValueList(next) {
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
