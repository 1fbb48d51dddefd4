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
