internal import FoundationEssentials
internal import SwiftProtobuf
internal import VizNN

/// Writes a network as an ONNX model.
///
/// Values keep their names where ONNX allows it; what a layer needs several operators for is named
/// after it. Parameters are stored as raw bytes, lengths that are open as named dimensions.
struct ONNXExport {
  /// The version of the file format that goes with `ONNXVersion.opset`.
  private static let formatVersion: Int64 = 9

  private let network: Network
  private let sample: ONNXSample
  private var graph = ONNXGraphProto()
  /// ONNX names of the network's values, and how often a name was used.
  private var names: [String: String] = [:]
  private var taken: Set<String> = []

  /// The bytes of a model, and what has to be said about it; `size` is the usual height and width, where the
  /// network leaves them open, and `metadata` what else is to be written.
  ///
  /// - Throws: `notRepresentable` for a layer that ONNX has no operators for.
  static func encoded(
    _ network: Network, size: (height: Int, width: Int)? = nil, metadata: [String: String] = [:]
  ) throws(CheckpointError) -> (bytes: [UInt8], notes: [String]) {
    var export = ONNXExport(
      network: network, sample: try ONNXSample(network.architecture, size: size))
    try export.build()
    var model = ONNXModelProto()
    model.irVersion = formatVersion
    model.producerName = "vizcnn"
    var version = ONNXOperatorSetIdProto()
    version.version = Int64(ONNXVersion.opset)
    model.opsetImport = [version]
    model.graph = export.graph
    model.metadataProps = metadata.sorted { $0.key < $1.key }.map { key, value in
      var entry = ONNXStringStringEntryProto()
      (entry.key, entry.value) = (key, value)
      return entry
    }
    do {
      return (try model.serializedBytes(), export.sample.notes)
    } catch {
      // Protobuf's own limit of 2 GiB.
      throw .notRepresentable(format: "ONNX", detail: "\(error)")
    }
  }

  private init(network: Network, sample: ONNXSample) {
    self.network = network
    self.sample = sample
  }

  private mutating func build() throws(CheckpointError) {
    let architecture = network.architecture
    graph.name = "network"
    for input in architecture.inputs {
      names[input.name] = freeName(input.name)
      graph.input.append(info(names[input.name] ?? input.name, sample.declared(input)))
    }
    // A network's outputs have names of their own, which nodes must not take.
    taken.formUnion(architecture.outputs.map(\.name))
    for node in architecture.nodes { try add(node) }
    for output in architecture.outputs {
      var identity = ONNXNodeProto()
      identity.opType = "Identity"
      identity.input = [names[output.value] ?? output.value]
      identity.output = [output.name]
      identity.name = freeName(output.name + "/identity")
      graph.node.append(identity)
      graph.output.append(info(output.name, sample.declaredOutput(output.value)))
    }
  }

  private func info(_ name: String, _ shape: [Int?]) -> ONNXValueInfoProto {
    var proto = ONNXValueInfoProto()
    proto.name = name
    proto.type.tensorType.elemType = 1
    proto.type.tensorType.shape.dim = shape.enumerated().map { i, length in
      var dimension = ONNXTensorShapeProto.Dimension()
      if let length {
        dimension.dimValue = Int64(length)
      } else {
        dimension.dimParam = i == 0 ? "batch" : "\(name)_\(i)"
      }
      return dimension
    }
    return proto
  }

  private mutating func freeName(_ name: String) -> String {
    var free = name.isEmpty ? "value" : name
    var number = 2
    while taken.contains(free) {
      free = "\(name)_\(number)"
      number += 1
    }
    taken.insert(free)
    return free
  }
}

// MARK: - Nodes

