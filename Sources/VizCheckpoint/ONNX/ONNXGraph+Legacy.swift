internal import VizNN

// What can be said in other words: by operator set 6 and older, or by an operator in front.

extension ONNXGraph {
  /// Operators of two tensors, the second of which attributes bring into place.
  private static let paired: Set = [
    "Add", "Sub", "Mul", "Div", "Pow", "And", "Or", "Xor", "Equal", "Greater", "Less",
  ]

  /// The node as set 7 has it, where the last dimensions meet: the second operand, which begins at
  /// dimension `axis` of the first, gets dimensions of length 1 behind its own.
  mutating func modernized(_ node: ONNXOperation) throws(CheckpointError) -> ONNXOperation {
    if node.operation == "Gemm", node.attributes["transA"] == .int(1), !node.inputs.isEmpty {
      return try withTransposedRows(node)
    }
    if node.operation == "Gather", let reshape = try withListOfPlaces(node) { return reshape }
    guard node.opset < 7, Self.paired.contains(node.operation), node.inputs.count == 2,
      node.attributes["broadcast"] == .int(1), case .int(let axis)? = node.attributes["axis"],
      axis >= 0, let first = values[node.inputs[0]], let second = values[node.inputs[1]]
    else { return node }
    let (rank, own) = (shapes(of: first)[0].rank, shapes(of: second)[0].rank)
    guard axis <= rank, own <= rank - axis else {
      throw .unsupportedOperators([
        OperatorUse(
          name: node.operation, node: node.name,
          reason: "its axis is \(axis), where \(own) dimensions do not fit into \(rank)")
      ])
    }
    let missing = rank - axis - own
    guard missing > 0 else { return node }
    let aligned = "\(node.inputs[1])/aligned for \(node.outputs.first ?? node.name)"
    try add(
      ONNXOperation(
        name: aligned, operation: "Unsqueeze", inputs: [node.inputs[1]], outputs: [aligned],
        attributes: ["axes": .ints(Array(own..<own + missing))], tensors: [:], opset: node.opset))
    return ONNXOperation(
      name: node.name, operation: node.operation, inputs: [node.inputs[0], aligned],
      outputs: node.outputs, attributes: node.attributes, tensors: node.tensors,
      opset: node.opset)
  }

  /// Places in several dimensions, as those of a list and a Reshape behind it, which is what is left to do;
  /// nil where they are a list or a single one, or not known.
  private mutating func withListOfPlaces(
    _ node: ONNXOperation
  ) throws(CheckpointError) -> ONNXOperation? {
    guard node.inputs.count == 2, case .flowing(_, let shapes)? = values[node.inputs[0]],
      case .known(let found)? = values[node.inputs[1]], found.count == 1, let places = found.first,
      places.shape.count > 1, places.count > 0, let rank = shapes.first?.rank
    else { return nil }
    let given = if case .int(let axis)? = node.attributes["axis"] { axis } else { 0 }
    guard -rank..<rank ~= given else { return nil }
    let axis = given < 0 ? given + rank : given
    let name = node.outputs.first ?? node.name
    let (list, chosen, shape) = ("\(name)/places", "\(name)/chosen", "\(name)/shape")
    try define(list, [places.reshaped([places.count])])
    try define(
      shape,
      shapes.map { shape -> ONNXConstant in
        let lengths = shape.dimensions
        return ONNXConstant(
          ints: Array(lengths[..<axis]) + places.shape + Array(lengths[(axis + 1)...]))
      })
    try add(
      ONNXOperation(
        name: chosen, operation: "Gather", inputs: [node.inputs[0], list], outputs: [chosen],
        attributes: ["axis": .int(axis)], tensors: [:], opset: node.opset))
    return ONNXOperation(
      name: node.name, operation: "Reshape", inputs: [chosen, shape], outputs: node.outputs,
      attributes: [:], tensors: [:], opset: node.opset)
  }

  /// Gives a constant of our own a name.
  private mutating func define(
    _ name: String, _ constants: [ONNXConstant]
  ) throws(CheckpointError) {
    guard values[name] == nil else { throw repeated(name) }
    values[name] = .known(unified(constants))
  }

  /// A product whose samples are columns, as one of rows with a Transpose before it.
  private mutating func withTransposedRows(
    _ node: ONNXOperation
  ) throws(CheckpointError) -> ONNXOperation {
    let rows = "\(node.inputs[0])/transposed for \(node.outputs.first ?? node.name)"
    try add(
      ONNXOperation(
        name: rows, operation: "Transpose", inputs: [node.inputs[0]], outputs: [rows],
        attributes: ["perm": [1, 0]], tensors: [:], opset: node.opset))
    var attributes = node.attributes
    attributes["transA"] = nil
    return ONNXOperation(
      name: node.name, operation: node.operation, inputs: [rows] + node.inputs.dropFirst(),
      outputs: node.outputs, attributes: attributes, tensors: node.tensors, opset: node.opset)
  }
}
