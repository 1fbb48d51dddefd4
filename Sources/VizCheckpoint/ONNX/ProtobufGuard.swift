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
    var fields = ProtobufFields(range)
    while let field = try fields.next(in: bytes) {
      // Short texts and numbers of repeated fields take memory, too.
      count += 1
      guard count <= Self.mostMessages else {
        throw .tooLarge(part: "fields of an ONNX file", found: count, limit: Self.mostMessages)
      }
      if let payload = field.payload, let inner = message.message(in: field.number) {
        try scan(bytes, payload, as: inner, depth: depth + 1)
      }
    }
  }
}
