/// The fields of a protobuf message, one after the other, where they lie.
///
/// - Source: protobuf's encoding, protobuf.dev/programming-guides/encoding.
struct ProtobufFields {
  struct Field {
    let number: UInt64
    /// All its bytes.
    let range: Range<Int>
    /// The bytes of a text, a message or a list; nil for a number.
    let payload: Range<Int>?
  }

  private var position: Int
  private let end: Int

  /// The fields of the message at `range`.
  init(_ range: Range<Int>) {
    (position, end) = (range.lowerBound, range.upperBound)
  }

  /// Calls `body` with the fields of a message that fills a region, whose places count from its beginning.
  static func forEach(
    of region: ByteRegion, _ body: (Field) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    try region.withBytes { (bytes) throws(CheckpointError) in
      var fields = ProtobufFields(0..<bytes.byteCount)
      while let field = try fields.next(in: bytes) { try body(field) }
    }
  }

  /// The next field; nil behind the last.
  ///
  /// - Throws: `truncated` or `corrupt` where a length or a number does not end.
  mutating func next(in bytes: RawSpan) throws(CheckpointError) -> Field? {
    guard position < end else { return nil }
    let start = position
    let key = try number(in: bytes)
    var payload: Range<Int>?
    switch key & 7 {
    case 0: _ = try number(in: bytes)
    case 1: try skip(8)
    case 5: try skip(4)
    case 2:
      let length = try number(in: bytes)
      let first = position
      try skip(Int(clamping: length))
      payload = first..<position
    default:
      throw .corrupt(
        part: "ONNX model", offset: position, expected: "a field", found: "wire type \(key & 7)")
    }
    return Field(number: key >> 3, range: start..<position, payload: payload)
  }

  private mutating func skip(_ count: Int) throws(CheckpointError) {
    guard count <= end - position else {
      throw .truncated(
        part: "ONNX model", offset: position, expected: count, found: end - position)
    }
    position += count
  }

  /// Seven bits a byte, the least significant first.
  private mutating func number(in bytes: RawSpan) throws(CheckpointError) -> UInt64 {
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
