/// Named values in an order: the arguments of a PyTorch module or the attributes of an ONNX node.
///
/// The readers check what they find, as it comes from files: an error names the argument, what it
/// is and what was expected.
public struct LayerArguments: Equatable, Sendable {
  public struct Item: Equatable, Sendable {
    public let name: String
    public let value: LayerValue
  }

  /// In the order in which they were added.
  public private(set) var items: [Item] = []

  public init() {}

  /// The value of a name; setting nil removes it.
  public subscript(name: String) -> LayerValue? {
    get { items.first { $0.name == name }?.value }
    set {
      let i = items.firstIndex { $0.name == name }
      switch (newValue, i) {
      case (let value?, let i?): items[i] = Item(name: name, value: value)
      case (let value?, nil): items.append(Item(name: name, value: value))
      case (nil, let i?): items.remove(at: i)
      case (nil, nil): break
      }
    }
  }

  /// Whether there is a value other than `None`.
  public func has(_ name: String) -> Bool { self[name] ?? .none != .none }
}

extension LayerArguments: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, LayerValue)...) {
    for (name, value) in elements { self[name] = value }
  }
}

extension LayerArguments {
  /// Whole numbers beyond this have no use in a layer, and sums and products of two stay exact.
  public static let largest = 1 << 24

  public func int(
    _ name: String, in range: ClosedRange<Int> = -largest...largest
  ) throws(LayerError) -> Int {
    guard let value = self[name]?.wholeNumber, range.contains(value) else {
      throw wrong(name, Self.describe(range))
    }
    return value
  }

  public func int(
    _ name: String, default value: Int, in range: ClosedRange<Int> = -largest...largest
  ) throws(LayerError) -> Int {
    has(name) ? try int(name, in: range) : value
  }

  public func ints(
    _ name: String, in range: ClosedRange<Int> = -largest...largest
  ) throws(LayerError) -> [Int] {
    switch self[name] {
    case .list(let values)?:
      let found = values.compactMap(\.wholeNumber)
      guard found.count == values.count, found.allSatisfy(range.contains) else { break }
      return found
    case let value?:
      guard let found = value.wholeNumber, range.contains(found) else { break }
      return [found]
    case nil: break
    }
    throw wrong(name, "one or several, each " + Self.describe(range))
  }

  /// One number for both directions, or one for vertical and one for horizontal.
  public func pair(
    _ name: String, in range: ClosedRange<Int> = 1...largest
  ) throws(LayerError) -> Pair {
    guard let found = try? ints(name, in: range), 1...2 ~= found.count else {
      throw wrong(name, Self.describe(range) + " or a pair of them")
    }
    return Pair(found[0], found[found.count - 1])
  }

  public func float(_ name: String) throws(LayerError) -> Float {
    switch self[name] {
    case .float(let value)?: return Float(value)
    case .int(let value)?: return Float(value)
    default: throw wrong(name, "a number")
    }
  }

  /// A number of a range, which no NaN is.
  public func float(_ name: String, in range: ClosedRange<Float>) throws(LayerError) -> Float {
    let value = try float(name)
    guard range.contains(value) else {
      throw wrong(
        name,
        range.upperBound < Float.greatestFiniteMagnitude
          ? "a number, \(range.lowerBound) to \(range.upperBound)"
          : "a finite number, \(range.lowerBound) or more")
    }
    return value
  }

  public func float(_ name: String, default value: Float) throws(LayerError) -> Float {
    has(name) ? try float(name) : value
  }

  public func floats(_ name: String) throws(LayerError) -> [Float] {
    try doubles(name).map(Float.init)
  }

  /// A number or a list of them, as they are written.
  package func doubles(_ name: String) throws(LayerError) -> [Double] {
    let values = if case .list(let values)? = self[name] { values } else { [self[name] ?? .none] }
    var doubles: [Double] = []
    for value in values {
      switch value {
      case .float(let value): doubles.append(value)
      case .int(let value): doubles.append(Double(value))
      default: throw wrong(name, "a number or a list of numbers")
      }
    }
    return doubles
  }

  public func bool(_ name: String) throws(LayerError) -> Bool {
    switch self[name] {
    case .bool(let value)?: return value
    case .int(0)?: return false
    case .int(1)?: return true
    default: throw wrong(name, "True or False")
    }
  }

  public func bool(_ name: String, default value: Bool) throws(LayerError) -> Bool {
    has(name) ? try bool(name) : value
  }

  public func string(_ name: String, among choices: [String]) throws(LayerError) -> String {
    guard case .string(let value)? = self[name], choices.contains(value) else {
      throw wrong(name, choices.map { "'\($0)'" }.joined(separator: ", "))
    }
    return value
  }

  public func string(
    _ name: String, default value: String, among choices: [String]
  ) throws(LayerError) -> String {
    has(name) ? try string(name, among: choices) : value
  }

  package func wrong(_ name: String, _ expected: String) -> LayerError {
    .argument(name: name, expected: expected, found: self[name].map(String.init) ?? "nothing")
  }

  private static func describe(_ range: ClosedRange<Int>) -> String {
    switch (range.lowerBound, range.upperBound) {
    case (1, largest): "a positive whole number"
    case (0, largest): "a whole number, not negative"
    case (-largest, largest): "a whole number"
    case let (lower, upper): "a whole number of \(lower)…\(upper)"
    }
  }
}

extension LayerValue {
  /// A whole number, also one that is written as a float or a list of one.
  var wholeNumber: Int? {
    switch self {
    case .int(let value): value
    case .float(let value): Int(exactly: value)
    case .list(let values): values.count == 1 ? values[0].wholeNumber : nil
    case .none, .bool, .string: nil
    }
  }
}
