internal import VizFiles
internal import VizNN

/// Where the layers come from where a file holds weights alone.
public enum ArchitectureSource: Sendable {
  /// What the file says, else what its tensors look like.
  case automatic
  /// `.net` text, and the name of its file for errors.
  case text(String, name: String? = nil)
  /// The name of a known architecture: `resnet18`.
  case named(String)
}

/// How to read a checkpoint beyond what the file says.
public struct CheckpointOptions: Sendable {
  /// Where the weights are in dictionaries and lists, `models.0` say; nil for the usual places.
  public var key: String?
  public var architecture: ArchitectureSource
  /// Channels, height and width of the input, where the file leaves them open.
  public var inputShape: [Int]?
  /// Whether weights are held against their check sums, which reads them all; false where the layers alone
  /// are of interest.
  public var checksWeights: Bool

  public init(
    key: String? = nil, architecture: ArchitectureSource = .automatic, inputShape: [Int]? = nil,
    checksWeights: Bool = true
  ) {
    self.key = key
    self.architecture = architecture
    self.inputShape = inputShape
    self.checksWeights = checksWeights
  }
}

extension CheckpointOptions {
  /// What was asked for in vain of a file that brings its own layers.
  fileprivate var superfluous: [String] {
    if case .automatic = architecture { return [] }
    return ["it has layers of its own, which count; the given ones are not looked at"]
  }
}

extension Checkpoint {
  /// Reads a checkpoint of any format: our own, safetensors, PyTorch's, ONNX, or `.net` text that needs
  /// no weights.
  ///
  /// The architecture is the file's own where it has one; else `options.architecture`; else the known one
  /// whose tensors have the file's names and shapes.
  public static func read(
    _ path: String, options: CheckpointOptions = CheckpointOptions()
  ) throws(CheckpointError) -> Checkpoint {
    let region = try ByteRegion(contentsOf: path)
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .map { $0 + "/" }.joined()
    return try read(region, name: path, options: options) {
      (location) throws(CheckpointError) in
      try ByteRegion(contentsOf: folder + location)
    }
  }

  /// As above, of bytes; `name` tells `.net` text from other files.
  package static func read(
    _ region: ByteRegion, name: String = "", options: CheckpointOptions = CheckpointOptions(),
    externalFile: (@Sendable (String) throws(CheckpointError) -> ByteRegion)? = nil
  ) throws(CheckpointError) -> Checkpoint {
    let beginning = region.prefix(64)
    if WeightFile.format(of: beginning) != nil {
      return try WeightReader(options: options).checkpoint(
        try WeightFile(region, key: options.key, checksNumbers: options.checksWeights))
    }
    if name.hasSuffix(".net") { return try text(region, options) }
    guard beginning.first == 0x08 || beginning.first == 0x3A || name.hasSuffix(".onnx") else {
      // Says what the bytes begin with.
      return try WeightReader(options: options).checkpoint(try WeightFile(region))
    }
    if let other = WeightFile.foreignKind(of: beginning) {
      throw .unknownFormat(found: "\(other), not an ONNX model")
    }
    let model = try ONNXModel(region, externalFile: externalFile)
    var checkpoint = Checkpoint(
      network: try ONNXImport.network(model, inputShape: options.inputShape),
      notes: options.superfluous)
    if let text = model.metadata[OwnFormat.key] {
      let facts = try OwnFormat.facts(text)
      (checkpoint.input, checkpoint.classNames) = (facts.input, facts.classNames)
    }
    return checkpoint
  }

  /// A network whose weights, if it has any, are fixed by its text.
  private static func text(
    _ region: ByteRegion, _ options: CheckpointOptions
  ) throws(CheckpointError) -> Checkpoint {
    guard region.count <= NetScanner.longest,
      let text = String(validating: region.bytes, as: UTF8.self)
    else { throw .unknownFormat(found: "a .net file that is no text in UTF-8") }
    let net = try NetText(text)
    let architecture = try net.architecture(inputShape: options.inputShape)
    do {
      return Checkpoint(
        network: try Network(architecture, parameters: net.fixedParameters),
        notes: [net.note].compactMap(\.self))
    } catch {
      throw .network(error)
    }
  }
}

/// Joins the tensors of a file with a network.
private struct WeightReader {
  let options: CheckpointOptions

  func checkpoint(_ file: WeightFile) throws(CheckpointError) -> Checkpoint {
    if let text = file.metadata[OwnFormat.key] { return try own(file, text) }
    var notes: [String] = []
    switch options.architecture {
    case .text(let text, let name):
      let (net, architecture) = try CheckpointError.inText(name) { () throws(CheckpointError) in
        let net = try NetText(text)
        return (net, try net.architecture(inputShape: options.inputShape))
      }
      if let note = net.note { notes.append(note) }
      return try join(file, architecture, net.fixedParameters, &notes)
    case .named(let name):
      let entry = try Zoo.entry(named: name)
      notes.append("architecture \(entry.name)")
      var checkpoint = try join(file, try entry.architecture(for: file.tensors), [:], &notes)
      checkpoint.input = entry.input
      return checkpoint
    case .automatic: break
    }
    let layers = file.module.flatMap(PickledLayers.init)
    if let module = file.module, let net = layers?.netText {
      notes.append("layers from the pickled \(module.className)")
      let architecture = try net.architecture(inputShape: options.inputShape)
      return try join(file, architecture, net.fixedParameters, &notes)
    }
    guard let found = try Zoo.recognise(file.tensors) else {
      if let unknown = layers?.unknown, !unknown.isEmpty { throw .unsupportedModules(unknown) }
      throw .unknownArchitecture(
        tensors: file.tensors.map { "\($0.name) \($0.shape)" })
    }
    notes.append("recognised as \(found.entry.name) by its tensors")
    var checkpoint = try join(file, found.architecture, [:], &notes)
    checkpoint.input = found.entry.input
    return checkpoint
  }

  private func own(_ file: WeightFile, _ text: String) throws(CheckpointError) -> Checkpoint {
    let description = try OwnFormat.description(text)
    var parameters = Dictionary(
      file.tensors.map { ($0.name, $0.tensor) }, uniquingKeysWith: { $1 })
    var others: [String: Tensor] = [:]
    if description.training != nil {
      for name in parameters.keys where name.hasPrefix(OwnFormat.trainingPrefix) {
        others[String(name.dropFirst(OwnFormat.trainingPrefix.count))] =
          parameters.removeValue(forKey: name)
      }
    }
    do {
      return Checkpoint(
        network: try Network(description.architecture, parameters: parameters),
        input: description.input, classNames: description.classNames,
        history: description.history,
        training: description.training.map { TrainingRecord(facts: $0, tensors: others) },
        notes: options.superfluous)
    } catch {
      throw .network(error)
    }
  }

  private func join(
    _ file: WeightFile, _ architecture: Architecture, _ fixed: [String: Tensor],
    _ notes: inout [String]
  ) throws(CheckpointError) -> Checkpoint {
    let matching = try WeightMatching(file.tensors, to: architecture, fixed: fixed)
    if let note = matching.note { notes.append(note) }
    do {
      return Checkpoint(
        network: try Network(architecture, parameters: matching.parameters), notes: notes)
    } catch {
      throw .network(error)
    }
  }
}
