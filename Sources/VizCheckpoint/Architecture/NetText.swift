package import VizNN

/// A network as people write it, in PyTorch's own words.
///
///     conv1: Conv2d(1, 16, 3, padding=1)     # one layer a line, each reading the one before
///     ReLU()                                 # without a name its index is its name
///     pool: MaxPool2d(2)
///     skip: Conv2d(1, 16, 1, stride=2)(input)
///     add(pool, skip)
///
/// The last line's layer makes the network's output, unless a line says which do:
/// `Output(lengths, reconstruction=decoder)`, where the first is called `output`.
///
/// Containers nest names: `Sequential(…)`, and whatever `print(model)` shows around layers.
package struct NetText: Sendable {
  /// A layer, what its line says about its inputs, and weights that are fixed by the text.
  struct Line: Sendable {
    let name: String
    let layer: any Layer
    /// nil where it reads what the line before makes.
    let inputs: [String]?
    let kernels: LayerParameters?
    let line: Int
  }

  /// Bytes of the longest text.
  package static let largest = NetScanner.longest

  /// What an input is called that no line makes.
  package static let inputName = "input"
  /// What an output is called that no line names.
  package static let outputName = "output"

  private(set) var lines: [Line] = []
  /// Names that no layer has, which are told all at once.
  private var unknown: [UnknownLayer] = []
  /// Classes around layers that are no Sequential: only their code knows how the layers are joined.
  private var ownClasses: [String] = []
  /// The lengths behind the batch's, where a line says them: `input: Input(1, 28, 28)`.
  private var inputShape: [Int]?
  /// Where a line says them.
  private var outputs: [Architecture.Output]?

  package init(_ text: String) throws(CheckpointError) {
    let calls = try NetParser.calls(of: text)
    // One container around everything is the network itself.
    if calls.count == 1, calls[0].name == nil, Self.isContainer(calls[0]) {
      noteClass(calls[0])
      try add(try Self.children(of: calls[0]), prefix: "")
    } else {
      try add(calls, prefix: "")
    }
    guard unknown.count < 2 else { throw .unknownLayers(unknown) }
    if let unknown = unknown.first {
      throw .layer(line: unknown.line, layer: unknown.name, .unknownLayer(name: unknown.name))
    }
    if lines.isEmpty {
      throw .invalidText(line: 1, expected: "a layer, as in Conv2d(1, 16, 3)", found: "none")
    }
  }

  init(lines: [Line]) {
    self.lines = lines
  }

  /// The layers of `name`'s class that a checkpoint stores as text: `Conv2d(1, 16, kernel_size=3)`.
  static func layer(_ text: String) throws(CheckpointError) -> any Layer {
    let call = try NetParser.call(of: text)
    return try NetLayer(call).layer
  }
}

// MARK: - Lines

extension NetText {
  private mutating func add(_ calls: [NetCall], prefix: String) throws(CheckpointError) {
    var index = 0
    for call in calls {
      if call.function == "Input" {
        inputShape = try Self.lengths(call)
        continue
      }
      if call.function == "Output" {
        outputs = try Self.outputs(call)
        continue
      }
      let first = call.name.flatMap(Int.init) ?? index
      for i in 0..<call.repeats {
        let name = call.repeats > 1 ? String(first + i) : call.name ?? String(index)
        try add(call, name: prefix + name)
        index += 1
      }
    }
  }

  private mutating func add(_ call: NetCall, name: String) throws(CheckpointError) {
    if Self.isContainer(call) {
      noteClass(call)
      return try add(try Self.children(of: call), prefix: name + ".")
    }
    guard lines.count < 100_000 else {
      throw .tooLarge(part: "layers of a network", found: 100_001, limit: 100_000)
    }
    do {
      let layer = try NetLayer(call)
      lines.append(
        Line(
          name: name, layer: layer.layer, inputs: layer.inputs, kernels: layer.kernels,
          line: call.line))
    } catch .layer(let line, _, .unknownLayer(let name)) {
      unknown.append(UnknownLayer(line: line, name: name))
      // As many as one reads.
      if unknown.count == 24 { throw .unknownLayers(unknown) }
    }
  }

  private mutating func noteClass(_ call: NetCall) {
    guard !["Sequential", "OrderedDict"].contains(call.function),
      !ownClasses.contains(call.function)
    else { return }
    ownClasses.append(call.function)
  }

  /// That the order of the layers is a guess, where it is one.
  ///
  /// What print() shows of a class lists its layers as they were made, not as they are used, and no sums,
  /// activations or views between them.
  package var note: String? {
    guard !ownClasses.isEmpty else { return nil }
    let classes = ownClasses.prefix(3).joined(separator: ", ") + (ownClasses.count > 3 ? ", …" : "")
    return
      "the order of its layers is a guess: they are taken one after the other as they are listed, and "
      + "only the code of \(classes) says how they are joined"
  }

