internal import VizKernels

/// Whether a pass leaves out numbers and takes the statistics of its batch.
public enum PassMode: Equatable, Sendable {
  case evaluation
  /// All that is random follows from the seed and the step; `labels` are the classes of the batch's samples.
  case training(seed: UInt64, step: Int, labels: [Int] = [])
}

/// A forward pass whose values are kept for the way back.
///
/// Kept are those that some layer's `backward` reads. On the way back each is dropped after its last use.
public struct Recording: ~Copyable, Sendable {
  public let architecture: Architecture
  /// By the names of the network's outputs.
  public let outputs: [String: Tensor]
  /// New values of parameters that are not learned, by their names in the network.
  public let updates: [String: Tensor]
  fileprivate let shapes: [String: Shape]
  fileprivate var kept: KeptPass
  fileprivate let context: ForwardContext

  /// What a loss depends on, and how much.
  public struct Gradients: Sendable {
    /// By the names of values and of inputs, those that were asked for.
    public let values: [String: Tensor]
    /// By the names of parameters.
    public let parameters: [String: Tensor]
  }

  /// Walks the nodes backwards.
  ///
  /// - Parameters:
  ///   - gradients: those of the loss by values of the network, by the values' names.
  ///   - wanted: values and inputs whose gradients are asked for.
  ///   - forParameters: whether those of the parameters are.
  ///   - rule: stands in for a layer's own way back.
  /// - Returns: what was asked for; zeros for values that the loss does not depend on.
  public consuming func gradients(
    _ gradients: [String: Tensor], of wanted: Set<String> = [], forParameters: Bool = true,
    rule: (Architecture.Node) -> GradientRule = { _ in .own }
  ) -> Gradients {
    let this = consume self
    return this.walk(gradients, wanted, forParameters, rule)
  }

  private consuming func walk(
    _ gradients: [String: Tensor], _ wanted: Set<String>, _ forParameters: Bool,
    _ rule: (Architecture.Node) -> GradientRule
  ) -> Gradients {
    for (name, gradient) in gradients {
      precondition(
        shapes[name] == gradient.shape,
        "a gradient of \(gradient.shape) for '\(name)' of \(shapes[name]?.description ?? "nothing")"
      )
    }
    let needed = architecture.valuesWithGradients(wanted, forParameters)
    var pending = gradients
    var found: [String: Tensor] = [:]
    var learned: [String: Tensor] = [:]
    var endings = GradientEndings(architecture, wanted)
    for (i, node) in architecture.nodes.enumerated().reversed() {
      for name in node.values where wanted.contains(name) { found[name] = pending[name] }
      let step = step(i, node, &pending, needed, forParameters) {
        endings.ending(of: node, &$0, rule)
      }
      kept.drop(i, node)
      guard let step else { continue }
      let result =
        endings.areDone(for: node)
        ? LayerGradients(step.gradient) : rule(node).backward(node.layer, step)
      for (name, gradient) in result.parameters {
        learned[node.parameterName(name)] = gradient
      }
      for (name, gradient) in zip(node.inputs, result.inputs) where needed.contains(name) {
        guard let gradient else { continue }
        pending[name] = pending[name].map { $0.combined(.add, gradient, context) } ?? gradient
      }
    }
    for input in architecture.inputs where wanted.contains(input.name) {
      found[input.name] = pending[input.name]
    }
    for name in wanted where found[name] == nil {
      found[name] = shapes[name].map { context.zeros($0) }
    }
    return Gradients(values: found, parameters: learned)
  }

  /// What a node's way back starts from; nil where the loss does not depend on the node, or nobody wants
  /// to know what lies before it.
  private func step(
    _ i: Int, _ node: Architecture.Node, _ pending: inout [String: Tensor],
    _ needed: Set<String>, _ forParameters: Bool,
    ending: (inout [String: Tensor]) -> GradientEnding
  ) -> BackwardStep? {
    let given = node.values.map { pending.removeValue(forKey: $0) }
    let needsInputs = node.inputs.map(needed.contains)
    let needsParameters =
      forParameters && node.layer.parameterShapes.contains { $0.isLearned }
    guard given.contains(where: { $0 != nil }), needsParameters || needsInputs.contains(true)
    else { return nil }
    let outputShapes = node.values.compactMap { shapes[$0] }
    let kept = node.layer.kept
    return BackwardStep(
      gradients: zip(given, outputShapes).map { $0 ?? context.zeros($1) },
      inputs: kept.contains(.inputs) ? node.inputs.compactMap { self.kept.values[$0] } : [],
      outputs: kept.contains(.outputs) ? node.values.compactMap { self.kept.values[$0] } : [],
      inputShapes: node.inputs.compactMap { shapes[$0] }, outputShapes: outputShapes,
      parameters: self.kept.parameters[i], extras: self.kept.extras[i], needsInputs: needsInputs,
      needsParameters: needsParameters, context: context,
      ending: needsInputs == [true] ? ending(&pending) : GradientEnding())
  }
}

