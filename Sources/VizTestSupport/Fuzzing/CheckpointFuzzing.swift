internal import VizCheckpoint
internal import VizFiles
internal import VizNN

/// Bytes are read as weights, as a network or as text, or refused; whatever is read can be written in
/// our own format, and is the same when it is read again.
enum CheckpointFuzzing {
  /// Files that hold tensors: our own, safetensors, and PyTorch's of both kinds.
  static func findings(in bytes: [UInt8]) -> [String] {
    let region = ByteRegion(CheckpointFuzzing.withoutCheckSums(bytes))
    do throws(CheckpointError) {
      let file = try WeightFile(region)
      let findings = storing(file.tensors)
      guard findings.isEmpty else { return findings }
      do throws(CheckpointError) {
        return roundTrip(try Checkpoint.read(region))
      } catch .unknownArchitecture {
        // Weights alone: the layers that their shapes tell.
        let net = NetWriter.sketch(of: file.tensors)
        return roundTrip(
          try Checkpoint.read(region, options: CheckpointOptions(architecture: .text(net))))
      }
    } catch {
      return complaints(about: error)
    }
  }

  /// An ONNX model, and a tensor in a file of its own.
  static func findings(inONNX bytes: [UInt8]) -> [String] {
    let region = ByteRegion(bytes)
    do throws(CheckpointError) {
      let tensor = try ONNXTensorFile(region).tensor
      guard tensor.values.count == tensor.shape.count else {
        return ["\(tensor.values.count) numbers in a tensor of \(tensor.shape)"]
      }
    } catch {
      guard complaints(about: error).isEmpty else { return complaints(about: error) }
    }
    return network(in: region, name: "model.onnx")
  }

  /// `.net` text; what is read is written as text again, too.
  static func findings(inNet bytes: [UInt8]) -> [String] {
    guard let text = String(validating: bytes, as: UTF8.self) else { return [] }
    do throws(CheckpointError) {
      let architecture = try NetText(text).architecture()
      let written = try NetWriter.text(of: architecture)
      do throws(CheckpointError) {
        let again = try NetText(written).architecture(inputShape: architecture.inputLengths)
        guard again.lines == architecture.lines else {
          return ["as text it became another network: \(written)"]
        }
      } catch {
        return ["its own text cannot be read again: \(error); \(written)"]
      }
    } catch {
      guard complaints(about: error).isEmpty else { return complaints(about: error) }
    }
    return network(in: ByteRegion(bytes), name: "model.net")
  }

  private static func network(in region: ByteRegion, name: String) -> [String] {
    do throws(CheckpointError) {
      return roundTrip(try Checkpoint.read(region, name: name))
    } catch {
      return complaints(about: error)
    }
  }

  private static func complaints(about error: CheckpointError) -> [String] {
    "\(error)".isEmpty ? ["an error without a text"] : []
  }

  /// Bytes with the check sums in a zip archive's directory at 0, which stands for none: behind them lies
  /// the decoder.
  private static func withoutCheckSums(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.starts(with: [0x50, 0x4B]) else { return bytes }
    var bytes = bytes
    for i in 0..<max(0, bytes.count - 20)
    where bytes[i] == 0x50 && bytes[i..<i + 4].elementsEqual([0x50, 0x4B, 1, 2]) {
      bytes.replaceSubrange(i + 16..<i + 20, with: [0, 0, 0, 0])
    }
    return bytes
  }
}

// MARK: - What must be the same again

extension CheckpointFuzzing {
  /// Tensors without a network, as plain safetensors.
  private static func storing(_ tensors: [StoredTensor]) -> [String] {
    let numbers = tensors.map { (name: $0.name, shape: $0.shape, floats: $0.floats) }
    for tensor in numbers where tensor.floats.count != tensor.shape.reduce(1, *) {
      return ["'\(tensor.name)': \(tensor.floats.count) numbers for shape \(tensor.shape)"]
    }
    let writer = SafetensorsWriter(
      tensors: numbers.map { tensor in (tensor.name, tensor.shape, { tensor.floats }) },
      metadata: [:])
    do throws(CheckpointError) {
      let again = try WeightFile(ByteRegion(writer.encoded)).tensors
      let isSame = again.elementsEqual(numbers) {
        $0.name == $1.name && $0.shape == $1.shape
          && $0.floats.map(\.bitPattern) == $1.floats.map(\.bitPattern)
      }
      return isSame ? [] : ["tensors changed on their way through safetensors"]
    } catch {
      return ["tensors cannot be read again as safetensors: \(error)"]
    }
  }

