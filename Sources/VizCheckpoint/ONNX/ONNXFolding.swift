internal import VizNN

/// A node of an ONNX graph with its attributes in hand.
struct ONNXOperation {
  let name: String
  let operation: String
  let inputs: [String]
  let outputs: [String]
  let attributes: LayerArguments
  /// Attributes that are tensors.
  let tensors: [String: ONNXConstant]
  let opset: Int
}

/// Arithmetic on shapes and other constants, done when a model is loaded.
///
/// Whole numbers stay exact: shapes hold 2⁶³ − 1 for "to the end".
///
/// - Source: docs/Operators.md of the ONNX specification.
enum ONNXFolding {
  /// More elements than this are nobody's shape, and arithmetic on them is the network's.
  static let mostElements = 1 << 20
  /// Elements that all results may have together, beyond four for each that the file has.
  static let mostInAll = 1 << 24

  /// Where so many elements have room for `limit` only, behind those that were made before.
  static func tooLarge(_ count: Int, limit: Int) -> CheckpointError {
    .tooLarge(
      part: "elements of folded constants", found: mostInAll - limit + count, limit: mostInAll)
  }

  /// Operators that exist for shapes only and have no layer.
  static let operations: Set = [
    "Constant", "Shape", "Size", "ConstantOfShape", "Range", "Where", "Equal", "Greater", "Less",
    "GreaterOrEqual", "LessOrEqual", "Not", "And", "Or", "Gather", "Cast", "Mod",
  ]

  /// The value of a node whose inputs are known; nil where this is none of the operators here, or
  /// where inputs are not of the kind that they need.
  ///
  /// - Throws: `tooLarge` before more elements than `limit` are made of some others.
  static func fold(
    _ node: ONNXOperation, _ inputs: [ONNXConstant?], limit: Int
  ) throws(CheckpointError) -> ONNXConstant? {
    let known = inputs.compactMap(\.self)
    switch node.operation {
    case "Identity": return known.first
    case "Gather", "Slice", "Concat", "Unsqueeze", "Squeeze", "Reshape", "Transpose", "Expand":
      return try ONNXRearrangement.fold(node, inputs, limit: limit)
    default: break
    }
    guard known.allSatisfy({ $0.count <= mostElements }) else { return nil }
    switch node.operation {
    case "Cast": return known.first.flatMap { cast($0, to: node.attributes["to"]) }
    case "ConstantOfShape": return known.first.flatMap { filled($0, node.tensors["value"]) }
    case "Range": return range(known)
    case "Where": return known.count == 3 ? chosen(known) : nil
    default: return ONNXArithmetic.fold(node.operation, known)
    }
  }

  private static func cast(_ input: ONNXConstant, to type: LayerValue?) -> ONNXConstant? {
    guard case .int(let type)? = type else { return nil }
    switch type {
    case 1, 10, 11, 16: return ONNXConstant(shape: input.shape, .floats(input.floats))
    case 9:
      return ONNXConstant(shape: input.shape, .ints(input.floats.map { $0 == 0 ? 0 : 1 }))
    default:
      if input.ints != nil { return input }
      // Towards zero, as in C.
      let values = input.floats.map { value -> Int in
        value.isFinite ? Int(exactly: Double(value).rounded(.towardZero)) ?? 0 : 0
      }
      return ONNXConstant(shape: input.shape, .ints(values))
    }
  }

  private static func filled(_ shape: ONNXConstant, _ value: ONNXConstant?) -> ONNXConstant? {
    guard let lengths = shape.ints, shape.shape.count == 1,
      let count = ShapeArithmetic.elementCount(lengths), count <= mostElements
    else { return nil }
    let value = value ?? ONNXConstant(shape: [1], .floats([0]))
    guard value.count == 1 else { return nil }
    return value.picking([Int](repeating: 0, count: count), shape: lengths)
  }

  private static func range(_ inputs: [ONNXConstant]) -> ONNXConstant? {
    guard inputs.count == 3, inputs.allSatisfy({ $0.count == 1 }) else { return nil }
    if let start = inputs[0].ints?[0], let end = inputs[1].ints?[0], let step = inputs[2].ints?[0] {
      let (distance, overflows) = end.subtractingReportingOverflow(start)
      guard step != 0, !overflows, (distance / step) < mostElements else { return nil }
      return ONNXConstant(ints: Array(stride(from: start, to: end, by: step)))
    }
    let (start, end, step) = (inputs[0].floats[0], inputs[1].floats[0], inputs[2].floats[0])
    let count = ((end - start) / step).rounded(.up)
    guard count.isFinite, count <= Float(mostElements) else { return nil }
    let values = (0..<max(0, Int(count))).map { start + Float($0) * step }
    return ONNXConstant(shape: [values.count], .floats(values))
  }

  private static func chosen(_ inputs: [ONNXConstant]) -> ONNXConstant? {
    guard let shape = ONNXArithmetic.broadcast(inputs.map(\.shape)), let condition = inputs[0].ints
    else { return nil }
    let places = inputs.map { ONNXArithmetic.places($0.shape, in: shape) }
    let takesFirst = places[0].map { condition[$0] != 0 }
    if let a = inputs[1].ints, let b = inputs[2].ints {
      let values = takesFirst.indices.map { takesFirst[$0] ? a[places[1][$0]] : b[places[2][$0]] }
      return ONNXConstant(shape: shape, .ints(values))
    }
    let (a, b) = (inputs[1].floats, inputs[2].floats)
    let values = takesFirst.indices.map { takesFirst[$0] ? a[places[1][$0]] : b[places[2][$0]] }
    return ONNXConstant(shape: shape, .floats(values))
  }
}