/// Which gradients are ended by the layers that make them.
private struct GradientEndings {
  private let wanted: Set<String>
  private var makers: [String: Architecture.Node] = [:]
  /// By value, the node that reads it first, and so is the last one on the way back.
  private var firstReaders: [String: String] = [:]
  /// Values whose gradients went back through the limits that made them.
  private var done: Set<String> = []

  init(_ architecture: Architecture, _ wanted: Set<String>) {
    self.wanted = wanted
    for node in architecture.nodes {
      for name in node.values { makers[name] = node }
      for name in node.inputs where firstReaders[name] == nil { firstReaders[name] = node.name }
    }
  }

  /// What a node's layer has to do to the gradient of its only input; what others gave is taken from `pending`.
  mutating func ending(
    of node: Architecture.Node, _ pending: inout [String: Tensor],
    _ rule: (Architecture.Node) -> GradientRule
  ) -> GradientEnding {
    let input = node.inputs[0]
    guard node.layer is any GradientEndingLayer, rule(node).isOwn else { return GradientEnding() }
    var ending = GradientEnding(addend: pending.removeValue(forKey: input))
    if firstReaders[input] == node.name, !wanted.contains(input), let maker = makers[input],
      let limiting = maker.layer as? any LimitingLayer, limiting.limits != .none,
      rule(maker).isOwn
    {
      ending.limits = limiting.limits
      done.insert(input)
    }
    return ending
  }

  /// Whether what a node's way back would do has been done.
  func areDone(for node: Architecture.Node) -> Bool { done.contains(node.name) }
}

extension Network {
  /// Runs on a batch and keeps what the way back needs.
  ///
  /// - Throws: where inputs do not fit, or where training needs more of a layer than there is.
  public func recording(
    _ inputs: [String: Tensor], mode: PassMode, context: ForwardContext = ForwardContext()
  ) throws(NetworkError) -> Recording {
    let shapes = try architecture.shapes(for: inputs.mapValues(\.shape))
    try architecture.checkMemory(shapes, mode)
    var kept = KeptPass(values: inputs)
    var uses = architecture.uses
    let keptNames = architecture.keptNames
    var updates: [String: Tensor] = [:]
    let joined = JoinedLayers(architecture, uses: uses, shapes: shapes, mode: mode)
    for (i, node) in architecture.nodes.enumerated() {
      let own = parameters(of: node)
      let result: TrainingResult
      if let value = joined.done[node.name], let output = kept.values[value] {
        result = TrainingResult(outputs: [output])
      } else {
        let inputs = node.inputs + (joined.addends[node.name].map { [$0] } ?? [])
        let layer = joined.layers[node.name] ?? node.layer
        result = layer.run(inputs.map(kept.value), own, mode, node: i, context)
      }
      for (name, tensor) in zip(node.values, result.outputs) { kept.values[name] = tensor }
      for (name, tensor) in result.updates { updates[node.parameterName(name)] = tensor }
      kept.parameters.append(own)
      kept.extras.append(result.extras)
      for name in node.inputs {
        uses[name, default: 0] -= 1
        if uses[name] == 0, !keptNames.contains(name) { kept.values[name] = nil }
      }
    }
    var outputs: [String: Tensor] = [:]
    for output in architecture.outputs { outputs[output.name] = kept.values[output.value] }
    kept.values = kept.values.filter { keptNames.contains($0.key) }
    return Recording(
      architecture: architecture, outputs: outputs, updates: updates, shapes: shapes, kept: kept,
      context: context)
  }
}

/// What is there between the way forward and the way back.
private struct KeptPass: Sendable {
  /// By name.
  var values: [String: Tensor]
  /// By node.
  var parameters: [LayerParameters] = []
  var extras: [[Tensor]] = []

  init(values: [String: Tensor]) {
    self.values = values
  }

  /// A value that a node reads.
  func value(_ name: String) -> Tensor {
    guard let tensor = values[name] else { preconditionFailure("'\(name)' is not there") }
    return tensor
  }

  /// Lets go of what only this node and those behind it read.
  mutating func drop(_ i: Int, _ node: Architecture.Node) {
    for name in node.values { values[name] = nil }
    parameters[i] = [:]
    extras[i] = []
  }
}

