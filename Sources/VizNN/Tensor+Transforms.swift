extension Tensor {
  /// Rows as columns.
  var transposed: Tensor {
    precondition(shape.rank == 2, "a tensor of \(shape) has no rows and columns")
    let (rows, columns) = (shape[0], shape[1])
    let old = values
    var new = old
    for y in 0..<rows {
      for x in 0..<columns { new[x * rows + y] = old[y * columns + x] }
    }
    return Tensor(shape: [columns, rows], values: new)
  }

  /// A function of every number.
  func mapped(_ function: (Float) -> Float) -> Tensor {
    Tensor(shape: shape, values: values.map(function))
  }
}

extension Tensor {
  /// A tensor without dimensions.
  static func number(_ value: Float) -> Tensor { Tensor(shape: [], values: [value]) }
}

extension Shape {
  /// A dimension counted from the front, or below 0 from the end, as an index.
  ///
  /// - Throws: where there is no such dimension.
  func dimension(_ i: Int) throws(LayerError) -> Int {
    guard -rank..<rank ~= i else {
      throw .inputShape(expected: "a shape with a dimension \(i)", found: self)
    }
    return index(i)
  }

  /// The same for a dimension that has been checked.
  func index(_ i: Int) -> Int { i < 0 ? i + rank : i }
}
