internal import VizNN

// From a node to the layer that the registry reads it as.

extension ONNXGraph {
  /// Adds the layer of the first form that fits: its constant inputs are constant here.
  mutating func addLayer(_ node: ONNXOperation, _ inputs: [Value?]) throws(CheckpointError) {
    var reasons: [String] = []
    for form in LayerRegistry.forms(of: node.operation) {
      guard let roles = Self.roles(of: form, count: inputs.count) else { continue }
      var made: (layer: any Layer, parameters: LayerParameters)?
      do throws(LayerError) {
        if let call = call(node, inputs, roles, &reasons) { made = try form.read(call) }
      } catch {
        reasons.append("\(error)")
      }
      guard let made else { continue }
      let values = zip(inputs, roles).compactMap { input, role in
        role == .value || role == .values ? input : nil
      }
      return try append(made.layer, made.parameters, node, values)
    }
    throw .unsupportedOperators([
      OperatorUse(
        name: node.operation, node: node.name,
        reason: reasons.first ?? "inputs that are not constant, or too many")
    ])
  }

  /// What each input is to the layer; nil where there are more inputs than the form knows.
  private static func roles(of form: ONNXForm, count: Int) -> [ONNXForm.Input]? {
    var roles = form.inputs
    if roles.last == .values {
      while roles.count < count { roles.append(.values) }
    }
    return roles.count >= count ? roles : nil
  }

  /// A node as a form's reader wants it; nil where an input is not of the kind that the form needs.
  private func call(
    _ node: ONNXOperation, _ inputs: [Value?], _ roles: [ONNXForm.Input],
    _ reasons: inout [String]
  ) -> ONNXCall? {
    var attributes = node.attributes
    var parameters: LayerParameters = [:]
    var valueShapes: [Shape?] = []
    var haveOpenLengths = false
    for (input, role) in zip(inputs, roles) {
      guard let input else {
        if role == .value || role == .values { return nil }
        continue
      }
      switch (role, input) {
      case (.value, _), (.values, _):
        // Readers want the rank, which is the same in each trial.
        let trials = shapes(of: input)
        valueShapes.append(trials[0])
        haveOpenLengths =
          haveOpenLengths || Set(trials.map { Array($0.dimensions.dropFirst()) }).count > 1
      case (.parameter(let name), .known(let constants)) where constants.count == 1:
        parameters[name] = constants[0].tensor
      case (.argument(let name), .known(let constants)):
        let argument = ONNXArgument(
          name: name, trials: constants, operation: node.operation,
          data: inputs[0].map(shapes) ?? [], freedBatch: freedBatch)
        guard let (name, value) = argument.value else {
          reasons.append(
            "its '\(name)' depends on the size of the input; fix it with --input-shape")
          return nil
        }
        attributes[name] = value
        // Exporters always write it; it means something for a length of 0 alone.
        if argument.operation == "Reshape",
          !constants.contains(where: { $0.ints?.contains(0) ?? false })
        {
          attributes["allowzero"] = nil
        }
      default: return nil
      }
    }
    for (name, tensor) in node.tensors { parameters[name] = tensor.tensor }
    let used = node.outputs.lastIndex { !$0.isEmpty && isUsed($0) } ?? 0
    return ONNXCall(
      operation: node.operation, opset: node.opset, attributes: attributes,
      parameters: parameters, valueCount: valueShapes.count, outputCount: node.outputs.count,
      usedOutputCount: used + 1, shapes: valueShapes, haveOpenLengths: haveOpenLengths)
  }

  private func isUsed(_ output: String) -> Bool { model.usedNames.contains(output) }

  /// Adds a layer as a node, with its shapes in each trial.
  private mutating func append(
    _ layer: any Layer, _ own: LayerParameters, _ node: ONNXOperation, _ inputs: [Value]
  ) throws(CheckpointError) {
    var read: [(name: String, shapes: [Shape])] = []
    for (i, input) in inputs.enumerated() {
      read.append(try flowing(input, name: "\(node.name).\(i)", node: node.name))
    }
    let name = freeName(node.name)
    var shapes: [[Shape]] = []
    for trial in 0..<(read.map(\.shapes.count).max() ?? 1) {
      do {
        shapes.append(
          try layer.outputShapes(read.map { $0.shapes[min(trial, $0.shapes.count - 1)] }))
      } catch {
        throw .network(.node(name: name, layer: layer.typeName, error))
      }
    }
    let made = Architecture.Node(name, layer, inputs: read.map(\.name))
    nodes.append(made)
    takenNames.formUnion(made.values)
    for (parameter, tensor) in own { parameters[made.parameterName(parameter)] = tensor }
    for (i, (output, value)) in zip(node.outputs, made.values).enumerated() where !output.isEmpty {
      values[output] = .flowing(value, shapes.map { $0[i] })
    }
  }

