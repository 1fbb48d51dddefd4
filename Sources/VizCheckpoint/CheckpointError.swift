public import VizFiles
internal import VizImage
public import VizNN

/// What the world can get wrong about a checkpoint.
///
/// A description says where, what was expected and what was found; the file's name is the caller's
/// to add, because bytes do not know where they came from.
public enum CheckpointError: Error, Equatable, Sendable {
  /// The file itself cannot be read or written.
  case file(FileError)
  /// The bytes are no checkpoint of a known format.
  case unknownFormat(found: String)
  /// `part` goes on where the bytes end.
  case truncated(part: String, offset: Int, expected: Int, found: Int)
  /// `part` breaks the rules of its format.
  case corrupt(part: String, offset: Int?, expected: String, found: String)
  /// The bytes of `part` are not those that its check sum is of.
  case damaged(part: String, expected: UInt32, found: UInt32)
  /// Legal, but not supported.
  case unsupported(part: String, found: String, expected: String)
  /// More than the limits allow; nothing was allocated.
  case tooLarge(part: String, found: Int, limit: Int)
  /// A pickle asks for functions or classes that are not on the list.
  case forbiddenConstructors([String])
  /// A compiled TorchScript program.
  case torchScript
  /// No tensors where the key, or the search without one, leads.
  case noStateDict(key: String?, choices: [String])
  /// Several sets of tensors, and no key that chooses.
  case ambiguousStateDict(choices: [String])
  /// Tensors without a network, whose names and shapes no known architecture has.
  case unknownArchitecture(tensors: [String])
  /// A name that no architecture has.
  case unknownNetworkName(String, known: [String])
  /// A `.net` text that describes no network.
  case invalidText(line: Int, expected: String, found: String)
  /// What is wrong with the text that gives weights their layers, in a file of its own.
  indirect case netText(name: String?, CheckpointError)
  /// Operators of an ONNX model that have no layer; each with a node that uses it.
  case unsupportedOperators([OperatorUse])
  /// Layers of a module that was pickled whole which are none here; each with its place.
  case unsupportedModules([OperatorUse])
  /// Names in a `.net` text that no layer has, where they are several; each with its line.
  case unknownLayers([UnknownLayer])
  /// A layer of a `.net` text, or of a checkpoint's own description, that cannot be made.
  case layer(line: Int, layer: String, LayerError)
  /// Layers that do not fit together, or tensors that do not fit them.
  case network(NetworkError)
  /// A network that the format cannot hold.
  case notRepresentable(format: String, detail: String)
}

/// A name in a `.net` text that no layer has.
public struct UnknownLayer: Equatable, Sendable {
  public let line: Int
  public let name: String

  public init(line: Int, name: String) {
    self.line = line
    self.name = name
  }
}

/// An operator that is not supported, and the node it was met at.
public struct OperatorUse: Equatable, Sendable {
  public let name: String
  public let node: String
  /// Why: nothing where the operator is unknown.
  public let reason: String?

  public init(name: String, node: String, reason: String? = nil) {
    self.name = name
    self.node = node
    self.reason = reason
  }
}

extension CheckpointError {
  public var category: FailureCategory {
    switch self {
    case .file(let error): error.category
    case .tooLarge: .limit
    case .netText(_, let error): error.category
    default: .corrupt
    }
  }

  /// The way out, where there is one to tell.
  public var hint: String? {
    switch self {
    case .file(let error): error.hint
    case .truncated: "the file is damaged or cut off; fetch it again from where it came"
    case .damaged:
      "fetch it again from where it came; a program that changes it on purpose has to renew its "
        + "check sums, or leave them out"
    case .forbiddenConstructors(let names) where names.allSatisfy(Self.isTensorKind):
      "vizcnn reads plain tensors of floats and whole numbers: before torch.save, turn others into such with "
        + ".float(), .to_dense() or .dequantize(), complex ones with torch.view_as_real"
    case .network(.parameters(let problems)) where Self.areFactored(problems):
      "weights are stored in parts; undo that before torch.save, with remove_parametrizations, "
        + "remove_weight_norm or remove_spectral_norm of torch.nn.utils, or with its prune.remove"
    case .forbiddenConstructors:
      "save the weights alone, torch.save(model.state_dict(), \"weights.pt\"), "
        + "and give the architecture with --net; or export to ONNX"
    case .unknownFormat:
      "vizcnn's own, PyTorch's, safetensors and ONNX files can be read, and layers as text in files that end in .net"
    case .netText(_, let error): error.hint
    case .unsupportedModules:
      "torch.onnx.export(model, input, \"model.onnx\") writes what they are made of; "
        + "or give other layers with --net FILE"
    case .torchScript: "export the model with torch.onnx.export(model, input, \"model.onnx\")"
    case .noStateDict(_, let choices) where !choices.isEmpty, .ambiguousStateDict(let choices):
      "choose with --key: " + choices.map(printable).joined(separator: ", ")
    case .unknownArchitecture:
      "give the architecture with --net FILE; "
        + "`vizcnn convert WEIGHTS --sketch FILE.net` writes a skeleton to fill in; "
        + "or export the model to ONNX"
    case .unknownNetworkName(_, let known): "known are " + known.joined(separator: ", ")
    default: nil
    }
  }
}

extension CheckpointError {
  /// How names begin by which a pickle makes tensors that are quantised, sparse, complex or of eight bits.
  private static let tensorKinds = [
    "torch._utils._rebuild_qtensor", "torch._utils._rebuild_sparse", "torch.float8",
    "torch.complex", "torch.Complex", "torch.qint", "torch.quint", "torch.QInt", "torch.QUInt",
    "torch.per_",
  ]

