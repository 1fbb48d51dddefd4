internal import VizNN

/// The network while it is made of a model's nodes, one after the other.
struct ONNXGraph {
  /// What a name of the model stands for.
  enum Value {
    /// A value of the network, by its name there, and its shape in each trial.
    case flowing(String, [Shape])
    /// A constant in each trial; one where it is the same for all.
    case known([ONNXConstant])
  }

  let model: ONNXModel
  let freedBatch: Int?
  var values: [String: Value] = [:]
  var nodes: [Architecture.Node] = []
  var parameters: [String: Tensor] = [:]
  var takenNames: Set<String> = []
  /// Elements that constants may still be folded to, of which a small file could ask for without end.
  private var foldingRoom: Int

  init(model: ONNXModel, freedBatch: Int?) {
    self.model = model
    self.freedBatch = freedBatch
    values = model.constants.mapValues { .known([$0]) }
    foldingRoom =
      ONNXFolding.mostInAll + 4 * model.constants.values.reduce(0) { $0 + $1.count }
  }

  mutating func addInput(_ name: String, shapes: [Shape]) {
    values[name] = .flowing(name, shapes)
    takenNames.insert(name)
  }

  /// The network, without the nodes that no output needs.
  func network(inputs: [Architecture.Input]) throws(CheckpointError) -> Network {
    var graph = self
    var outputs: [Architecture.Output] = []
    for name in model.outputs {
      guard let value = graph.values[name] else { throw undefined(name, of: "the outputs") }
      let own = try graph.flowing(value, name: name, node: name).name
      outputs.append(Architecture.Output(name, value: own))
      if freedBatch != nil, case .flowing(_, let shapes) = value, shapes.count > 1,
        shapes[0].rank == 0 || shapes[0][0] == shapes[1][0]
      {
        throw .unsupported(part: "output '\(name)'", found: "one batch", expected: "any")
      }
    }
    var needed = Set(outputs.map(\.value))
    var kept: [Architecture.Node] = []
    for node in graph.nodes.reversed() where node.values.contains(where: needed.contains) {
      needed.formUnion(node.inputs)
      kept.append(node)
    }
    do {
      let architecture = try Architecture(inputs: inputs, nodes: kept.reversed(), outputs: outputs)
      let names = Set(architecture.parameterShapes.map(\.name))
      return try Network(
        architecture, parameters: graph.parameters.filter { names.contains($0.key) })
    } catch {
      throw .network(error)
    }
  }

  private func undefined(_ name: String, of node: String) -> CheckpointError {
    .corrupt(
      part: "ONNX model", offset: nil, expected: "a value '\(name)' before \(node) reads it",
      found: "none")
  }
}

// MARK: - Nodes

extension ONNXGraph {
  mutating func add(_ node: ONNXOperation) throws(CheckpointError) {
    let node = try modernized(node)
    var inputs: [Value?] = []
    for name in node.inputs {
      guard name.isEmpty || values[name] != nil else {
        throw undefined(name, of: "node '\(node.name)'")
      }
      inputs.append(name.isEmpty ? nil : values[name])
    }
    for name in node.outputs where !name.isEmpty && values[name] != nil {
      throw repeated(name)
    }
    if let constants = try folded(node, inputs) {
      if let output = node.outputs.first { values[output] = .known(constants) }
    } else {
      try addLayer(node, inputs)
    }
  }

  func repeated(_ name: String) -> CheckpointError {
    .corrupt(
      part: "ONNX model", offset: nil, expected: "every name once", found: "'\(name)' again")
  }

  /// The constants that a node makes, one a trial or one for all; nil where it is a layer's work.
  private mutating func folded(
    _ node: ONNXOperation, _ inputs: [Value?]
  ) throws(CheckpointError) -> [ONNXConstant]? {
    switch node.operation {
    case "Constant": return ONNXGraph.constant(node).map { [$0] }
    case "Shape", "Size":
      guard inputs.count == 1, let input = inputs[0] else { return nil }
      return unified(shapes(of: input).map { ONNXGraph.shape($0, node) })
    default: break
    }
    var count = 1
    for case .flowing? in inputs { return nil }
    for case .known(let constants)? in inputs { count = max(count, constants.count) }
    guard !inputs.isEmpty else { return nil }
    var results: [ONNXConstant] = []
    for trial in 0..<count {
      let known: [ONNXConstant?] = inputs.map { input in
        guard case .known(let constants)? = input else { return nil }
        return constants[min(trial, constants.count - 1)]
      }
      guard let result = try ONNXFolding.fold(node, known, limit: foldingRoom) else { return nil }
      guard result.count <= foldingRoom else {
        throw ONNXFolding.tooLarge(result.count, limit: foldingRoom)
      }
      foldingRoom -= result.count
      results.append(result)
    }
    return unified(results)
  }

  private static func constant(_ node: ONNXOperation) -> ONNXConstant? {
    if let tensor = node.tensors["value"] { return tensor }
    guard let item = node.attributes.items.first(where: { $0.name.hasPrefix("value_") }) else {
      return nil
    }
    switch item.value {
    case .int(let value): return ONNXConstant(shape: [], .ints([value]))
    case .float(let value): return ONNXConstant(shape: [], .floats([Float(value)]))
    case .list(let values):
      let ints = values.compactMap { if case .int(let value) = $0 { value } else { nil } }
      if ints.count == values.count, item.name == "value_ints" { return ONNXConstant(ints: ints) }
      let floats = values.compactMap {
        if case .float(let value) = $0 { Float(value) } else { nil }
      }
      guard floats.count == values.count else { return nil }
      return ONNXConstant(shape: [floats.count], .floats(floats))
    case .none, .bool, .string: return nil
    }
  }

  /// The lengths of a shape, or some of them; their product for Size.
  private static func shape(_ shape: Shape, _ node: ONNXOperation) -> ONNXConstant {
    guard node.operation == "Shape" else { return ONNXConstant(shape: [], .ints([shape.count])) }
    func place(_ name: String, _ otherwise: Int) -> Int {
      guard case .int(let value)? = node.attributes[name] else { return otherwise }
      return min(max(value < 0 ? value + shape.rank : value, 0), shape.rank)
    }
    let (start, end) = (place("start", 0), place("end", shape.rank))
    return ONNXConstant(ints: start < end ? Array(shape.dimensions[start..<end]) : [])
  }

  func unified(_ constants: [ONNXConstant]) -> [ONNXConstant] {
    constants.dropFirst().allSatisfy { $0 == constants[0] } ? [constants[0]] : constants
  }

  func shapes(of value: Value) -> [Shape] {
    switch value {
    case .flowing(_, let shapes): shapes
    case .known(let constants): constants.map { Shape($0.shape) }
    }
  }
}
