import VizNN
import VizReference

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension ReferenceCase {
  /// A function over numbers on both sides of every corner and at the extremes.
  private static func function(
    _ type: String, _ arguments: LayerArguments = [:], name: String? = nil,
    _ numbers: [String: Double] = [:]
  ) -> [ReferenceCase] {
    guard let function = ReferenceActivation.function(name ?? type, numbers) else { return [] }
    let judge = { @Sendable (x: ReferenceArray, _: [String: ReferenceArray]) in
      x.mapped { number, _ in function(number) }
    }
    // Where 1 is added to a small number, Float32 keeps 2⁻²⁴ of the larger; exp is as wrong as its argument,
    // up to 88 roundings.
    return [
      ReferenceCase(type, arguments, [2, 3, 5, 7], scale: 8, magnitude: 8, unary: judge),
      ReferenceCase(type, arguments, [1, 1, 1, 1], scale: 4, magnitude: 4, unary: judge),
      ReferenceCase(
        type, arguments, [extremes.count], values: extremes, share: 1e-6, unary: judge),
    ]
  }

  static let activations: [ReferenceCase] =
    [
      "ReLU", "ReLU6", "LeakyReLU", "ELU", "CELU", "SELU", "GELU", "SiLU", "Mish", "Hardswish",
      "Hardsigmoid", "Hardtanh", "Sigmoid", "Tanh", "Softplus", "Softsign",
    ].flatMap { function($0) }
    + function("LeakyReLU", ["negative_slope": 0.25], ["negative_slope": 0.25])
    + function("ELU", ["alpha": 0.5], ["alpha": 0.5])
    + function("CELU", ["alpha": 2.0], ["alpha": 2])
    + function("GELU", ["approximate": "tanh"], ["tanh": 1])
    + function("Hardtanh", ["min_val": -2.0, "max_val": 0.5], ["min_val": -2, "max_val": 0.5])
    + function("Hardsigmoid", ["alpha": 0.25, "beta": 0.75], ["alpha": 0.25, "beta": 0.75])
    + function("Softplus", ["beta": 2.0, "threshold": 3.0], ["beta": 2, "threshold": 3])
    + function(
      "Threshold", ["threshold": 1.5, "value": -2.0], ["threshold": 1.5, "value": -2])
    + Cast.Kind.allCases.flatMap {
      function("Cast", ["kind": .string($0.rawValue)], name: $0.rawValue)
    }
    + functions + slopes

  private static let functions: [ReferenceCase] = Function.Name.allCases.flatMap { name in
    function("Function", ["name": .string(name.rawValue)], name: name.rawValue)
  }

  private static let slopes: [ReferenceCase] = [
    (1, [2, 3, 5]), (3, [2, 3, 5, 7]), (3, [1, 3]), (5, [2, 5, 1, 1]), (1, [4]),
  ].map { (count: Int, shape: Shape) in
    ReferenceCase("PReLU", ["num_parameters": .int(count)], shape) { x, own in
      x.mapped { number, index in
        let slope = own["weight"]?.values[count == 1 ? 0 : index[1]] ?? .nan
        return number >= 0 ? number : slope * number
      }
    }
  }
}

extension ReferenceCase {
  /// Shapes that repeat what they lack, on either side.
  private static let shapes: [(Shape, Shape)] = [
    ([2, 3, 5, 7], [2, 3, 5, 7]), ([2, 3, 5, 7], [1]), ([], [3, 4]), ([2, 3, 4, 5], [3, 1, 1]),
    ([1, 3, 1, 5], [2, 1, 4, 1]), ([5], [2, 3, 5]), ([3, 1], [1, 33]), ([1, 1, 1, 1], [1]),
    ([0, 3], [1, 3]), ([2, 1, 3, 1, 2], [5, 1, 4, 1]),
  ]

  static let pairs: [ReferenceCase] = operations.flatMap { type, function in
    let judge: Judge = { inputs, _ in
      [inputs.dropFirst().reduce(inputs[0]) { ReferenceArray.paired($0, $1, function) }]
    }
    let rows = Tensor(shape: [extremes.count, 1], values: extremes)
    let columns = Tensor(shape: [extremes.count], values: extremes)
    return shapes.map { ReferenceCase(type, [:], [$0, $1], judge: judge) }
      + [
        ReferenceCase(type, [:], [[2, 1, 3], [4, 1], [1]], judge: judge),
        // Every extreme with every other.
        ReferenceCase(type, [:], inputs: [rows, columns], judge: judge),
      ]
  }

  private static let operations: [(String, @Sendable (Double, Double) -> Double)] = [
    ("Add", { $0 + $1 }), ("Sub", { $0 - $1 }), ("Mul", { $0 * $1 }), ("Div", { $0 / $1 }),
    ("Pow", { pow($0, $1) }),
    ("Maximum", { $0.isNaN || $1.isNaN ? .nan : max($0, $1) }),
    ("Minimum", { $0.isNaN || $1.isNaN ? .nan : min($0, $1) }),
  ]
}
