import VizNN
import VizReference

/// Numbers that only change their place must be the same numbers.
extension ReferenceCase {
  private static func moved(
    _ type: String, _ arguments: LayerArguments, _ shape: Shape,
    _ judge: @escaping @Sendable (ReferenceArray) -> ReferenceArray
  ) -> ReferenceCase {
    ReferenceCase(type, arguments, shape, share: 0) { x, _ in judge(x) }
  }

  static let arrangements =
    concatenations + splits + slices + paddings + reshapings + transpositions + shuffles
    + expansions + unshuffles + selections + untouched

  private static let concatenations: [ReferenceCase] = [
    (1, [[2, 3, 5, 7], [2, 1, 5, 7], [2, 4, 5, 7]]), (0, [[1, 3], [2, 3]]),
    (-1, [[2, 1], [2, 33]]),
    (2, [[1, 1, 1, 1], [1, 1, 1, 1]]), (0, [[4]]), (1, [[2, 0, 3], [2, 2, 3]]),
  ].map { (dimension: Int, shapes: [Shape]) in
    ReferenceCase("Concat", ["dim": .int(dimension)], shapes, share: 0) { inputs, _ in
      [ReferenceArray.concatenated(inputs, along: dimension)]
    }
  }

  private static let expansions: [ReferenceCase] = [
    ([3, 1], [3, 4], [3, 4]), ([2, 1, 5], [1, 7, 1], [2, 7, 5]), ([4], [2, 3, 1], [2, 3, 4]),
    ([1], [1], [1]), ([2, 3], [3], [2, 3]),
  ].map { (shape: Shape, asked: [Int], expected: [Int]) in
    ReferenceCase("Expand", ["shape": .ints(asked)], [shape], share: 0) { inputs, _ in
      [
        ReferenceArray.paired(
          inputs[0],
          ReferenceArray(
            shape: expected, values: [Double](repeating: 0, count: expected.reduce(1, *)))
        ) { number, _ in number }
      ]
    }
  }

  private static let splits: [ReferenceCase] =
    [
      (1, [1, 2, 3], [2, 6, 3, 5]), (0, [4], [4]), (-1, [1, 0, 7], [3, 8]), (0, [1, 1], [2, 5]),
    ].map { (dimension: Int, lengths: [Int], shape: Shape) in
      ReferenceCase(
        "Split", ["split": .ints(lengths), "dim": .int(dimension)], [shape], share: 0
      ) { inputs, _ in parts(of: inputs[0], lengths, dimension) }
    }
    + [(3, [3, 3, 1], 7), (4, [2, 2, 2, 1], 7), (1, [5], 5), (3, [1, 1, 0], 2)].map {
      (chunks: Int, lengths: [Int], length: Int) in
      ReferenceCase("Split", ["chunks": .int(chunks), "dim": 1], [[2, length, 3]], share: 0) {
        inputs, _ in parts(of: inputs[0], lengths, 1)
      }
    }

  private static func parts(
    of x: ReferenceArray, _ lengths: [Int], _ dimension: Int
  ) -> [ReferenceArray] {
    var start = 0
    return lengths.map { length in
      defer { start += length }
      return x.part(along: dimension, from: start, to: start + length, by: 1)
    }
  }

  private static let slices: [ReferenceCase] = {
    var cases: [ReferenceCase] = []
    let far = 1 << 40
    for step in [1, 2, 3, -1, -2, -7] {
      for (start, end) in [(0, far), (1, -1), (-3, far), (far, -far), (9, -9), (4, 4), (-far, 2)] {
        cases.append(
          moved(
            "Slice",
            [
              "starts": [.int(start)], "ends": [.int(end)], "dims": [1], "steps": [.int(step)],
            ], [2, 7, 3]
          ) { $0.part(along: 1, from: start, to: end, by: step) })
      }
    }
    cases.append(
      moved(
        "Slice",
        ["starts": [1, -2], "ends": [5, .int(-far)], "dims": [-1, 0], "steps": [2, -1]],
        [4, 3, 9]
      ) { $0.part(along: -1, from: 1, to: 5, by: 2).part(along: 0, from: -2, to: -far, by: -1) })
    cases.append(
      moved("Slice", ["starts": [1, 0], "ends": [3, 2]], [4, 3, 2]) {
        $0.part(along: 0, from: 1, to: 3, by: 1).part(along: 1, from: 0, to: 2, by: 1)
      })
    return cases
  }()

