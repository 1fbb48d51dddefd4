internal import VizNN

/// Makes a network of an ONNX model.
///
/// Arithmetic on shapes is done here, and what it gives becomes layers' arguments. Lengths that the
/// file leaves open are tried with two values each: a constant that is the same for both does not
/// depend on them, and one that follows the batch becomes `-1` or `0` in a Reshape. So the network
/// takes batches of any size, and pictures of any size where its layers do.
struct ONNXImport {
  /// What an open length is tried with: the batch's, and all others.
  ///
  /// Multiples of 32, as deep networks halve height and width five times.
  private static let trials = [(batch: 2, other: 224), (batch: 3, other: 288)]

  let model: ONNXModel
  /// The batch that the file fixes and that is taken for an open length; nil where it stays fixed.
  let freedBatch: Int?
  /// Lengths without the batch's, for inputs whose height and width are open.
  let inputShape: [Int]?

  /// The network of a model; `inputShape` is channels, height and width, where the file leaves them open
  /// and the network needs to know them.
  static func network(
    _ model: ONNXModel, inputShape: [Int]? = nil
  ) throws(CheckpointError) -> Network {
    try checkOperators(model)
    // An exporter writes the batch that it was shown, mostly 1, where any would do.
    if let shape = model.inputs.first?.shape, shape.count > 1, let batch = shape[0],
      let network = try? ONNXImport(model: model, freedBatch: batch, inputShape: inputShape)
        .network()
    {
      return network
    }
    return try ONNXImport(model: model, freedBatch: nil, inputShape: inputShape).network()
  }

  /// All operators that nothing here knows, at once.
  private static func checkOperators(_ model: ONNXModel) throws(CheckpointError) {
    var unknown: [OperatorUse] = []
    for node in model.operations
    where !ONNXFolding.operations.contains(node.operation)
      && LayerRegistry.forms(of: node.operation).isEmpty
      && !unknown.contains(where: { $0.name == node.operation })
    {
      unknown.append(OperatorUse(name: node.operation, node: node.name))
    }
    guard unknown.isEmpty else { throw .unsupportedOperators(unknown) }
  }

  private func network() throws(CheckpointError) -> Network {
    let inputs = try model.inputs.map(declared)
    var graph = ONNXGraph(model: model, freedBatch: freedBatch)
    for input in inputs {
      let shapes = Self.trials.map { trial in
        Shape(lengths(of: input, trial))
      }
      let isFixed = input.shape.allSatisfy { $0 != nil }
      graph.addInput(input.name, shapes: isFixed ? [shapes[0]] : shapes)
    }
    for node in model.operations { try graph.add(node) }
    return try graph.network(
      inputs: inputs.map { Architecture.Input($0.name, shape: $0.shape) })
  }

  private func declared(
    _ input: ONNXModel.Input
  ) throws(CheckpointError) -> (name: String, shape: [Int?], names: [String?]) {
    guard var shape = input.shape else {
      throw .unsupported(
        part: "input '\(input.name)'", found: "no shape", expected: "a tensor of known rank")
    }
    if let inputShape, shape.count == inputShape.count + 1 {
      for (i, length) in zip(1..<shape.count, inputShape) {
        guard shape[i] == nil || shape[i] == length else {
          throw .network(
            .inputShape(
              name: input.name, expected: shape, found: Shape([shape[0] ?? 1] + inputShape)))
        }
        shape[i] = length
      }
    }
    if let freedBatch, shape.count > 1, shape[0] == freedBatch { shape[0] = nil }
    if shape.count == 4, shape[1] == nil { shape[1] = channels(of: input.name) }
    return (input.name, shape, input.lengthNames)
  }

  /// What the first convolution says about an input whose channels are open.
  private func channels(of input: String) -> Int? {
    for node in model.operations where node.operation == "Conv" && node.inputs.first == input {
      guard node.inputs.count > 1, let weight = model.constants[node.inputs[1]],
        weight.shape.count == 4
      else { continue }
      if case .int(let groups)? = node.attributes["group"] {
        return weight.shape[1].multipliedReportingOverflow(by: groups).partialValue
      }
      return weight.shape[1]
    }
    return nil
  }

  private func lengths(
    of input: (name: String, shape: [Int?], names: [String?]),
    _ trial: (batch: Int, other: Int)
  ) -> [Int] {
    input.shape.enumerated().map { i, length in length ?? (i == 0 ? trial.batch : trial.other) }
  }
}
