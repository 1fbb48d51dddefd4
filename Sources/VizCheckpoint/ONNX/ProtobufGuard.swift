/// Walks over the fields of an ONNX file before they are decoded, and counts them.
///
/// Two bytes are enough for an empty message, which takes a hundred times as many in memory, and a
/// nested one takes stack: both are limited here, where nothing is allocated.
///
/// - Source: protobuf's encoding, protobuf.dev/programming-guides/encoding.
struct ProtobufGuard {
  static let mostMessages = 2_000_000
  static let deepest = 32

  /// The messages of onnx.proto that hold others, and in which fields.
  enum Message {
    case model, graph, node, attribute, tensor, sparseTensor, valueInfo, type, tensorType, shape
    case leaf

    func message(in field: UInt64) -> Message? {
      switch (self, field) {
      case (.model, 7), (.attribute, 6): .graph
      case (.model, 8), (.model, 14), (.tensor, 13), (.shape, 1): .leaf
      case (.graph, 1): .node
      case (.graph, 5), (.attribute, 5), (.sparseTensor, 1), (.sparseTensor, 2): .tensor
      case (.graph, 11), (.graph, 12): .valueInfo
      case (.graph, 15): .sparseTensor
      case (.node, 5): .attribute
      case (.valueInfo, 2): .type
      case (.type, 1): .tensorType
      case (.tensorType, 2): .shape
      default: nil
      }
    }
  }

  private var count = 0

  /// - Throws: `tooLarge` for more, or deeper nested, messages than the limits; `truncated` or
  ///   `corrupt` where a length or a number does not end.
  static func check(_ region: ByteRegion, as message: Message = .model) throws(CheckpointError) {
    var check = ProtobufGuard()
    try region.withBytes { (bytes) throws(CheckpointError) in
      try check.scan(bytes, 0..<bytes.byteCount, as: message, depth: 0)
    }
  }

  private mutating func scan(
    _ bytes: RawSpan, _ range: Range<Int>, as message: Message, depth: Int
  ) throws(CheckpointError) {
    guard depth <= Self.deepest else {
      throw .tooLarge(part: "messages in one another", found: depth, limit: Self.deepest)
    }
    var position = range.lowerBound
    while position < range.upperBound {
      // Short texts and numbers of repeated fields take memory, too.
      count += 1
      guard count <= Self.mostMessages else {
        throw .tooLarge(part: "fields of an ONNX file", found: count, limit: Self.mostMessages)
      }
      let key = try Self.number(bytes, &position, range.upperBound)
      switch key & 7 {
      case 0: _ = try Self.number(bytes, &position, range.upperBound)
      case 1: try Self.skip(8, &position, range.upperBound)
      case 5: try Self.skip(4, &position, range.upperBound)
      case 2:
        let length = try Self.number(bytes, &position, range.upperBound)
        let start = position
        try Self.skip(Int(clamping: length), &position, range.upperBound)
        if let inner = message.message(in: key >> 3) {
          try scan(bytes, start..<position, as: inner, depth: depth + 1)
        }
      default:
        throw .corrupt(
          part: "ONNX model", offset: position, expected: "a field",
          found: "wire type \(key & 7)")
      }
    }
  }

  private static func skip(
    _ count: Int, _ position: inout Int, _ end: Int
  ) throws(CheckpointError) {
    guard count <= end - position else {
      throw .truncated(
        part: "ONNX model", offset: position, expected: count, found: end - position)
    }
    position += count
  }

  /// Seven bits a byte, the least significant first.
  private static func number(
    _ bytes: RawSpan, _ position: inout Int, _ end: Int
  ) throws(CheckpointError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 64, by: 7) {
      guard position < end else {
        throw .truncated(part: "ONNX model", offset: position, expected: 1, found: 0)
      }
      let byte = unsafe bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self)
      position += 1
      value |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte < 0x80 { return value }
    }
    throw .corrupt(
      part: "ONNX model", offset: position, expected: "a number of at most ten bytes",
      found: "a longer one")
  }
}
