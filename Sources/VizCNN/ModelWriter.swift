internal import VizCheckpoint
internal import VizFiles
internal import VizNN

/// Networks from one format to another.
public struct ModelConversion: Sendable {
  public var reader: ModelReader
  public var replacesForeignFiles: Bool

  public init(reader: ModelReader, replacesForeignFiles: Bool = false) {
    self.reader = reader
    self.replacesForeignFiles = replacesForeignFiles
  }

  /// Reads a model and writes it in the format that the second name's ending says.
  ///
  /// - Returns: what was read, with notes on what was written.
  @discardableResult
  public func convert(_ path: String, to target: String) throws(PipelineError) -> Checkpoint {
    guard let format = CheckpointFormat(path: target) else {
      let known = CheckpointFormat.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
      throw .request(
        "\(printable(target)): its ending names no format of networks; expected one of \(known)",
        hint: target.hasSuffix(".pt") || target.hasSuffix(".pth")
          ? "Python reads .safetensors and .ckpt with safetensors.torch.load_file" : nil)
    }
    try check(target, input: path)
    var checkpoint = try reader.read(path)
    let size = reader.inputShape.flatMap { shape in
      shape.count == 3 ? (height: shape[1], width: shape[2]) : nil
    }
    do throws(CheckpointError) {
      checkpoint.notes += try checkpoint.write(
        to: target, format: format, size: size, replacing: replacement(of: target))
    } catch {
      throw .checkpoint(file: target, error)
    }
    return checkpoint
  }

  /// Writes the layers that weights alone tell of, as text to fill in.
  public func sketch(_ path: String, to target: String) throws(PipelineError) {
    try check(target, input: path)
    let text: String
    do throws(CheckpointError) {
      text = try NetWriter.sketch(ofWeightsIn: path, key: reader.key)
    } catch {
      throw .checkpoint(file: path, error)
    }
    do throws(FileError) {
      try AtomicFile.write(
        Array(text.utf8), to: target, replacing: replacement(of: target), marked: true)
    } catch {
      throw .file(error)
    }
  }

  /// Inputs are never written over, and files of others only when asked for.
  private func check(_ target: String, input: String) throws(PipelineError) {
    try ResultWriter(
      inputs: [input, reader.net].compactMap(\.self), replacesForeignFiles: replacesForeignFiles
    ).check(target)
  }

  private func replacement(of path: String) -> AtomicFile.Replacement {
    // What was not there when it was checked is not replaced when it is there now.
    replacesForeignFiles || FileKind(path) != nil ? .allowed : .refused
  }
}
