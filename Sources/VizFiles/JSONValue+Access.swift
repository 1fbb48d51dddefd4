// What a reader asks of a value that came from outside: nil where it is something else.

extension JSONValue {
  /// The value of a member; nil where there is none, or where this is no object.
  public subscript(name: String) -> JSONValue? {
    members?.first { $0.0 == name }?.1
  }

  public var members: [(String, JSONValue)]? {
    if case .object(let members) = self { members } else { nil }
  }

  public var elements: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  public var string: String? {
    if case .string(let string) = self { string } else { nil }
  }

  public var bool: Bool? {
    if case .bool(let bool) = self { bool } else { nil }
  }

  public var number: Double? {
    if case .number(let number) = self { number } else { nil }
  }

  /// A whole number that a Double holds exactly.
  public var int: Int? {
    guard let number, abs(number) <= 0x1p53 else { return nil }
    return Int(exactly: number)
  }

  /// Whole numbers, all of them.
  public var ints: [Int]? {
    guard let elements else { return nil }
    let numbers = elements.compactMap(\.int)
    return numbers.count == elements.count ? numbers : nil
  }

  /// What this is, for messages: `a string`.
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
