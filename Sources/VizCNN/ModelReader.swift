internal import VizCheckpoint
internal import VizFiles
internal import VizInput
public import VizNN

/// How networks are read from files.
public struct ModelReader: Sendable {
  /// Where the weights are in dictionaries and lists; nil for the usual places.
  public var key: String?
  /// A `.net` file, or the name of a known architecture, for files that hold weights alone.
  public var net: String?
  /// Channels, height and width of the input, where the file leaves them open.
  public var inputShape: [Int]?

  public init(key: String? = nil, net: String? = nil, inputShape: [Int]? = nil) {
    self.key = key
    self.net = net
    self.inputShape = inputShape
  }

  /// The network in a file.
  public func read(_ path: String) throws(PipelineError) -> Checkpoint {
    try read(path, checksWeights: true)
  }

  private func read(_ path: String, checksWeights: Bool) throws(PipelineError) -> Checkpoint {
    if path == "-" {
      throw .request("a model is read from a file, not from standard input", hint: nil)
    }
    let source = try architectureSource()
    let checkpoint = try naming(path) { () throws(CheckpointError) in
      try Checkpoint.read(
        path,
        options: CheckpointOptions(
          key: key, architecture: source, inputShape: inputShape, checksWeights: checksWeights))
    }
    try checkInputShape(against: checkpoint.network.architecture.inputs, of: path)
    return checkpoint
  }

  /// A file that says its input's lengths itself has to say the same.
  private func checkInputShape(
    against inputs: [Architecture.Input], of path: String
  ) throws(PipelineError) {
    guard let inputShape, inputs.count == 1, let only = inputs.first else { return }
    let lengths =
      only.shape.count == inputShape.count + 1 ? only.shape.dropFirst() : only.shape[...]
    let fits =
      lengths.count == inputShape.count
      && zip(lengths, inputShape).allSatisfy { $0 == nil || $0 == $1 }
    guard fits else {
      let batch = Array(repeating: 1, count: only.shape.count == inputShape.count + 1 ? 1 : 0)
      throw .network(
        file: path,
        .inputShape(name: only.name, expected: only.shape, found: Shape(batch + inputShape)))
    }
  }

  /// The layers in a file; `.net` text needs no weights.
  public func layers(_ path: String) throws(PipelineError) -> NetworkLayers {
    if path.lowercased().hasSuffix(".net") {
      let text = try text(of: path)
      return try naming(path) { () throws(CheckpointError) in
        let net = try NetText(text)
        return NetworkLayers(
          architecture: try net.architecture(inputShape: inputShape),
          fixedParameters: net.fixedParameters, notes: [net.note].compactMap(\.self))
      }
    }
    let checkpoint = try read(path, checksWeights: false)
    return NetworkLayers(
      architecture: checkpoint.network.architecture, input: checkpoint.input,
      notes: checkpoint.notes)
  }

  /// The layers of `net` alone.
  public func layersOfNet() throws(PipelineError) -> NetworkLayers {
    guard let net else { throw .request("no network is named", hint: nil) }
    if Self.isFile(net) { return try layers(net) }
    return try naming(net) { () throws(CheckpointError) in
      let entry = try Zoo.entry(named: net)
      let lengths = inputShape.flatMap { $0.count == 3 ? $0 : nil }
      return NetworkLayers(
        architecture: try entry.architecture(
          channels: lengths?[0], height: lengths?[1], width: lengths?[2]),
        input: entry.input)
    }
  }

  private func architectureSource() throws(PipelineError) -> ArchitectureSource {
    guard let net else { return .automatic }
    return Self.isFile(net) ? .text(try text(of: net), name: net) : .named(net)
  }

  /// Whether a word behind `--net` is a file's name.
  private static func isFile(_ word: String) -> Bool {
    word.contains("/") || word.contains(".") || FileKind(word) != nil
  }

  private func text(of path: String) throws(PipelineError) -> String {
    do throws(FileError) {
      let bytes = try FileContents.read(path, limit: NetText.largest)
      if let text = String(validating: bytes, as: UTF8.self) { return text }
    } catch {
      throw .file(error)
    }
    throw .checkpoint(file: path, .unknownFormat(found: "a .net file that is no text in UTF-8"))
  }

  private func naming<Result>(
    _ path: String, _ body: () throws(CheckpointError) -> Result
  ) throws(PipelineError) -> Result {
    do throws(CheckpointError) {
      return try body()
    } catch .network(let error) where inputShape != nil && error.isOfShape {
      throw .network(file: path, error)  // the shape is the caller's, not the file's
    } catch {
      throw .checkpoint(file: path, error)
    }
  }
}

/// A network's layers, whether there are weights for them or not.
public struct NetworkLayers: Sendable {
  public let architecture: Architecture
  /// How a picture becomes the network's input; nil where the file does not say.
  public let input: InputDescription?
  /// Weights that `.net` text gives its layers; by their names in the network.
  public let fixedParameters: [String: Tensor]
  public let notes: [String]

  public init(
    architecture: Architecture, input: InputDescription? = nil,
    fixedParameters: [String: Tensor] = [:], notes: [String] = []
  ) {
    self.architecture = architecture
    self.input = input
    self.fixedParameters = fixedParameters
    self.notes = notes
  }

  /// The shapes of the inputs for a batch of one; nil where neither `given` (channels, height, width) nor
  /// the file says them.
  public func inputShapes(given: [Int]?) throws(PipelineError) -> [String: Shape]? {
    guard let given else {
      if let shapes = architecture.sampleShapes() { return shapes }
      guard let input, architecture.inputs.count == 1 else { return nil }
      return [
        architecture.inputs[0].name: [
          1, architecture.inputs[0].shape.dropFirst().first.flatMap(\.self) ?? input.channels,
          input.height, input.width,
        ]
      ]
    }
    guard architecture.inputs.count == 1, let only = architecture.inputs.first else {
      throw .request(
        "--input-shape is for networks with one input; this one has "
          + architecture.inputs.map(\.name).joined(separator: ", "), hint: nil)
    }
    let isBatched = only.shape.count == given.count + 1
    return [only.name: Shape(isBatched ? [1] + given : given)]
  }
}
