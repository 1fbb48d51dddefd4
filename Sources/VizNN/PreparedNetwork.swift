/// A network that is ready to run many batches: weights packed once, steps in an order, and memory
/// that goes from one value to the next.
public struct PreparedNetwork: Sendable {
  public let architecture: Architecture
  private let steps: [Step]
  private let slots: Slots
  private let memory = TensorMemory()

  /// `forward` returns the values named in `capturing` beside the outputs.
  public init(_ network: Network, capturing: Set<String> = []) throws(NetworkError) {
    architecture = network.architecture
    let wanted = try Self.wanted(network.architecture, capturing)
    let nodes = network.fused(keeping: wanted)
    slots = Slots(architecture, nodes, capturing)
    steps = slots.steps(for: nodes, keeping: wanted)
  }

  /// Runs the network on a batch.
  public func forward(
    _ inputs: [String: Tensor], context: ForwardContext = ForwardContext()
  ) throws(NetworkError) -> Trace {
    let values = try forEachStep(of: inputs, context) { $0() }
    var outputs: [String: Tensor] = [:]
    for output in architecture.outputs {
      outputs[output.name] = slots[output.value].flatMap { values[$0] }
    }
    var captured: [String: Tensor] = [:]
    for name in slots.captured { captured[name] = slots[name].flatMap { values[$0] } }
    return Trace(outputs: outputs, captured: captured)
  }

  /// Calls `body` with every step in turn, which has to run it; the values that are left at the end.
  @discardableResult
  func forEachStep(
    of inputs: [String: Tensor], _ context: ForwardContext, _ body: (() -> Void) -> Void
  ) throws(NetworkError) -> [Tensor?] {
    try checkMemory(architecture.shapes(for: inputs.mapValues(\.shape)))
    let context = ForwardContext(execution: context.execution, memory: memory)
    var values = [Tensor?](repeating: nil, count: slots.count)
    for (name, tensor) in inputs { if let slot = slots[name] { values[slot] = tensor } }
    for step in steps { body { step.run(&values, context) } }
    return values
  }

  /// The layers of each step.
  var stepNodes: [[String]] { steps.map(\.nodes) }

  /// Adds up what is held while the steps run, before any of it is allocated.
  private func checkMemory(_ shapes: [String: Shape]) throws(NetworkError) {
    var counts = [Int](repeating: 0, count: slots.count)
    for (name, shape) in shapes { if let slot = slots[name] { counts[slot] = shape.count } }
    var held = architecture.inputs.reduce(0) { $0 + (shapes[$1.name]?.count ?? 0) }
    for step in steps {
      held += step.outputs.reduce(0) { $0 + counts[$1] }
      guard held <= Architecture.largestMemory else {
        throw .node(
          name: step.name, layer: step.layer,
          .outOfMemory(found: held, limit: Architecture.largestMemory))
      }
      held -= step.dropped.reduce(0) { $0 + counts[$1] }
    }
  }

  /// The values that have to be there at the end.
  private static func wanted(
    _ architecture: Architecture, _ capturing: Set<String>
  ) throws(NetworkError) -> Set<String> {
    let known = Set(architecture.inputs.map(\.name) + architecture.nodes.flatMap(\.values))
    if let name = capturing.subtracting(known).min() { throw .unknownName(name) }
    return capturing.union(architecture.outputs.map(\.value))
  }
}

/// A node with its parameters; what fusing works on.
struct BoundNode {
  var name: String
  var layer: any Layer
  var inputs: [String]
  var parameters: LayerParameters
  /// The names of its values, which fusing may take over from a later node.
  var values: [String]
  /// The nodes that it is made of, in their order.
  var nodes: [String]
}

/// A layer with its parameters ready, and where it reads and writes.
private struct Step: Sendable {
  /// The node's name and the layer's type, for errors.
  let name: String
  let layer: String
  let nodes: [String]
  let forward: @Sendable ([Tensor], ForwardContext) -> [Tensor]
  let inputs: [Int]
  let outputs: [Int]
  /// What nobody reads after this step.
  let dropped: [Int]

  func run(_ values: inout [Tensor?], _ context: ForwardContext) {
    let results = forward(inputs.compactMap { values[$0] }, context)
    for (slot, tensor) in zip(outputs, results) { values[slot] = tensor }
    for slot in dropped { values[slot] = nil }
  }
}

/// A number for every value.
private struct Slots: Sendable {
  private let numbers: [String: Int]
  let captured: Set<String>

  init(_ architecture: Architecture, _ nodes: [BoundNode], _ captured: Set<String>) {
    let names = architecture.inputs.map(\.name) + nodes.flatMap(\.values)
    numbers = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    self.captured = captured
  }

  var count: Int { numbers.count }

  subscript(name: String) -> Int? { numbers[name] }

  func steps(for nodes: [BoundNode], keeping wanted: Set<String>) -> [Step] {
    var needed = Set(wanted.compactMap { numbers[$0] })
    var steps: [Step] = []
    for node in nodes.reversed() {
      let inputs = node.inputs.compactMap { numbers[$0] }
      let outputs = node.values.compactMap { numbers[$0] }
      // From the end: what nobody asked for yet is needed for the last time here, or not at all.
      guard outputs.contains(where: needed.contains) else { continue }
      // Not `subtracting`, which goes over all that is needed, for every node.
      let dropped = Set(inputs + outputs).filter { !needed.contains($0) }
      needed.formUnion(inputs)
      steps.append(
        Step(
          name: node.name, layer: node.layer.typeName, nodes: node.nodes,
          forward: node.layer.bound(to: node.parameters), inputs: inputs, outputs: outputs,
          dropped: dropped.sorted()))
    }
    return steps.reversed()
  }
}

extension Layer {
  /// `forward` with everything prepared that depends on the parameters.
  fileprivate func bound(
    to parameters: LayerParameters
  ) -> @Sendable ([Tensor], ForwardContext) -> [Tensor] {
    let prepared = prepared(parameters)
    return { forward($0, prepared, $1) }
  }
}
