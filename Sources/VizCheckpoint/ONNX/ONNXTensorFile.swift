internal import FoundationEssentials
internal import SwiftProtobuf
internal import VizFiles
public import VizNN

/// A tensor in a file of its own, as ONNX's test folders hold them (`input_0.pb`).
public struct ONNXTensorFile: Sendable {
  /// The name of the input or output; empty where the file does not say.
  public let name: String
  public let tensor: Tensor

  public static func read(_ path: String) throws(CheckpointError) -> ONNXTensorFile {
    try ONNXTensorFile(ByteRegion(contentsOf: path))
  }

  package init(_ region: ByteRegion) throws(CheckpointError) {
    try ProtobufGuard.check(region, as: .tensor)
    let proto: ONNXTensorProto
    do {
      proto = try ONNXTensorProto(serializedBytes: region.bytes)
    } catch {
      throw .corrupt(
        part: "ONNX tensor", offset: nil, expected: "a tensor's fields", found: "\(error)")
    }
    guard !proto.dims.isEmpty || proto.dataType != 0 else {
      throw .unknownFormat(found: "a protobuf message without a tensor")
    }
    name = proto.name
    tensor = try ONNXTensorReader(externalFile: nil).constant(proto).tensor
  }
}
