/// An ONNX file's message without the bytes of its weights, which stay where they are.
///
/// A decoder copies what it reads. It gets what is left here, which is short whatever the size of the model.
struct ONNXWeightBytes {
  /// Bytes below which a weight stays in the message.
  static let leastDetached = 256

  /// The message to decode.
  private(set) var message: [UInt8] = []
  /// Where the bytes are that it lacks, by the place of their tensor among all initializers.
  private(set) var detached: [Int: ByteRegion] = [:]
  private var initializers = 0

  /// The message of a file that `ProtobufGuard` has checked.
  init(_ region: ByteRegion) throws(CheckpointError) {
    message = try model(region)
  }

  /// A ModelProto whose graph has other initializers.
  private mutating func model(_ region: ByteRegion) throws(CheckpointError) -> [UInt8] {
    try Self.replacing(7, of: region) { (graph) throws(CheckpointError) in
      try Self.replacing(5, of: graph) { (tensor) throws(CheckpointError) in try self.tensor(tensor)
      }
    }
  }

  /// A TensorProto without its bytes; where there are several, the last ones count.
  private mutating func tensor(_ region: ByteRegion) throws(CheckpointError) -> [UInt8] {
    defer { initializers += 1 }
    var result: [UInt8] = []
    try ProtobufFields.forEach(of: region) { (field) throws(CheckpointError) in
      let raw = field.number == 9 ? field.payload : nil
      if let raw, raw.count >= Self.leastDetached {
        detached[initializers] = region.part(raw)
      } else {
        if raw != nil { detached[initializers] = nil }
        result += region.bytes(field.range)
      }
    }
    return result
  }

  /// A message with others in the place of its fields of a number.
  private static func replacing(
    _ number: UInt8, of region: ByteRegion,
    _ replacement: (ByteRegion) throws(CheckpointError) -> [UInt8]
  ) throws(CheckpointError) -> [UInt8] {
    var result: [UInt8] = []
    try ProtobufFields.forEach(of: region) { (field) throws(CheckpointError) in
      if field.number == number, let payload = field.payload {
        append(try replacement(region.part(payload)), field: number, to: &result)
      } else {
        result += region.bytes(field.range)
      }
    }
    return result
  }

  private static func append(_ payload: [UInt8], field: UInt8, to result: inout [UInt8]) {
    result.append(field << 3 | 2)
    var length = payload.count
    while length >= 0x80 {
      result.append(UInt8(truncatingIfNeeded: length) | 0x80)
      length >>= 7
    }
    result.append(UInt8(length))
    result += payload
  }
}
