/// Elementwise arithmetic on constants, with broadcasting.
enum ONNXArithmetic {
  static func fold(_ operation: String, _ inputs: [ONNXConstant]) -> ONNXConstant? {
    guard let first = inputs.first else { return nil }
    if inputs.count == 1 { return unary(operation, first) }
    var result = first
    for next in inputs.dropFirst() {
      guard let value = binary(operation, result, next) else { return nil }
      result = value
    }
    // Only sums, minima and maxima take more than two.
    return inputs.count == 2 || ["Sum", "Min", "Max"].contains(operation) ? result : nil
  }

  private static func unary(_ operation: String, _ input: ONNXConstant) -> ONNXConstant? {
    if let values = input.ints {
      let function: ((Int) -> Int)? =
        switch operation {
        case "Neg": { 0 &- $0 }
        case "Abs": { Int(clamping: $0.magnitude) }
        case "Not": { $0 == 0 ? 1 : 0 }
        case "Min", "Max", "Sum": { $0 }
        default: nil
        }
      return function.map { ONNXConstant(shape: input.shape, .ints(values.map($0))) }
    }
    let function: ((Float) -> Float)? =
      switch operation {
      case "Neg": { -$0 }
      case "Abs": { $0.magnitude }
      case "Floor": { $0.rounded(.down) }
      case "Ceil": { $0.rounded(.up) }
      case "Round": { $0.rounded(.toNearestOrEven) }
      case "Sqrt": { $0.squareRoot() }
      case "Reciprocal": { 1 / $0 }
      case "Min", "Max", "Sum": { $0 }
      default: nil
      }
    return function.map { ONNXConstant(shape: input.shape, .floats(input.floats.map($0))) }
  }

  private static func binary(
    _ operation: String, _ a: ONNXConstant, _ b: ONNXConstant
  ) -> ONNXConstant? {
    guard let shape = broadcast([a.shape, b.shape]) else { return nil }
    let (left, right) = (places(a.shape, in: shape), places(b.shape, in: shape))
    if let a = a.ints, let b = b.ints {
      guard let function = ints(operation) else { return nil }
      var values: [Int] = []
      for (i, j) in zip(left, right) {
        guard let value = function(a[i], b[j]) else { return nil }
        values.append(value)
      }
      return ONNXConstant(shape: shape, .ints(values))
    }
    let (a, b) = (a.floats, b.floats)
    if let compare = comparison(operation) {
      let values = zip(left, right).map { compare(a[$0], b[$1]) ? 1 : 0 }
      return ONNXConstant(shape: shape, .ints(values))
    }
    let function: ((Float, Float) -> Float)? =
      switch operation {
      case "Add", "Sum": (+)
      case "Sub": (-)
      case "Mul": (*)
      case "Div": (/)
      case "Min": { Swift.min($0, $1) }
      case "Max": { Swift.max($0, $1) }
      default: nil
      }
    return function.map { function in
      ONNXConstant(shape: shape, .floats(zip(left, right).map { function(a[$0], b[$1]) }))
    }
  }

  private static func comparison(_ operation: String) -> ((Float, Float) -> Bool)? {
    switch operation {
    case "Equal": (==)
    case "Greater": (>)
    case "Less": (<)
    case "GreaterOrEqual": (>=)
    case "LessOrEqual": (<=)
    default: nil
    }
  }

  /// Whole numbers wrap around as they do in C; a division by zero has no value.
  private static func ints(_ operation: String) -> ((Int, Int) -> Int?)? {
    switch operation {
    case "Add", "Sum": { $0 &+ $1 }
    case "Sub": { $0 &- $1 }
    case "Mul": { $0 &* $1 }
    case "Div": { $1 == 0 || $1 == -1 && $0 == .min ? nil : $0 / $1 }
    case "Mod":  // takes the sign of the divisor
      { a, b in
        guard b != 0, b != -1 else { return b == 0 ? nil : 0 }
        let remainder = a % b
        return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder
      }
    case "Min": { Swift.min($0, $1) }
    case "Max": { Swift.max($0, $1) }
    case "Equal": { $0 == $1 ? 1 : 0 }
    case "Greater": { $0 > $1 ? 1 : 0 }
    case "Less": { $0 < $1 ? 1 : 0 }
    case "GreaterOrEqual": { $0 >= $1 ? 1 : 0 }
    case "LessOrEqual": { $0 <= $1 ? 1 : 0 }
    case "And": { $0 != 0 && $1 != 0 ? 1 : 0 }
    case "Or": { $0 != 0 || $1 != 0 ? 1 : 0 }
    default: nil
    }
  }
}

// MARK: - Broadcasting

extension ONNXArithmetic {
  /// The shape that all shapes become: lengths agree from the last dimension on, or are 1.
  static func broadcast(_ shapes: [[Int]]) -> [Int]? {
    let rank = shapes.map(\.count).max() ?? 0
    var result = [Int](repeating: 1, count: rank)
    for shape in shapes {
      for (i, length) in zip(rank - shape.count..<rank, shape) where length != 1 {
        guard result[i] == 1 || result[i] == length else { return nil }
        result[i] = length
      }
    }
    guard let count = ShapeArithmetic.elementCount(result), count <= ONNXFolding.mostElements else {
      return nil
    }
    return result
  }

  /// For each element of a shape in row-major order, the element of `source` that it comes from.
  static func places(_ source: [Int], in shape: [Int]) -> [Int] {
    let strides = ShapeArithmetic.rowMajorStrides(source)
    let missing = shape.count - source.count
    let steps = shape.indices.map { i in
      i < missing || source[i - missing] == 1 ? 0 : strides[i - missing]
    }
    var places = [0]
    for (length, step) in zip(shape, steps) {
      places = places.flatMap { place in (0..<length).map { place + $0 * step } }
    }
    return places
  }
}
