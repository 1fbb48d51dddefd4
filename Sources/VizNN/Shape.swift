/// The lengths of a tensor's dimensions, the slowest first: `[N, C, H, W]` for a batch of images.
///
/// A dimension may be 0. A tensor without dimensions holds one number.
public struct Shape: Hashable, Sendable {
  public let dimensions: [Int]

  public init(_ dimensions: [Int]) {
    precondition(dimensions.allSatisfy { $0 >= 0 }, "a shape of \(dimensions)")
    self.dimensions = dimensions
  }

  /// How many dimensions there are.
  public var rank: Int { dimensions.count }

  /// How many numbers a tensor of this shape holds; `Int.max` stands for all that is larger.
  public var count: Int {
    if dimensions.contains(0) { return 0 }
    return dimensions.reduce(1) { product, length in
      let (result, overflows) = product.multipliedReportingOverflow(by: length)
      return overflows ? .max : result
    }
  }

  /// How many numbers there would be if lengths of 0 were 1: what strides and offsets are made of, which
  /// an empty tensor has too.
  var span: Int { Shape(dimensions.map { max($0, 1) }).count }

  public subscript(i: Int) -> Int { dimensions[i] }

  /// The product of the lengths of some dimensions; 1 for none.
  public func count(of range: Range<Int>) -> Int { Shape(Array(dimensions[range])).count }

  /// The shape with one length replaced.
  public func replacing(_ i: Int, with length: Int) -> Shape {
    var dimensions = dimensions
    dimensions[i] = length
    return Shape(dimensions)
  }

  /// How far apart neighbours of each dimension are in row-major order.
  package var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for i in stride(from: rank - 2, through: 0, by: -1) {
      strides[i] = strides[i + 1] * dimensions[i + 1]
    }
    return strides
  }
}

extension Shape: ExpressibleByArrayLiteral {
  public init(arrayLiteral dimensions: Int...) {
    self.init(dimensions)
  }
}

extension Shape: CustomStringConvertible {
  public var description: String { "[" + dimensions.map(String.init).joined(separator: ", ") + "]" }
}
