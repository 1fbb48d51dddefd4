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
    var weights = self
    weights.message = try region.withBytes { (bytes) throws(CheckpointError) in
      try weights.model(bytes, region)
    }
    self = weights
  }

  /// A ModelProto with another graph.
  private mutating func model(
    _ bytes: RawSpan, _ region: ByteRegion
  ) throws(CheckpointError) -> [UInt8] {
    var result: [UInt8] = []
    var fields = ProtobufFields(0..<region.count)
    while let field = try fields.next(in: bytes) {
      if field.number == 7, let payload = field.payload {
        Self.append(try graph(payload, bytes, region), field: 7, to: &result)
      } else {
        result += region.bytes(field.range)
      }
    }
    return result
  }

  /// A GraphProto with other initializers.
  private mutating func graph(
    _ range: Range<Int>, _ bytes: RawSpan, _ region: ByteRegion
  ) throws(CheckpointError) -> [UInt8] {
    var result: [UInt8] = []
    var fields = ProtobufFields(range)
    while let field = try fields.next(in: bytes) {
      if field.number == 5, let payload = field.payload {
        Self.append(try tensor(payload, bytes, region), field: 5, to: &result)
        initializers += 1
      } else {
        result += region.bytes(field.range)
      }
    }
    return result
  }

  /// A TensorProto without its bytes; where there are several, the last ones count.
  private mutating func tensor(
    _ range: Range<Int>, _ bytes: RawSpan, _ region: ByteRegion
  ) throws(CheckpointError) -> [UInt8] {
    var result: [UInt8] = []
    var fields = ProtobufFields(range)
    while let field = try fields.next(in: bytes) {
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
