import VizNN
import VizReference

extension ReferenceCase {
  static let reductions: [ReferenceCase] = {
    var cases: [ReferenceCase] = []
    for reduction in ReferenceReduction.allCases {
      func add(_ shape: Shape, _ dimensions: [Int], _ keeps: Bool, values: [Float]? = nil) {
        cases.append(
          ReferenceCase(
            "Reduce",
            [
              "operation": .string(reduction.rawValue), "dim": .ints(dimensions),
              "keepdim": .bool(keeps),
            ], shape, values: values
          ) { x, _ in x.reduced(reduction, along: dimensions, keepsDimensions: keeps) })
      }
      for keeps in [false, true] {
        for dimensions in [[], [0], [1], [-1], [2, 3], [1, -1], [3, 0, 1, 2]] {
          add([2, 3, 5, 7], dimensions, keeps)
        }
        add([1, 1, 1, 1], [2, 3], keeps)
        add([33], [0], keeps)
      }
      add(
        [5, 3], [1], false,
        values: [
          .nan, 1, 2, 1, .nan, .infinity, .infinity, 1, -1, -.infinity, 1, 2, -0.5, -1, -2,
        ])
    }
    return cases
  }()

  private static let adaptive: [ReferenceCase] = ["AdaptiveAvgPool2d", "AdaptiveMaxPool2d"]
    .flatMap { type in
      let reduction: ReferenceReduction = type == "AdaptiveAvgPool2d" ? .mean : .maximum
      var cases: [ReferenceCase] = []
      for (shape, sizes) in [
        ([2, 3, 7, 8], [(1, 1), (3, 3), (2, 5), (7, 8), (9, 11)]),
        ([1, 2, 1, 1], [(1, 1), (3, 2)]),
        ([1, 1, 5, 33], [(1, 7), (5, 1)]),
      ] as [(Shape, [(Int, Int)])] {
        for (height, width) in sizes {
          cases.append(
            ReferenceCase(type, ["output_size": [.int(height), .int(width)]], shape) { x, _ in
              x.adaptivePooled(height: height, width: width, reduction)
            })
        }
        cases.append(
          ReferenceCase(type, ["output_size": [nil, 1]], shape) { x, _ in
            x.adaptivePooled(height: shape[2], width: 1, reduction)
          })
      }
      cases.append(
        ReferenceCase(
          type, ["output_size": [1, 2]], [1, 1, 2, 4],
          values: [.nan, 1, .infinity, 2, 3, 4, 5, -.infinity]
        ) { x, _ in x.adaptivePooled(height: 1, width: 2, reduction) })
      return cases
    }

  /// Up to 130 products of numbers below 1 and their additions, a rounding of a number below 130 each.
  static let products: [ReferenceCase] =
    [
      (7, 3, true, [3, 7]), (1, 1, true, [1, 1]), (33, 9, false, [2, 33]),
      (130, 5, true, [1, 130]),
      (6, 5, true, [2, 3, 6]), (16, 17, true, [0, 16]), (19, 18, false, [19]),
    ].map { (inputs: Int, outputs: Int, bias: Bool, shape: Shape) in
      ReferenceCase(
        "Linear",
        ["in_features": .int(inputs), "out_features": .int(outputs), "bias": .bool(bias)], shape,
        share: Double(inputs + 1) * 0x1p-24, magnitude: Double(inputs)
      ) { x, own in
        guard let weight = own["weight"] else { return x }
        return x.linear(weight: weight, bias: own["bias"]?.values)
      }
    }
    + [
      ([3, 7], [7, 5]), ([1, 1], [1, 1]), ([2, 3, 4, 5], [2, 3, 5, 6]), ([2, 1, 4, 9], [3, 9, 2]),
      ([4, 33], [2, 33, 3]), ([5, 1, 2, 3], [1, 4, 3, 2]),
    ].map { (a: Shape, b: Shape) in
      let depth = a[a.rank - 1]
      return ReferenceCase(
        "MatMul", [:], [a, b], share: Double(depth) * 0x1p-24, magnitude: Double(depth)
      ) { inputs, _ in [ReferenceArray.product(inputs[0], inputs[1])] }
    }
    + [
      ReferenceCase("MatMul", [:], [[5], [5, 2]]) { inputs, _ in
        [ReferenceArray.product(inputs[0].reshaped([1, 5]), inputs[1]).reshaped([2])]
      },
      ReferenceCase("MatMul", [:], [[2, 3, 5], [5]]) { inputs, _ in
        [ReferenceArray.product(inputs[0], inputs[1].reshaped([5, 1])).reshaped([2, 3])]
      },
    ] + adaptive
}