extension Layer {
  fileprivate func run(
    _ inputs: [Tensor], _ parameters: LayerParameters, _ mode: PassMode, node: Int,
    _ context: ForwardContext
  ) -> TrainingResult {
    switch mode {
    case .evaluation:
      return TrainingResult(outputs: forward(inputs, prepared(parameters), context))
    case .training(let seed, let step, let labels):
      let own = SeededGenerator(seed: seed, .layers, UInt64(step), UInt64(node)).state
      return forwardInTraining(
        inputs, parameters,
        TrainingContext(context: context, seed: own, step: step, labels: labels))
    }
  }
}

/// Layers that do the work of those behind them as they store numbers, where nobody else reads those.
///
/// Limits are kept, and in training batch normalisation adds what a skip brings. What is stored is what comes out of the
/// last of them: none of their ways back asks for what would have been there before.
private struct JoinedLayers {
  /// By node, the layer that does more than the node's own.
  private(set) var layers: [String: any Layer] = [:]
  /// By node, the value that its layer adds.
  private(set) var addends: [String: String] = [:]
  /// By node whose work is done, its input that is its output already.
  private(set) var done: [String: String] = [:]
  /// By value, the node that makes its numbers.
  private var makers: [String: String] = [:]

  init(_ architecture: Architecture, uses: [String: Int], shapes: [String: Shape], mode: PassMode) {
    // By value, the number of the node that makes it.
    var numbers: [String: Int] = [:]
    for (i, node) in architecture.nodes.enumerated() {
      // A sum is the last thing that happens to the one of its inputs that is made last.
      let last = node.inputs.max { (numbers[$0] ?? -1) < (numbers[$1] ?? -1) }
      for name in node.values {
        numbers[name] = i
        makers[name] = node.name
      }
      layers[node.name] = node.layer
      guard let last, uses[last] == 1, let maker = makers[last], let layer = layers[maker] else {
        continue
      }
      if let limiting = node.layer as? any LimitingLayer, limiting.limits != .none,
        let limited = layer as? any LimitedLayer, limited.limits == .none
      {
        layers[maker] = limited.limited(to: limiting.limits)
      } else if mode != .evaluation, node.layer is Add, node.inputs.count == 2,
        let addend = node.inputs.first(where: { $0 != last }), shapes[addend] == shapes[last],
        let normalizing = layer as? any BatchNormalizing, normalizing.limits == .none,
        addends[maker] == nil, (numbers[addend] ?? -1) < (numbers[maker] ?? -1)
      {
        addends[maker] = addend
      } else {
        continue
      }
      done[node.name] = last
      makers[node.name] = maker
    }
  }
}

extension Architecture {
  /// Whether a network can learn from inputs of some shapes.
  ///
  /// - Throws: where it would take too much memory, or where layers need more of a batch.
  public func checkTraining(_ inputs: [String: Shape]) throws(NetworkError) {
    try checkMemory(shapes(for: inputs), .training(seed: 0, step: 0))
  }

  /// Looks at all that will be kept before any of it is allocated, and at what training asks of layers.
  fileprivate func checkMemory(
    _ shapes: [String: Shape], _ mode: PassMode
  ) throws(NetworkError) {
    var held = 0
    for node in nodes {
      held += node.values.reduce(0) { $0 + (shapes[$1]?.count ?? 0) }
      guard held <= Self.largestMemory else {
        throw .node(
          name: node.name, layer: node.layer.typeName,
          .outOfMemory(found: held, limit: Self.largestMemory))
      }
      if mode != .evaluation, let layer = node.layer as? any BatchNormalizing,
        let problem = shapes[node.inputs[0]].flatMap(layer.trainingProblem)
      {
        throw .node(name: node.name, layer: layer.typeName, problem)
      }
    }
  }

  /// How often each value is read, by nodes and from outside.
  fileprivate var uses: [String: Int] {
    var uses: [String: Int] = [:]
    for name in nodes.flatMap(\.inputs) + outputs.map(\.value) { uses[name, default: 0] += 1 }
    return uses
  }

  /// The values that some layer reads on the way back.
  fileprivate var keptNames: Set<String> {
    var names: Set<String> = []
    for node in nodes {
      if node.layer.kept.contains(.inputs) { names.formUnion(node.inputs) }
      if node.layer.kept.contains(.outputs) { names.formUnion(node.values) }
    }
    return names
  }

  /// The values that depend on what gradients are wanted of.
  fileprivate func valuesWithGradients(_ wanted: Set<String>, _ forParameters: Bool) -> Set<String>
  {
    var needed = wanted
    for node in nodes {
      let learns = forParameters && node.layer.parameterShapes.contains { $0.isLearned }
      if learns || node.inputs.contains(where: needed.contains) {
        needed.formUnion(node.values)
      }
    }
    return needed
  }
}
