/// A network without its numbers: named inputs, a list of named nodes, named outputs.
///
/// A value is an input or what a node makes. The value of a node has the node's name; where a node has
/// several outputs, the further ones are `name:1`, `name:2` and so on. Nodes stand in an order in which
/// each reads only what was made before it.
public struct Architecture: Sendable {
  /// A tensor from outside; nil stands for a length that is not fixed, as the batch's mostly is.
  public struct Input: Equatable, Sendable {
    public let name: String
    public let shape: [Int?]

    public init(_ name: String, shape: [Int?]) {
      self.name = name
      self.shape = shape
    }
  }

  /// A layer, and the values that it reads.
  public struct Node: Sendable {
    public let name: String
    public let layer: any Layer
    public let inputs: [String]

    public init(_ name: String, _ layer: any Layer, inputs: [String]) {
      self.name = name
      self.layer = layer
      self.inputs = inputs
    }
  }

  /// A result under the name that the outside knows it by.
  public struct Output: Equatable, Sendable {
    public let name: String
    public let value: String

    public init(_ name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  public let inputs: [Input]
  public let nodes: [Node]
  public let outputs: [Output]

  /// - Throws: where a name is double or unknown, or where a layer does not fit what it reads. Shapes are
  ///   checked as soon as they are known: here where all lengths but the batch's are fixed, and channels
  ///   also where images may be of any size.
  public init(inputs: [Input], nodes: [Node], outputs: [Output]) throws(NetworkError) {
    self.inputs = inputs
    self.nodes = nodes
    self.outputs = outputs
    try checkNames()
    if let shapes = sampleShapes() {
      _ = try self.shapes(for: shapes)
    } else {
      try checkChannels()
    }
  }

  /// Images of any size have their channels checked by images of a few: what fits none of them, at the
  /// same layer with channels of its own, fits no size.
  private func checkChannels() throws(NetworkError) {
    var failure: (name: String, error: NetworkError)?
    for side in [224, 299, 512] {
      guard let error = failureOfChannels(side: side), case .node(let name, _, _) = error,
        failure.map({ $0.name == name }) ?? true
      else { return }
      failure = failure ?? (name, error)
    }
    if let failure { throw failure.error }
  }

  /// What a layer with channels of its own has against images of a size; nil also where channels are free.
  private func failureOfChannels(side: Int) -> NetworkError? {
    var shapes: [String: Shape] = [:]
    for input in inputs {
      guard input.shape.count == 4, input.shape[1] != nil else { return nil }
      shapes[input.name] = Shape(zip(input.shape, [1, 1, side, side]).map { $0 ?? $1 })
    }
    do throws(NetworkError) {
      _ = try self.shapes(for: shapes)
      return nil
    } catch .node(let name, let layer, .inputShape(let expected, let found)) {
      let node = nodes.first { $0.name == name }
      guard let node, !(node.layer is Linear), !node.layer.parameterShapes.isEmpty, found.rank == 4
      else { return nil }
      return .node(name: name, layer: layer, .inputShape(expected: expected, found: found))
    } catch {
      return nil
    }
  }

  /// Nodes one after the other, each reading the one before; the last is the output, called `output`.
  public init(input: Input, sequence: [(name: String, layer: any Layer)]) throws(NetworkError) {
    var nodes: [Node] = []
    for (name, layer) in sequence {
      nodes.append(Node(name, layer, inputs: [nodes.last?.name ?? input.name]))
    }
    let last = nodes.last?.name ?? input.name
    try self.init(inputs: [input], nodes: nodes, outputs: [Output("output", value: last)])
  }

  /// The shapes of the inputs for a batch of one, where nothing else is free.
  public func sampleShapes(batch: Int = 1) -> [String: Shape]? {
    var shapes: [String: Shape] = [:]
    for input in inputs {
      let lengths = input.shape.enumerated().compactMap { i, length in
        length ?? (i == 0 ? batch : nil)
      }
      guard lengths.count == input.shape.count else { return nil }
      shapes[input.name] = Shape(lengths)
    }
    return shapes
  }

  private func checkNames() throws(NetworkError) {
    var known: Set<String> = []
    for input in inputs where !known.insert(input.name).inserted {
      throw .duplicateName(input.name)
    }
    for node in nodes {
      for value in node.inputs where !known.contains(value) {
        throw .unknownValue(node: node.name, value: value)
      }
      for value in node.values where !known.insert(value).inserted { throw .duplicateName(value) }
    }
    for output in outputs where !known.contains(output.value) { throw .unknownName(output.value) }
  }
}

extension Architecture.Node {
  /// The names of the values that the node makes.
  public var values: [String] {
    (0..<layer.outputCount).map { $0 == 0 ? name : "\(name):\($0)" }
  }

  /// The name of one of the layer's parameters in the network: `conv1.weight`.
  public func parameterName(_ name: String) -> String { "\(self.name).\(name)" }
}

extension Architecture {
  /// The most numbers that one value may hold, 4 GiB: twice the 64 maps of a 4K picture.
  ///
  /// A length of 0 does not hide the others.
  public static let largestValue = 1 << 30
  /// The most numbers that all values together may hold at a time.
  public static let largestMemory = 1 << 31

  /// The shape of every value for inputs of the given shapes.
  ///
  /// - Throws: where an input is missing, unknown or not as declared; a layer that cannot work with what
  ///   it gets, with the node's name.
  public func shapes(for given: [String: Shape]) throws(NetworkError) -> [String: Shape] {
    try checkInputs(given)
    var shapes = given
    for node in nodes {
      // Names were checked, so there is a shape for each.
      let outputs = try node.outputShapes(node.inputs.compactMap { shapes[$0] })
      for (value, shape) in zip(node.values, outputs) { shapes[value] = shape }
    }
    return shapes
  }

  private func checkInputs(_ given: [String: Shape]) throws(NetworkError) {
    for name in given.keys.sorted() where !inputs.contains(where: { $0.name == name }) {
      throw .unexpectedInput(name: name, expected: inputs.map(\.name))
    }
    for input in inputs {
      guard let found = given[input.name] else {
        throw .missingInput(name: input.name, expected: input.shape)
      }
      let fits = zip(input.shape, found.dimensions).allSatisfy { $0 == nil || $0 == $1 }
      guard found.rank == input.shape.count, fits, found.span <= Self.largestValue else {
        throw .inputShape(name: input.name, expected: input.shape, found: found)
      }
    }
  }

  /// The parameters that the layers need, under their names in the network.
  public var parameterShapes: [ParameterShape] {
    nodes.flatMap { node in
      node.layer.parameterShapes.map {
        ParameterShape(
          node.parameterName($0.name), $0.shape, isLearned: $0.isLearned, start: $0.start)
      }
    }
  }
}

extension Architecture.Node {
  func outputShapes(_ inputs: [Shape]) throws(NetworkError) -> [Shape] {
    do throws(LayerError) {
      let outputs = try layer.outputShapes(inputs)
      for shape in outputs where shape.span > Architecture.largestValue {
        throw .tooLarge(dimensions: shape.dimensions, limit: Architecture.largestValue)
      }
      return outputs
    } catch {
      throw .node(name: name, layer: layer.typeName, error)
    }
  }
}