  /// A value of the network; a constant becomes a node that makes it.
  mutating func flowing(
    _ value: Value, name: String, node: String
  ) throws(CheckpointError) -> (name: String, shapes: [Shape]) {
    switch value {
    case .flowing(let name, let shapes): return (name, shapes)
    case .known(let constants):
      guard constants.count == 1 else {
        throw .unsupportedOperators([
          OperatorUse(
            name: "Constant", node: node,
            reason: "it depends on the size of the input; fix it with --input-shape")
        ])
      }
      do {
        let entry = try LayerRegistry.entry(named: "Constant")
        let own = Architecture.Node(
          freeName(name), try entry.layer([.ints(constants[0].shape)]), inputs: [])
        nodes.append(own)
        takenNames.insert(own.name)
        parameters[own.parameterName("value")] = constants[0].tensor
        return (own.name, [Shape(constants[0].shape)])
      } catch {
        throw .network(.node(name: name, layer: "Constant", error))
      }
    }
  }

  /// A name that no value has yet.
  private func freeName(_ name: String) -> String {
    let name = name.isEmpty ? "node" : name
    if !takenNames.contains(name) { return name }
    var number = 2
    while takenNames.contains("\(name)#\(number)") { number += 1 }
    return "\(name)#\(number)"
  }
}

/// A constant input that says what a layer does, in each trial of the open lengths.
struct ONNXArgument {
  let name: String
  let trials: [ONNXConstant]
  let operation: String
  /// The shapes of the node's first input, in each trial or one for all.
  let data: [Shape]
  let freedBatch: Int?

  /// The argument's name and value for inputs of any size; nil where it depends on them in a way that
  /// no argument of the layer can say.
  var value: (name: String, value: LayerValue)? {
    switch operation {
    case "Reshape": return reshaped.map { (name, .ints($0)) }
    case "Expand" where trials.count > 1: return expanded.map { (name, .ints($0)) }
    case "Resize" where trials.count > 1 && name == "sizes":
      return scales.map { ("scales", .floats($0)) }
    default: return trials.count == 1 ? (name, trials[0].layerValue) : nil
    }
  }

  private func data(_ trial: Int) -> [Int] { data[min(trial, data.count - 1)].dimensions }

  /// A target where a length that follows the data's is 0, and one other open length -1.
  private var reshaped: [Int]? {
    guard let targets = sameRank(trials.map(\.ints)) else { return nil }
    var result = targets[0]
    var open: [Int] = []
    for i in result.indices where !targets.allSatisfy({ $0[i] == result[i] }) {
      let follows = targets.indices.allSatisfy {
        i < data($0).count && data($0)[i] == targets[$0][i]
      }
      if follows { result[i] = 0 } else { open.append(i) }
    }
    // The batch, written into the target of a network that is to take any.
    let isOpen = data.count > 1 && data[0].rank > 0 && data[0][0] != data[1][0]
    if let freedBatch, isOpen, open.isEmpty, result.first == freedBatch { open = [0] }
    if let place = open.first {
      guard open.count == 1 else { return nil }
      // Two open lengths are one too many; the batch, which comes first, is that of the data.
      result[place] = result.contains(-1) ? 0 : -1
      guard result[place] == -1 || place == 0 else { return nil }
    }
    return result
  }

  /// Lengths that follow the data's are 1, which leaves them as they are.
  private var expanded: [Int]? {
    guard let targets = sameRank(trials.map(\.ints)) else { return nil }
    var result = targets[0]
    for i in result.indices where !targets.allSatisfy({ $0[i] == result[i] }) {
      let follows = targets.indices.allSatisfy { trial in
        let data = data(trial)
        let place = i - targets[trial].count + data.count
        return place >= 0 && data[place] == targets[trial][i]
      }
      guard follows else { return nil }
      result[i] = 1
    }
    return result
  }

  /// Sizes as multiples of the data's.
  private var scales: [Double]? {
    guard let targets = sameRank(trials.map(\.ints)) else { return nil }
    var result: [Double] = []
    for i in targets[0].indices {
      let ratios = targets.indices.map { trial -> Double in
        let data = data(trial)
        return i < data.count ? Double(targets[trial][i]) / Double(data[i]) : .nan
      }
      guard ratios.allSatisfy({ $0.isFinite && $0 == ratios[0] }) else { return nil }
      result.append(ratios[0])
    }
    return result
  }

  private func sameRank(_ targets: [[Int]?]) -> [[Int]]? {
    let found = targets.compactMap(\.self)
    guard found.count == targets.count, let first = found.first,
      found.allSatisfy({ $0.count == first.count })
    else { return nil }
    return found
  }
}