extension ONNXExport {
  private mutating func add(_ node: Architecture.Node) throws(CheckpointError) {
    let steps = try ONNXSample.nodes(node, sample.shapes)
    var results: [[String]] = []
    for (i, step) in steps.enumerated() {
      let isLast = i == steps.count - 1
      let makes = step.makes ?? (isLast ? node.values.indices.map { $0 } : [nil])
      var proto = ONNXNodeProto()
      proto.opType = step.operation
      proto.attribute = step.attributes.items.compactMap(Self.attribute)
      for (j, operand) in step.inputs.enumerated() {
        proto.input.append(try name(of: operand, results, node, "\(i)_\(j)"))
      }
      for (j, output) in makes.enumerated() {
        let value = output.map { node.values[$0] }
        let name = freeName(value ?? "\(node.name)/\(i)" + (j == 0 ? "" : ":\(j)"))
        if let value { names[value] = name }
        proto.output.append(name)
      }
      // A step that makes one of the layer's values leaves the layer's name to the last.
      let isInner = makes.first == .some(nil)
      proto.name =
        isLast ? node.name : isInner ? proto.output[0] : freeName("\(node.name)/\(i)")
      results.append(proto.output)
      graph.node.append(proto)
    }
  }

  private mutating func name(
    of operand: ONNXNode.Operand, _ results: [[String]], _ node: Architecture.Node, _ place: String
  ) throws(CheckpointError) -> String {
    switch operand {
    case .input(let i): return names[node.inputs[i]] ?? node.inputs[i]
    case .result(let i): return results[i][0]
    case .furtherResult(let i, let output): return results[i][output]
    case .absent: return ""
    case .parameter(let own):
      let name = node.parameterName(own)
      if let known = names["parameter " + name] { return known }
      guard let tensor = network.parameters[name] else {
        throw .notRepresentable(
          format: "ONNX", detail: "node '\(node.name)' without parameter '\(own)'")
      }
      names["parameter " + name] = store(tensor, name)
      return names["parameter " + name] ?? name
    case .floats(let tensor): return store(tensor, "\(node.name)/constant_\(place)")
    case .ints(let values):
      return store(values, [values.count], "\(node.name)/constant_\(place)")
    case .int(let value): return store([value], [], "\(node.name)/constant_\(place)")
    }
  }

  private mutating func store(_ values: [Int], _ shape: [Int], _ name: String) -> String {
    var proto = ONNXTensorProto()
    proto.name = freeName(name)
    proto.dims = shape.map(Int64.init)
    proto.dataType = 7
    proto.rawData = unsafe values.map { Int64($0).littleEndian }.withUnsafeBytes {
      unsafe Data($0)
    }
    graph.initializer.append(proto)
    return proto.name
  }

  private mutating func store(_ tensor: Tensor, _ name: String) -> String {
    var proto = ONNXTensorProto()
    proto.name = freeName(name)
    proto.dims = tensor.shape.dimensions.map(Int64.init)
    proto.dataType = 1
    proto.rawData = unsafe tensor.values.map { $0.bitPattern.littleEndian }.withUnsafeBytes {
      unsafe Data($0)
    }
    graph.initializer.append(proto)
    return proto.name
  }

  private static func attribute(_ item: LayerArguments.Item) -> ONNXAttributeProto? {
    var proto = ONNXAttributeProto()
    proto.name = item.name
    switch item.value {
    case .none: return nil
    case .bool(let value): (proto.type, proto.i) = (2, value ? 1 : 0)
    case .int(let value): (proto.type, proto.i) = (2, Int64(value))
    case .float(let value): (proto.type, proto.f) = (1, Float(value))
    case .string(let value): (proto.type, proto.s) = (3, Data(value.utf8))
    case .list(let values):
      let ints = values.compactMap { if case .int(let value) = $0 { Int64(value) } else { nil } }
      if ints.count == values.count {
        (proto.type, proto.ints) = (7, ints)
      } else {
        (proto.type, proto.floats) = (6, values.compactMap(Self.float))
      }
    }
    return proto
  }

  private static func float(_ value: LayerValue) -> Float? {
    switch value {
    case .float(let value): Float(value)
    case .int(let value): Float(value)
    default: nil
    }
  }
}
