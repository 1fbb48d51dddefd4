import VizNN
import VizReference

/// Numbers compared, chosen, counted and averaged.
extension ReferenceCase {
  static let choices: [ReferenceCase] = comparisons + conditions + means + places

  /// Whole numbers, so that some are equal, and every extreme with every other.
  private static let comparisons: [ReferenceCase] = operations.flatMap { operation, function in
    let judge: Judge = { inputs, _ in
      [ReferenceArray.paired(inputs[0], inputs[1], function)]
    }
    let arguments: LayerArguments = ["operation": .string(operation.rawValue)]
    let whole = Tensor(shape: [9, 1], values: (-4...4).map { Float($0) })
    let row = Tensor(shape: [2, 1, 9], values: (0..<18).map { Float($0 * 7 % 9 - 4) })
    var cases = [ReferenceCase("Compare", arguments, inputs: [whole, row], judge: judge)]
    guard operation != .remainder else { return cases }
    let rows = Tensor(shape: [extremes.count, 1], values: extremes)
    let columns = Tensor(shape: [extremes.count], values: extremes)
    cases += [
      ReferenceCase("Compare", arguments, inputs: [rows, columns], judge: judge),
      ReferenceCase("Compare", arguments, [[2, 3, 5], [3, 1]], judge: judge),
      ReferenceCase("Compare", arguments, [[], [4]], judge: judge),
    ]
    return cases
  }

  private static let operations: [(Compare.Operation, @Sendable (Double, Double) -> Double)] = [
    (.equal, { $0 == $1 ? 1 : 0 }), (.greater, { $0 > $1 ? 1 : 0 }),
    (.less, { $0 < $1 ? 1 : 0 }), (.greaterOrEqual, { $0 >= $1 ? 1 : 0 }),
    (.lessOrEqual, { $0 <= $1 ? 1 : 0 }), (.and, { $0 == 0 || $1 == 0 ? 0 : 1 }),
    (.or, { $0 == 0 && $1 == 0 ? 0 : 1 }),
    (.exclusiveOr, { ($0 == 0) == ($1 == 0) ? 0 : 1 }),
    (.remainder, { $1 == 0 ? .nan : $0 - $1 * ($0 / $1).rounded(.down) }),
  ]

  private static let conditions: [ReferenceCase] = [
    ([2, 1, 5], [2, 3, 5], [3, 1]), ([4], [], [1]), ([1], [2, 3], [3]),
  ].map { (condition: Shape, a: Shape, b: Shape) in
    var pattern = Tensor(repeating: 0, shape: condition).values
    for i in stride(from: 0, to: pattern.count, by: 2) { pattern[i] = Float(i) - 2 }
    return ReferenceCase("Where", [:], [condition, a, b], values: pattern, share: 0) { x, _ in
      // 0 and 1 times numbers that are finite, and their sum.
      let isFirst = x[0].mapped { number, _ in number == 0 ? 0 : 1 }
      let isSecond = x[0].mapped { number, _ in number == 0 ? 1 : 0 }
      return [
        ReferenceArray.paired(
          ReferenceArray.paired(isFirst, x[1], *), ReferenceArray.paired(isSecond, x[2], *), +)
      ]
    }
  }

  private static let means: [ReferenceCase] = [
    [[2, 3, 5], [3, 1], [5]], [[4]], [[2, 3], [2, 3]],
  ].map { (shapes: [Shape]) in
    ReferenceCase("Mean", [:], shapes) { inputs, _ in
      let sum = inputs.dropFirst().reduce(inputs[0]) { ReferenceArray.paired($0, $1, +) }
      return [sum.mapped { number, _ in number / Double(inputs.count) }]
    }
  }

  private static let places: [ReferenceCase] = {
    var cases: [ReferenceCase] = []
    let numbers: [Float] = [3, 1, 3, .nan, 2, .nan, -1, -1, .infinity, .infinity, 0, -.infinity]
    cases.append(
      ReferenceCase(
        "ArgMax", ["dim": 0], [3, 4], values: [3, 1, 4, 1.5, 9, 2.6, 5, 3.5, 8, 7, -2, 6], share: 0
      ) { x, _ in
        x.placeOfExtreme(along: 0, keepsDimension: false, isMinimum: false, takesLast: false)
      })
    for isMinimum in [false, true] {
      for takesLast in [false, true] {
        for (dimension, keeps, shape) in [
          (0, false, [3, 4]), (1, true, [3, 4]), (-1, false, [2, 2, 3]), (1, false, [1, 12, 1]),
        ] as [(Int, Bool, Shape)] {
          cases.append(
            ReferenceCase(
              "ArgMax",
              [
                "dim": .int(dimension), "keepdim": .bool(keeps), "smallest": .bool(isMinimum),
                "last": .bool(takesLast),
              ], shape, values: numbers, share: 0
            ) { x, _ in
              x.placeOfExtreme(
                along: dimension, keepsDimension: keeps, isMinimum: isMinimum,
                takesLast: takesLast)
            })
        }
      }
    }
    return cases
  }()
}