  /// A network with all that is known beside it, in our own format.
  private static func roundTrip(_ checkpoint: Checkpoint) -> [String] {
    do throws(CheckpointError) {
      let written = try checkpoint.encoded(as: .checkpoint)
      let again = try Checkpoint.read(ByteRegion(written))
      return differences(checkpoint, again)
        + (try again.encoded(as: .checkpoint) == written ? [] : ["other bytes when written again"])
    } catch {
      return ["what was read cannot be written in our own format and read again: \(error)"]
    }
  }

  private static func differences(_ a: Checkpoint, _ b: Checkpoint) -> [String] {
    var findings: [String] = []
    let (before, after) = (a.network.architecture, b.network.architecture)
    if before.inputs != after.inputs || before.outputs != after.outputs {
      findings.append("other inputs or outputs: \(before.inputs), \(after.inputs)")
    }
    if before.lines != after.lines {
      findings.append("other layers: \(before.lines), \(after.lines)")
    }
    let parameters = [a, b].map { $0.network.parameters.mapValues { $0.values.map(\.bitPattern) } }
    if parameters[0] != parameters[1] { findings.append("other weights") }
    if a.input != b.input || a.classNames != b.classNames || a.history != b.history {
      findings.append("another description, other classes or history")
    }
    guard findings.isEmpty, let inputs = before.smallInputs() else { return findings }
    let results = [a, b].map { result(of: $0.network, for: inputs) }
    return results[0] == results[1] ? [] : ["other results: \(results)"]
  }

  /// The bits of the outputs, or what is wrong.
  private static func result(of network: Network, for inputs: [String: Shape]) -> [String] {
    var random = SplitMix64(seed: 7)
    do throws(NetworkError) {
      let tensors = inputs.sorted { $0.key < $1.key }.map { name, shape in
        let values = (0..<shape.count).map { _ in Float.random(in: -1...1, using: &random) }
        return (name, Tensor(shape: shape, values: values))
      }
      let trace = try network.forward(
        Dictionary(uniqueKeysWithValues: tensors), context: ForwardContext(jobs: 1))
      return trace.outputs.sorted { $0.key < $1.key }.map { name, tensor in
        "\(name) \(tensor.shape) \(tensor.values.map(\.bitPattern))"
      }
    } catch {
      return ["\(error)"]
    }
  }
}

extension Architecture {
  /// The nodes as text, for comparison.
  fileprivate var lines: [String] {
    nodes.map { "\($0.name): \($0.layer.text)(\($0.inputs.joined(separator: ", ")))" }
  }

  /// The lengths behind the batch's, where all are fixed.
  fileprivate var inputLengths: [Int]? {
    guard let shape = inputs.first?.shape.dropFirst(), !shape.contains(nil) else { return nil }
    return shape.compactMap { $0 }
  }

  /// Shapes of inputs that the network runs with in a moment; nil where it does not.
  ///
  /// Open lengths are 8, the batch's 2.
  fileprivate func smallInputs() -> [String: Shape]? {
    var shapes: [String: Shape] = [:]
    for input in inputs {
      shapes[input.name] = Shape(input.shape.enumerated().map { $1 ?? ($0 == 0 ? 2 : 8) })
    }
    guard let all = try? self.shapes(for: shapes), let summary = try? summary(for: shapes),
      all.values.allSatisfy({ $0.count <= 1 << 12 }), nodes.count <= 64,
      summary.rows.allSatisfy({ 0...1 << 18 ~= $0.multiplyAdds })
    else { return nil }
    return shapes
  }
}
