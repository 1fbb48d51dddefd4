import VizNN
import VizReference

extension ReferenceCase {
  private static let images: [Shape] = [[2, 3, 5, 7], [1, 3, 1, 1], [3, 3, 1, 33]]

  static let normalizations = batch + instance + group + layer + response + softmax

  private static let batch: [ReferenceCase] = {
    var cases: [ReferenceCase] = []
    for (epsilon, isAffine) in [(1e-5, true), (0.1, true), (1e-5, false)] {
      let arguments: LayerArguments = [
        "num_features": 3, "eps": .float(epsilon), "affine": .bool(isAffine),
      ]
      let judge = { @Sendable (x: ReferenceArray, own: [String: ReferenceArray]) in
        x.batchNormalized(
          mean: own["running_mean"]?.values ?? [], variance: own["running_var"]?.values ?? [],
          weight: own["weight"]?.values, bias: own["bias"]?.values, epsilon: epsilon)
      }
      for shape in images {
        cases.append(ReferenceCase("BatchNorm2d", arguments, shape, magnitude: 4, unary: judge))
      }
      for shape: Shape in [[5, 3], [1, 3], [2, 3, 9], [1, 3, 1]] {
        cases.append(ReferenceCase("BatchNorm1d", arguments, shape, magnitude: 4, unary: judge))
      }
      cases.append(
        ReferenceCase(
          "BatchNorm1d", arguments, [1, 3, 16], values: extremes + extremes + extremes,
          magnitude: 4, unary: judge))
    }
    return cases
  }()

  private static let instance: [ReferenceCase] = {
    var cases: [ReferenceCase] = []
    for (epsilon, isAffine) in [(1e-5, true), (0.1, false)] {
      let arguments: LayerArguments = [
        "num_features": 3, "eps": .float(epsilon), "affine": .bool(isAffine),
      ]
      let judge = { @Sendable (x: ReferenceArray, own: [String: ReferenceArray]) in
        x.instanceNormalized(
          weight: own["weight"]?.values, bias: own["bias"]?.values, epsilon: epsilon)
      }
      for shape in images {
        cases.append(ReferenceCase("InstanceNorm2d", arguments, shape, unary: judge))
      }
      for shape: Shape in [[2, 3, 9], [1, 3, 1]] {
        cases.append(ReferenceCase("InstanceNorm1d", arguments, shape, unary: judge))
      }
      // NaN stays in its plane; a plane of one number has no variance; numbers far from 0 have.
      let planes: [Float] = [.nan, 1, 2, 3, 5, 5, 5, 5, 1000, 1001, 1002, 1003]
      cases.append(
        ReferenceCase("InstanceNorm2d", arguments, [1, 3, 2, 2], values: planes, unary: judge))
    }
    return cases
  }()

  private static let group: [ReferenceCase] = [(1, 6), (2, 6), (3, 6), (6, 6), (1, 1)].flatMap {
    groups, channels in
    [[2, channels, 3, 5], [1, channels, 1, 1], [3, channels, 7], [2, channels]].flatMap {
      (shape: Shape) in
      [(1e-5, true), (0.1, false)].map { epsilon, isAffine in
        ReferenceCase(
          "GroupNorm",
          [
            "num_groups": .int(groups), "num_channels": .int(channels), "eps": .float(epsilon),
            "affine": .bool(isAffine),
          ], shape, magnitude: 4
        ) { x, own in
          x.groupNormalized(
            groups: groups, weight: own["weight"]?.values, bias: own["bias"]?.values,
            epsilon: epsilon)
        }
      }
    }
  }

  private static let layer: [ReferenceCase] = [
    ([5], [2, 3, 5]), ([3, 5], [2, 3, 5]), ([1], [4, 1]), ([33], [1, 33]),
  ].flatMap { (lengths: [Int], shape: Shape) in
    [(1e-5, true, true), (0.1, true, false), (1e-5, false, false)].map { epsilon, isAffine, bias in
      ReferenceCase(
        "LayerNorm",
        [
          "normalized_shape": .ints(lengths), "eps": .float(epsilon),
          "elementwise_affine": .bool(isAffine), "bias": .bool(bias),
        ], shape, magnitude: 4
      ) { x, own in
        x.layerNormalized(
          dimensions: lengths.count, weight: own["weight"]?.values, bias: own["bias"]?.values,
          epsilon: epsilon)
      }
    }
  }

  private static let response: [ReferenceCase] = [1, 2, 3, 5, 9].flatMap { size in
    [[2, 6, 3, 5], [1, 1, 1, 1], [1, 4, 7]].flatMap { (shape: Shape) in
      [(0.5, 0.75, 2.0), (1e-4, 0.5, 1.0)].map { alpha, beta, k in
        ReferenceCase(
          "LocalResponseNorm",
          [
            "size": .int(size), "alpha": .float(alpha), "beta": .float(beta), "k": .float(k),
          ], shape
        ) { x, _ in x.responseNormalized(size: size, alpha: alpha, beta: beta, k: k) }
      }
        + [
          ReferenceCase(
            "LocalResponseNorm", ["size": .int(size), "alpha": 0.5, "shifted": true], shape
          ) { x, _ in
            x.responseNormalized(
              size: size, alpha: 0.5, beta: 0.75, k: 1, before: (size - 1) / 2)
          }
        ]
    }
  }

  private static let softmax: [ReferenceCase] = [false, true].flatMap { isLogarithm in
    let type = isLogarithm ? "LogSoftmax" : "Softmax"
    var cases: [ReferenceCase] = []
    for (dimension, shape) in [
      (0, [5]), (1, [2, 5]), (-1, [3, 1]), (1, [2, 5, 3]), (0, [4, 3, 2]), (-2, [2, 9, 1, 3]),
    ] as [(Int, Shape)] {
      for scale: Float in [1, 80] {
        // A number and the logarithm of a sum up to a hundred times as large.
        cases.append(
          ReferenceCase(
            type, ["dim": .int(dimension)], shape, scale: scale, magnitude: Double(scale)
          ) { x, _ in
            let axis = dimension < 0 ? dimension + shape.rank : dimension
            return x.softmax(along: [axis], isLogarithm: isLogarithm)
          })
      }
    }
    cases.append(
      ReferenceCase(type, ["dim": 1, "includes_rest": true], [2, 3, 5]) { x, _ in
        x.softmax(along: [1, 2], isLogarithm: isLogarithm)
      })
    let rows: [Float] = [
      .nan, 1, .infinity, 1, -.infinity, 1, -.infinity, -.infinity, 3e38, -3e38, 1e10, 1e10,
    ]
    cases.append(
      ReferenceCase(type, ["dim": 1], [6, 2], values: rows) { x, _ in
        x.softmax(along: [1], isLogarithm: isLogarithm)
      })
    return cases
  }
}
