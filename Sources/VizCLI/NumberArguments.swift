internal import ArgumentParser
internal import VizCNN

// Numbers as options take them: ArgumentParser's messages name the option and the word, these say
// what was expected.

/// Reads a whole number in a range.
func wholeNumber(in range: ClosedRange<Int>) -> @Sendable (String) throws -> Int {
  { word in
    guard let value = Int(word), range.contains(value) else {
      // The largest number that there is matters to nobody else.
      let isTooLarge = Int(word) == nil && !word.isEmpty && word.allSatisfy(\.isWholeNumber)
      throw ValidationError(
        range.upperBound == .max && !isTooLarge
          ? "expected a whole number, \(range.lowerBound) or more"
          : "expected a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }
}

/// Reads a finite number.
func finiteNumber(_ word: String) throws -> Double {
  guard let value = Double(word), value.isFinite else {
    throw ValidationError("expected a number, such as -0.5")
  }
  return value
}

/// Reads a number of a range.
func number(in range: Range<Double>) -> @Sendable (String) throws -> Double {
  { word in
    guard let value = Double(word), range.contains(value) else {
      throw ValidationError(
        "expected a number, \(decimal(range.lowerBound)) or more and below "
          + decimal(range.upperBound))
    }
    return value
  }
}

/// Reads a finite number above a bound.
func number(
  above bound: Double, upTo most: Double = .greatestFiniteMagnitude
) -> @Sendable (String) throws -> Double {
  { word in
    guard let value = Double(word), value > bound, value <= most else {
      throw ValidationError(
        most == .greatestFiniteMagnitude
          ? "expected a finite number above \(decimal(bound))"
          : "expected a number above \(decimal(bound)), at most \(decimal(most))")
    }
    return value
  }
}

/// Reads one of the words that an enumeration has.
func oneOf<Choice: RawRepresentable & CaseIterable>(
  _: Choice.Type
) -> @Sendable (String) throws -> Choice where Choice.RawValue == String, Choice: Sendable {
  let choices = Array(Choice.allCases)
  return { word in
    guard let choice = choices.first(where: { $0.rawValue == word }) else {
      let names = choices.map(\.rawValue)
      throw ValidationError(
        "'\(word)' is not one of \(names.joined(separator: ", "))"
          + suggestion(for: word, among: names))
    }
    return choice
  }
}

/// Two whole numbers: column and row.
struct Place: Sendable, Equatable {
  let x: Int
  let y: Int

  init(parsing text: String) throws {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == 2, let x = Int(parts[0]), let y = Int(parts[1]) else {
      throw ValidationError("'\(text)' is no place; expected column,row as in 120,80.")
    }
    (self.x, self.y) = (x, y)
  }
}
