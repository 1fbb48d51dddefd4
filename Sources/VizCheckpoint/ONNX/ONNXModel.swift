internal import SwiftProtobuf
internal import VizNN

/// An ONNX file, decoded: a list of operations, constants, inputs and outputs.
struct ONNXModel {
  /// A tensor from outside; nil stands for a length that the file leaves open.
  struct Input {
    let name: String
    let shape: [Int?]?
    /// Names of open lengths: inputs with one name for two lengths have them equal.
    let lengthNames: [String?]
  }

  /// Operator sets that are understood.
  static let opsets = 6...22

  let opset: Int
  let operations: [ONNXOperation]
  let constants: [String: ONNXConstant]
  let inputs: [Input]
  let outputs: [String]
  /// Values that a node reads, or that are outputs.
  let usedNames: Set<String>
  /// Texts that programs leave beside the graph.
  let metadata: [String: String]

  /// Decodes a file; `externalFile` opens others that weights lie in, and is nil where the model lies in
  /// no folder.
  init(
    _ region: ByteRegion, externalFile: ONNXTensorReader.ExternalFile? = nil
  ) throws(CheckpointError) {
    try ProtobufGuard.check(region)
    let weights = try ONNXWeightBytes(region)
    let model: ONNXModelProto
    do {
      model = try ONNXModelProto(serializedBytes: weights.message)
    } catch {
      throw .corrupt(
        part: "ONNX model", offset: nil, expected: "a model's fields", found: "\(error)")
    }
    guard model.hasGraph, !model.graph.node.isEmpty || !model.graph.output.isEmpty else {
      throw .unknownFormat(found: "a protobuf message without a graph")
    }
    opset = try Self.opset(of: model)
    let reader = ONNXTensorReader(externalFile: externalFile)
    constants = try Self.constants(of: model.graph, reader, weights.detached)
    operations = try Self.operations(of: model.graph, opset: opset, reader)
    let known = constants
    inputs = model.graph.input.filter { known[$0.name] == nil }.map(Self.input)
    outputs = model.graph.output.map(\.name)
    metadata = Dictionary(
      model.metadataProps.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    usedNames = Set(outputs).union(operations.flatMap(\.inputs))
  }

  /// The version of ONNX's own operators.
  ///
  /// Files from before versions were written count as the oldest.
  private static func opset(of model: ONNXModelProto) throws(CheckpointError) -> Int {
    let versions = model.opsetImport.filter { $0.domain.isEmpty || $0.domain == "ai.onnx" }
    guard let version = versions.map(\.version).max() else { return opsets.lowerBound }
    guard let opset = Int(exactly: version), opsets ~= opset else {
      throw .unsupported(
        part: "ONNX model", found: "operator set \(version)",
        expected: "operator set \(opsets.lowerBound) to \(opsets.upperBound)")
    }
    return opset
  }

  private static func constants(
    of graph: ONNXGraphProto, _ reader: ONNXTensorReader, _ bytes: [Int: ByteRegion]
  ) throws(CheckpointError) -> [String: ONNXConstant] {
    var constants: [String: ONNXConstant] = [:]
    func add(_ name: String, _ constant: ONNXConstant) throws(CheckpointError) {
      guard constants.updateValue(constant, forKey: name) == nil else {
        throw .corrupt(
          part: "ONNX model", offset: nil, expected: "every name once", found: "'\(name)' again")
      }
    }
    for (i, tensor) in graph.initializer.enumerated() {
      try add(tensor.name, try reader.constant(tensor, bytes: bytes[i]))
    }
    for tensor in graph.sparseInitializer {
      try add(tensor.values.name, try reader.constant(tensor))
    }
    return constants
  }

  private static func input(_ proto: ONNXValueInfoProto) -> Input {
    guard proto.type.hasTensorType, proto.type.tensorType.hasShape else {
      return Input(name: proto.name, shape: nil, lengthNames: [])
    }
    let lengths = proto.type.tensorType.shape.dim
    let shape = lengths.map { length in
      length.dimValue > 0 ? Int(exactly: length.dimValue) : nil
    }
    return Input(
      name: proto.name, shape: shape,
      lengthNames: lengths.map { $0.dimParam.isEmpty ? nil : $0.dimParam })
  }
}

// MARK: - Operations

extension ONNXModel {
  private static func operations(
    of graph: ONNXGraphProto, opset: Int, _ reader: ONNXTensorReader
  ) throws(CheckpointError) -> [ONNXOperation] {
    var operations: [ONNXOperation] = []
    for node in graph.node {
      var attributes = LayerArguments()
      var tensors: [String: ONNXConstant] = [:]
      for attribute in node.attribute {
        if attribute.hasT {
          tensors[attribute.name] = try reader.constant(attribute.t)
        } else {
          attributes[attribute.name] = value(of: attribute)
        }
      }
      let isOwn = node.domain.isEmpty || node.domain == "ai.onnx"
      operations.append(
        ONNXOperation(
          name: node.name.isEmpty ? node.output.first ?? "" : node.name,
          operation: isOwn ? node.opType : node.domain + "." + node.opType,
          inputs: node.input, outputs: node.output, attributes: attributes, tensors: tensors,
          opset: opset))
    }
    return operations
  }

  private static func value(of attribute: ONNXAttributeProto) -> LayerValue? {
    switch attribute.type {
    case 1: .float(exactly(attribute.f))
    case 2: .int(Int(attribute.i))
    case 3: .string(String(decoding: attribute.s, as: UTF8.self))
    case 6: .floats(attribute.floats.map(exactly))
    case 7: .ints(attribute.ints.map(Int.init))
    case 8: .list(attribute.strings.map { .string(String(decoding: $0, as: UTF8.self)) })
    case 0: untyped(attribute)
    default: nil
    }
  }

  /// Files of the first years do not say the type: it is that of the field in use.
  private static func untyped(_ attribute: ONNXAttributeProto) -> LayerValue? {
    if !attribute.ints.isEmpty { return .ints(attribute.ints.map(Int.init)) }
    if !attribute.floats.isEmpty { return .floats(attribute.floats.map(exactly)) }
    if !attribute.s.isEmpty { return .string(String(decoding: attribute.s, as: UTF8.self)) }
    return attribute.f != 0 ? .float(exactly(attribute.f)) : .int(Int(attribute.i))
  }
}
