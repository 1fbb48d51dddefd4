import VizNN
import VizReference

extension ReferenceCase {
  static let capsules: [ReferenceCase] =
    [(1, [2, 3, 2, 2]), (2, [1, 6, 3, 5]), (8, [2, 16, 2, 3]), (3, [0, 6, 2, 2])].map {
      (length: Int, shape: Shape) in
      ReferenceCase("PrimaryCapsules", ["dim": .int(length)], shape, scale: 3) { x, _ in
        x.capsules(length: length).squashed()
      }
    }
    + [
      ReferenceCase(
        "PrimaryCapsules", ["dim": 2], [1, 4, 1, 2], values: [0, 3, 1, 4, 1e-20, 0, 0, 1e-20]
      ) { x, _ in x.capsules(length: 2).squashed() }
    ]
    + routing
    + [[2, 3, 4], [1, 1, 1], [3, 10, 16], [0, 2, 3]].flatMap { (shape: Shape) in
      [
        ReferenceCase("CapsuleLength", [:], shape) { x, _ in
          x.reduced(.norm2, along: [2], keepsDimensions: false)
        },
        ReferenceCase("CapsuleMask", [:], shape) { x, _ in x.longestCapsules() },
      ]
    }

  /// Lengths on both sides of a vector's sixteen, and batches beyond the sixteen pictures of a task.
  ///
  /// Sums of up to 200 votes, each a sum of up to eight products, and what agreement makes of their errors.
  private static let routing: [ReferenceCase] = [
    (batch: 2, [5, 3, 4, 2], turns: 1), (batch: 3, [7, 4, 3, 5], turns: 2),
    (batch: 2, [6, 8, 10, 16], turns: 3), (batch: 2, [5, 2, 2, 17], turns: 3),
    (batch: 1, [1, 1, 1, 1], turns: 3), (batch: 17, [4, 2, 3, 3], turns: 3),
    (batch: 2, [4, 3, 2, 33], turns: 5), (batch: 0, [4, 3, 2, 3], turns: 3),
  ].map { (batch: Int, weight: Shape, turns: Int) in
    ReferenceCase(
      "CapsuleRouting",
      [
        "in_capsules": .int(weight[0]), "in_dim": .int(weight[1]), "out_capsules": .int(weight[2]),
        "out_dim": .int(weight[3]), "iterations": .int(turns),
      ], [batch, weight[0], weight[1]], share: 2e-6
    ) { x, own in
      guard let weight = own["weight"] else { return x }
      return x.routed(weight: weight, iterations: turns)
    }
  }
}
