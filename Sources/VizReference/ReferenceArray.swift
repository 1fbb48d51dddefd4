/// Numbers in Float64 of any number of dimensions, each found by its indices: what the judge of the layers
/// without windows works with.
///
///     array[i, j, k] = values[(i · J + j) · K + k]
///
/// A layer is a shape and a formula for the number at an index. It shares no code with the engine.
package struct ReferenceArray: Sendable, Equatable {
  package let shape: [Int]
  package let values: [Double]

  package init(shape: [Int], values: [Double]) {
    precondition(values.count == shape.reduce(1, *), "\(values.count) values for \(shape)")
    self.shape = shape
    self.values = values
  }

  /// What `formula` says for every index, the last dimension fastest.
  package init(shape: [Int], _ formula: ([Int]) -> Double) {
    self.init(shape: shape, values: Self.indices(of: shape).map(formula))
  }

  package var count: Int { values.count }

  package subscript(index: [Int]) -> Double {
    precondition(index.count == shape.count, "index \(index) of \(shape)")
    var place = 0
    for (i, length) in zip(index, shape) {
      precondition(0..<length ~= i, "index \(index) of \(shape)")
      place = place * length + i
    }
    return values[place]
  }

  /// All indices in row-major order.
  static func indices(of shape: [Int]) -> [[Int]] {
    shape.reduce([[]]) { indices, length in
      indices.flatMap { index in (0..<length).map { index + [$0] } }
    }
  }

  /// A dimension that may be counted from the end.
  func axis(_ dimension: Int) -> Int { dimension < 0 ? dimension + shape.count : dimension }
}

extension [Int] {
  /// An index with one of its numbers replaced.
  func with(_ value: Int, at axis: Int) -> [Int] {
    var index = self
    index[axis] = value
    return index
  }
}
