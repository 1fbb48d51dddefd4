extension ReferenceArray {
  /// A function of two numbers over arrays of which each repeats what it lacks, counted from the last
  /// dimension.
  package static func paired(
    _ a: ReferenceArray, _ b: ReferenceArray, _ function: (Double, Double) -> Double
  ) -> ReferenceArray {
    let rank = max(a.shape.count, b.shape.count)
    func length(_ array: ReferenceArray, _ i: Int) -> Int {
      let own = i - (rank - array.shape.count)
      return own < 0 ? 1 : array.shape[own]
    }
    // A length of 1 gives way to the other's, also to 0.
    let shape = (0..<rank).map { length(a, $0) == 1 ? length(b, $0) : length(a, $0) }
    func number(_ array: ReferenceArray, _ index: [Int]) -> Double {
      let own = index.suffix(array.shape.count)
      return array[zip(own, array.shape).map { $1 == 1 ? 0 : $0 }]
    }
    return ReferenceArray(shape: shape) { function(number(a, $0), number(b, $0)) }
  }

  /// Every number through a function, which may depend on its index.
  package func mapped(_ function: (Double, [Int]) -> Double) -> ReferenceArray {
    ReferenceArray(shape: shape) { function(self[$0], $0) }
  }

  /// A dense layer.
  ///
  ///     Σᵢ weight[o, i] · input[…, i] + bias[o]
  package func linear(weight: ReferenceArray, bias: [Double]?) -> ReferenceArray {
    let last = shape.count - 1
    return ReferenceArray(shape: shape.with(weight.shape[0], at: last)) { index in
      (0..<shape[last]).reduce(bias?[index[last]] ?? 0) { sum, i in
        sum + weight[[index[last], i]] * self[index.with(i, at: last)]
      }
    }
  }

  /// Products of the matrices in the last two dimensions, `[…, I, K]` and `[…, K, J]`; those before repeat as in
  /// `paired`.
  package static func product(_ a: ReferenceArray, _ b: ReferenceArray) -> ReferenceArray {
    let (aRank, bRank) = (a.shape.count, b.shape.count)
    let (rows, depth, columns) = (a.shape[aRank - 2], a.shape[aRank - 1], b.shape[bRank - 1])
    func batch(_ array: ReferenceArray) -> ReferenceArray {
      let shape = Array(array.shape.dropLast(2))
      return ReferenceArray(shape: shape, values: (0..<shape.reduce(1, *)).map(Double.init))
    }
    // Which matrix of each meets: the numbers of the matrices, paired as numbers are.
    let left = paired(batch(a), batch(b)) { x, _ in x }
    let right = paired(batch(a), batch(b)) { _, y in y }
    return ReferenceArray(shape: left.shape + [rows, columns]) { index in
      let place = Array(index.dropLast(2))
      let (i, j) = (index[index.count - 2], index[index.count - 1])
      let (aStart, bStart) = (Int(left[place]) * rows * depth, Int(right[place]) * depth * columns)
      return (0..<depth).reduce(0) { sum, k in
        sum + a.values[aStart + i * depth + k] * b.values[bStart + k * columns + j]
      }
    }
  }
}