  /// Whether a call stands for the layers within it.
  private static func isContainer(_ call: NetCall) -> Bool {
    if ["Sequential", "ModuleList", "OrderedDict"].contains(call.function) { return true }
    let holdsCalls = call.arguments.contains { argument in
      if case .call = argument.value { true } else { false }
    }
    return holdsCalls && (try? LayerRegistry.entry(named: call.function)) == nil
  }

  /// The calls in a container, also those in `OrderedDict([("conv1", Conv2d(…)), …])`.
  private static func children(of call: NetCall) throws(CheckpointError) -> [NetCall] {
    var children: [NetCall] = []
    for argument in call.arguments {
      try collect(argument.value, name: argument.keyword, of: call, into: &children)
    }
    return children
  }

  private static func collect(
    _ value: NetCall.Value, name: String?, of call: NetCall, into children: inout [NetCall]
  ) throws(CheckpointError) {
    switch value {
    case .call(let child) where child.function == "OrderedDict" && child.name == nil:
      children += try Self.children(of: child)
    case .call(var child):
      child.name = child.name ?? name
      children.append(child)
    case .list(let values):
      if values.count == 2, case .literal(.string(let name)) = values[0] {
        return try collect(values[1], name: name, of: call, into: &children)
      }
      for value in values { try collect(value, name: nil, of: call, into: &children) }
    case .literal, .word:
      throw .invalidText(
        line: call.line, expected: "layers within \(call.function)", found: "another value")
    }
  }

  /// What `Output(lengths, reconstruction=decoder)` says.
  private static func outputs(_ call: NetCall) throws(CheckpointError) -> [Architecture.Output] {
    var outputs: [Architecture.Output] = []
    for argument in call.arguments {
      let name = argument.keyword ?? outputName
      guard let value = argument.value.name, !outputs.contains(where: { $0.name == name }) else {
        throw .invalidText(
          line: call.line, expected: "layers, all but one with names of their outputs",
          found: "other arguments of Output")
      }
      outputs.append(Architecture.Output(name, value: value))
    }
    guard !outputs.isEmpty else {
      throw .invalidText(line: call.line, expected: "layers in Output", found: "none")
    }
    return outputs
  }

  private static func lengths(_ call: NetCall) throws(CheckpointError) -> [Int] {
    let lengths = call.arguments.compactMap { argument in
      if case .literal(.int(let length)) = argument.value, 1...1 << 24 ~= length {
        length
      } else {
        nil
      }
    }
    guard lengths.count == call.arguments.count, 1...4 ~= lengths.count else {
      throw .invalidText(
        line: call.line, expected: "channels, height and width", found: "other arguments")
    }
    return lengths
  }
}

// MARK: - The network

extension NetText {
  /// The nodes, for an input of the given lengths (without the batch's).
  ///
  /// Without lengths, and without an `Input(…)` in the text, the first layer says how many channels
  /// there are, and height and width stay free.
  package func architecture(inputShape given: [Int]? = nil) throws(CheckpointError) -> Architecture
  {
    var nodes: [Architecture.Node] = []
    for line in lines {
      let inputs = line.inputs ?? [nodes.last.map(\.name) ?? Self.inputName]
      nodes.append(Architecture.Node(line.name, line.layer, inputs: inputs))
    }
    let shape = given ?? inputShape
    let input = Architecture.Input(
      Self.inputName, shape: shape.map { [nil] + $0.map(Optional.some) } ?? freeShape)
    do {
      return try Architecture(
        inputs: [input], nodes: nodes,
        outputs: outputs
          ?? [Architecture.Output(Self.outputName, value: nodes.last?.name ?? input.name)])
    } catch {
      throw .network(error)
    }
  }

  /// Weights that the text itself fixes, by their names in the network.
  package var fixedParameters: [String: Tensor] {
    var parameters: [String: Tensor] = [:]
    for line in lines {
      for (name, tensor) in line.kernels ?? [:] { parameters[line.name + "." + name] = tensor }
    }
    return parameters
  }

  /// What the first layer with channels or features wants to see.
  private var freeShape: [Int?] {
    let names = ["in_channels", "num_features", "num_channels", "in_features"]
    for line in lines where line.inputs == nil || line.inputs == [Self.inputName] {
      for name in names {
        guard case .int(let count)? = line.layer.arguments[name] else { continue }
        return name == "in_features" ? [nil, count] : [nil, count, nil, nil]
      }
      if line.layer.typeName == "Flatten" { break }
    }
    return [nil, nil, nil, nil]
  }
}
