/// A number for each direction of an image.
public struct Pair: Equatable, Sendable {
  public let vertical: Int
  public let horizontal: Int

  public init(_ vertical: Int, _ horizontal: Int) {
    self.vertical = vertical
    self.horizontal = horizontal
  }
}

extension Pair: ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
  /// The same number for both.
  public init(integerLiteral value: Int) {
    self.init(value, value)
  }

  public init(arrayLiteral values: Int...) {
    precondition(values.count == 2, "a pair of \(values)")
    self.init(values[0], values[1])
  }
}

extension Pair {
  var value: LayerValue { .ints([vertical, horizontal]) }
}