  /// In PyTorch's order: left, right, top, bottom.
  private static let paddings: [ReferenceCase] = {
    var cases: [ReferenceCase] = []
    func add(
      _ type: String, _ pads: [Int], _ shape: Shape, _ border: ReferenceArray.Border,
      name: String = "padding", _ others: LayerArguments = [:]
    ) {
      var arguments = others
      arguments[name] = .ints(pads)
      let places = stride(from: pads.count - 2, through: 0, by: -2)
      let (before, after) = (places.map { pads[$0] }, places.map { pads[$0 + 1] })
      cases.append(
        moved(type, arguments, shape) { $0.padded(before: before, after: after, border) })
    }
    for pads in [[1, 2, 0, 3], [0, 0, 0, 0], [3, 1, 2, 3], [-1, 2, 1, -1], [4, 4, 3, 3]] {
      add("ZeroPad2d", pads, [2, 3, 4, 5], .constant(0))
      add("ConstantPad2d", pads, [2, 3, 4, 5], .constant(0.5), ["value": 0.5])
      add("ReflectionPad2d", pads, [2, 3, 4, 5], .reflect)
      add("ReplicationPad2d", pads, [2, 3, 4, 5], .replicate)
      add("CircularPad2d", pads, [2, 3, 4, 5], .circular)
    }
    for pads in [[33, 1, 9, 2], [1, 0, 0, 1]] {
      add("ReplicationPad2d", pads, [1, 2, 1, 1], .replicate)
      add("ZeroPad2d", pads, [1, 2, 1, 1], .constant(0))
    }
    for pads in [[1, 2], [0, 1, 1, 0, 2, 1], [0, 0, 1, 1, 1, 0, 0, 1]] {
      add("Pad", pads, [2, 3, 4, 5], .constant(-2), name: "pad", ["value": -2.0])
      add("Pad", pads, [2, 3, 4, 5], .reflect, name: "pad", ["mode": "reflect"])
      add("Pad", pads, [2, 3, 4, 5], .replicate, name: "pad", ["mode": "replicate"])
      add("Pad", pads, [2, 3, 4, 5], .circular, name: "pad", ["mode": "circular"])
    }
    return cases
  }()

  private static let reshapings: [ReferenceCase] = [
    moved("Reshape", ["shape": [0, -1]], [2, 3, 5]) { $0.reshaped([2, 15]) },
    moved("Reshape", ["shape": [5, 3, 1, 2]], [2, 3, 5]) { $0.reshaped([5, 3, 1, 2]) },
    moved("Reshape", ["shape": [-1]], [1, 1, 1, 1]) { $0.reshaped([1]) },
    moved("Reshape", ["shape": [0, 0, 7]], [2, 0, 7]) { $0.reshaped([2, 0, 7]) },
    moved("Reshape", ["shape": [], "flatten_axis": 2], [2, 3, 5, 7]) { $0.reshaped([6, 35]) },
    moved("Reshape", ["shape": [], "flatten_axis": 0], [2, 3]) { $0.reshaped([1, 6]) },
    moved("Flatten", [:], [2, 3, 5, 7]) { $0.reshaped([2, 105]) },
    moved("Flatten", ["start_dim": 0, "end_dim": -2], [2, 3, 5]) { $0.reshaped([6, 5]) },
    moved("Squeeze", [:], [1, 3, 1, 5]) { $0.reshaped([3, 5]) },
    moved("Squeeze", ["dim": [2]], [1, 3, 1, 5]) { $0.reshaped([1, 3, 5]) },
    moved("Unsqueeze", ["dim": [0, -1]], [3, 5]) { $0.reshaped([1, 3, 5, 1]) },
  ]

  private static let transpositions: [ReferenceCase] = [
    ([0, 2, 3, 1], [2, 3, 5, 7]), ([3, 2, 1, 0], [2, 3, 5, 7]), ([1, 0], [33, 9]),
    ([-1, 0, 1], [2, 1, 5]), ([0], [4]), ([0, 1, 2, 3, 4, 5], [1, 2, 1, 3, 1, 2]),
  ].map { (order: [Int], shape: Shape) in
    moved("Transpose", ["dims": .ints(order)], shape) { $0.transposed(order) }
  }

  private static let shuffles: [ReferenceCase] = [
    (1, [2, 3, 4, 5]), (2, [2, 12, 3, 5]), (3, [1, 9, 1, 1]), (3, [1, 18, 2, 7]),
  ].flatMap { (factor: Int, shape: Shape) in
    [false, true].map { isDepthFirst in
      moved(
        "PixelShuffle",
        ["upscale_factor": .int(factor), "order": isDepthFirst ? "DCR" : "CRD"], shape
      ) { $0.pixelShuffled(factor, isDepthFirst: isDepthFirst) }
    }
  }

  private static let unshuffles: [ReferenceCase] = [
    (1, [2, 3, 4, 5]), (2, [2, 3, 6, 4]), (3, [1, 2, 3, 9]),
  ].flatMap { (factor: Int, shape: Shape) in
    [false, true].map { isDepthFirst in
      moved(
        "PixelUnshuffle",
        ["downscale_factor": .int(factor), "order": isDepthFirst ? "DCR" : "CRD"], shape
      ) { $0.pixelUnshuffled(factor, isDepthFirst: isDepthFirst) }
    }
  }

  private static let selections: [ReferenceCase] =
    [
      (0, [1, 1, 0], [2, 3, 5]), (1, [2, -3], [2, 3, 5]), (-1, [4], [2, 3, 5]), (0, [0], [1]),
      (2, [], [2, 3, 5]),
    ].map { (dimension: Int, index: [Int], shape: Shape) in
      moved("IndexSelect", ["dim": .int(dimension), "index": .ints(index)], shape) {
        $0.taking(index, along: dimension)
      }
    }
    + [
      moved("IndexSelect", ["dim": 1, "index": -1], [2, 3, 5]) {
        $0.taking([2], along: 1).reshaped([2, 5])
      },
      moved("IndexSelect", ["dim": 0, "index": 0], [3]) { $0.taking([0], along: 0).reshaped([]) },
    ]

  private static let untouched: [ReferenceCase] =
    ["Dropout", "Dropout2d", "Identity"].map { type in moved(type, [:], [2, 3, 1, 5]) { $0 } }
    + [
      ReferenceCase("Constant", ["shape": [2, 1, 3]], [], share: 0) { _, own in
        own["value"].map { [$0] } ?? []
      }
    ]
}
