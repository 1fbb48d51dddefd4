public import VizFiles
internal import VizInput
internal import VizNN

/// The formats that a network is written in.
public enum CheckpointFormat: String, CaseIterable, Sendable {
  /// Our own: safetensors that say what network they belong to.
  case checkpoint = "ckpt"
  /// The weights alone.
  case safetensors
  case onnx
  /// The layers alone, as text.
  case text = "net"

  /// The format that a file's name asks for.
  public init?(path: String) {
    guard let dot = path.lastIndex(of: ".") else { return nil }
    self.init(rawValue: path[path.index(after: dot)...].lowercased())
  }
}

extension Checkpoint {
  /// Writes a file that appears whole or not at all.
  ///
  /// `size` is what an ONNX model is written for where its operators depend on the size of pictures and the
  /// network leaves it open.
  ///
  /// - Returns: what holds for the file and not for the network, a sentence each.
  @discardableResult
  public func write(
    to path: String, format: CheckpointFormat, size: (height: Int, width: Int)? = nil,
    replacing: AtomicFile.Replacement = .allowed
  ) throws(CheckpointError) -> [String] {
    switch format {
    case .checkpoint: try write(writer(describing: true), to: path, replacing)
    case .safetensors: try write(writer(describing: false), to: path, replacing)
    case .onnx:
      let (bytes, notes) = try onnx(size)
      try write(bytes, to: path, replacing)
      return notes
    case .text:
      try write(Array(try NetWriter.text(of: network.architecture).utf8), to: path, replacing)
    }
    return []
  }

  /// The bytes of a file.
  public func encoded(as format: CheckpointFormat) throws(CheckpointError) -> [UInt8] {
    switch format {
    case .checkpoint: writer(describing: true).encoded
    case .safetensors: writer(describing: false).encoded
    case .onnx: try onnx(nil).bytes
    case .text: Array(try NetWriter.text(of: network.architecture).utf8)
    }
  }

  private func onnx(
    _ size: (height: Int, width: Int)?
  ) throws(CheckpointError) -> (bytes: [UInt8], notes: [String]) {
    try ONNXExport.encoded(
      network, size: size ?? input.map { ($0.height, $0.width) },
      metadata: OwnFormat.factsJSON(of: self).map { [OwnFormat.key: $0.text] } ?? [:])
  }

  /// The weights in the order of the layers, with or without what else there is to say.
  private func writer(describing: Bool) -> SafetensorsWriter {
    var parameters = network.architecture.parameterShapes.compactMap { parameter in
      network.parameters[parameter.name].map { tensor in
        (name: parameter.name, shape: tensor.shape.dimensions, floats: { tensor.values })
      }
    }
    if describing, let training {
      for (name, tensor) in training.tensors.sorted(by: { $0.key < $1.key }) {
        parameters.append(
          (OwnFormat.trainingPrefix + name, tensor.shape.dimensions, { tensor.values }))
      }
    }
    // Python's libraries look for this before they take tensors for PyTorch's.
    var metadata = ["format": "pt"]
    if describing { metadata[OwnFormat.key] = OwnFormat.json(of: self).text }
    return SafetensorsWriter(
      tensors: parameters, metadata: metadata, hasCheckSums: describing)
  }

  private func write(
    _ writer: SafetensorsWriter, to path: String, _ replacing: AtomicFile.Replacement
  ) throws(CheckpointError) {
    do {
      var file = try AtomicFile(path, replacing: replacing, marked: true)
      try writer.write(to: &file)
      try file.commit()
    } catch {
      throw .file(error)
    }
  }

  private func write(
    _ bytes: [UInt8], to path: String, _ replacing: AtomicFile.Replacement
  ) throws(CheckpointError) {
    do {
      try AtomicFile.write(bytes, to: path, replacing: replacing, marked: true)
    } catch {
      throw .file(error)
    }
  }
}