  fileprivate static func isTensorKind(_ constructor: String) -> Bool {
    tensorKinds.contains { constructor.hasPrefix($0) }
  }

  /// Whether a tensor is missing that a parametrisation of PyTorch or pruning has taken apart.
  fileprivate static func areFactored(_ problems: [ParameterProblem]) -> Bool {
    let parts = problems.compactMap { problem in
      if case .unexpected(let name, _) = problem { name } else { nil }
    }
    return problems.contains { problem in
      guard case .missing(let name, _) = problem else { return false }
      let path = name.split(separator: ".")
      let words = path.dropLast() + ["parametrizations"] + path.suffix(1)
      let parametrization = words.joined(separator: ".") + "."
      return parts.contains { part in
        part.hasPrefix(parametrization)
          || ["_g", "_v", "_orig", "_mask"].contains { part == name + $0 }
      }
    }
  }
}

extension CheckpointError: CustomStringConvertible {
  /// As many tensors as one can still read in a message.
  private static let mostTensors = 24

  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .unknownFormat(let found): "not a checkpoint that can be read: \(found)"
    case .truncated(let part, let offset, let expected, let found):
      "\(printable(part)) ends early: \(expected) bytes expected at offset \(offset), "
        + "\(found) found"
    case .corrupt(let part, let offset, let expected, let found):
      "\(printable(part))\(offset.map { ", offset \($0)" } ?? ""): "
        + "expected \(printable(expected)), found \(printable(found))"
    case .damaged(let part, let expected, let found):
      "\(printable(part)): its bytes are damaged; expected the check sum "
        + "\(String(expected, radix: 16)), found \(String(found, radix: 16))"
    case .unsupported(let part, let found, let expected):
      "unsupported: \(printable(part)) with \(printable(found)); expected \(expected)"
    case .tooLarge(let part, let found, let limit):
      "\(printable(part)): \(found) are more than the limit of \(limit)"
    case .forbiddenConstructors(let names):
      "the pickle wants to build " + names.map(printable).joined(separator: ", ")
        + (names.count == 1 ? ", which is" : ", which are") + " not on the list of data types"
    case .torchScript: "a TorchScript program; its code is not run"
    case .noStateDict(let key?, _): "there are no tensors under '\(printable(key))'"
    case .noStateDict(nil, _): "there are no tensors in it"
    case .ambiguousStateDict(let choices): "it holds \(choices.count) sets of tensors"
    case .unknownArchitecture(let tensors):
      "it holds weights without a network, and no known architecture has these tensors: "
        + tensors.prefix(Self.mostTensors).map(printable).joined(separator: ", ")
        + (tensors.count > Self.mostTensors ? " and \(tensors.count - Self.mostTensors) more" : "")
    case .unknownNetworkName(let name, let known):
      "no architecture is called '\(printable(name))'" + suggestion(for: name, among: known)
    case .invalidText(let line, let expected, let found):
      "line \(line): expected \(printable(expected)), found \(printable(found))"
    case .unsupportedOperators(let uses):
      "operators that are not supported: " + uses.map { "\($0)" }.joined(separator: ", ")
    case .netText(let name, let error):
      (name.map(printable) ?? "the text with its layers") + ", \(error)"
    case .unsupportedModules(let uses):
      "layers that are not supported: " + uses.map(\.placed).joined(separator: ", ")
    case .layer(let line, _, .unknownLayer(let name)):
      "line \(line): no layer is called '\(printable(name))'"
        + suggestion(for: name, among: LayerRegistry.all.map(\.name))
    case .unknownLayers(let unknown):
      "no layers are called so: "
        + unknown.map { layer in
          "line \(layer.line): '\(printable(layer.name))'"
            + suggestion(for: layer.name, among: LayerRegistry.all.map(\.name))
        }.joined(separator: ", ")
    case .layer(let line, let layer, let error): "line \(line): \(printable(layer)) \(error)"
    case .network(let error): "\(error)"
    case .notRepresentable(let format, let detail): "\(format) cannot hold it: \(detail)"
    }
  }
}

extension OperatorUse: CustomStringConvertible {
  /// The place first: `1 (GLU)`.
  fileprivate var placed: String {
    "\(printable(node)) (\(printable(name))\(reason.map { ": \(printable($0))" } ?? ""))"
  }

  public var description: String {
    "\(printable(name)) (node \(printable(node))\(reason.map { ": \(printable($0))" } ?? ""))"
  }
}

extension CheckpointError {
  /// Says that the text with the layers is wrong, and not the file with the weights.
  static func inText<Result>(
    _ name: String?, _ body: () throws(CheckpointError) -> Result
  ) throws(CheckpointError) -> Result {
    do {
      return try body()
    } catch {
      throw .netText(name: name, error)
    }
  }

  /// Says which part of a file ends early.
  static func reading<Result>(
    _ part: String, at base: Int = 0, _ body: () throws(ByteError) -> Result
  ) throws(CheckpointError) -> Result {
    do {
      return try body()
    } catch {
      switch error {
      case .truncated(let offset, let expected, let found):
        throw .truncated(part: part, offset: base + offset, expected: expected, found: found)
      case .trailing(let offset, let count):
        throw .corrupt(
          part: part, offset: base + offset, expected: "the end", found: "\(count) more bytes")
      }
    }
  }
}
