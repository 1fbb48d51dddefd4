internal import VizFiles

/// The content of a safetensors file: named tensors and a dictionary of texts.
///
///     8 bytes      n, the length of the header, least significant byte first
///     n bytes      JSON: {"name": {"dtype": "F32", "shape": [3, 4], "data_offsets": [0, 48]}, …,
///                         "__metadata__": {"key": "text", …}}
///     the rest     the numbers; offsets count from here and leave no byte out
///
/// - Source: the format's own description, github.com/huggingface/safetensors, README.
package struct Safetensors: Sendable {
  package var tensors: [StoredTensor]
  package var metadata: [String: String]

  /// Longest header, as in the reference implementation.
  static let longestHeader = 100_000_000

  /// Whether the bytes begin as the format does: a plausible length, then a brace.
  static func isBeginning(_ bytes: [UInt8]) -> Bool {
    bytes.count > 8 && bytes[8] == UInt8(ascii: "{") && bytes[5..<8].allSatisfy { $0 == 0 }
  }

  /// The content of a file; `checksNumbers` holds numbers against their check sums, which reads them all.
  package init(
    _ region: ByteRegion, checksNumbers: Bool = true
  ) throws(CheckpointError) {
    let part = "safetensors header"
    var start = ByteReader(region.prefix(8))
    let length = try CheckpointError.reading(part) { () throws(ByteError) in
      try start.littleEndian(UInt64.self)
    }
    guard length <= Self.longestHeader else {
      throw .tooLarge(
        part: part, found: Int(clamping: length), limit: Self.longestHeader)
    }
    let dataStart = 8 + Int(length)
    guard dataStart <= region.count else {
      throw .truncated(part: part, offset: 8, expected: Int(length), found: region.count - 8)
    }
    let header: JSONValue
    do {
      header = try JSONValue(json: region.bytes(8..<dataStart))
    } catch {
      throw .corrupt(
        part: part, offset: 8 + error.offset, expected: error.expected, found: error.found)
    }
    let data = region.part(dataStart..<region.count)
    (tensors, metadata) = try SafetensorsHeader(header).tensors(in: data)
    if let text = metadata[CheckSums.key] {
      let sums = try CheckSums.ofTensors(
        text, count: tensors.count, header: region.bytes(0..<dataStart))
      if checksNumbers { try check(against: sums) }
    }
  }

  private func check(against sums: [UInt32]) throws(CheckpointError) {
    let stored = tensors.sorted {
      ($0.region.offset, $0.region.count) < ($1.region.offset, $1.region.count)
    }
    for (tensor, sum) in zip(stored, sums) {
      try CheckSums.check(tensor.region, against: sum, part: "tensor '\(tensor.name)'")
    }
  }
}

/// The JSON of a header, and its rules.
private struct SafetensorsHeader {
  static let types: [String: ElementType] = [
    "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16,
    "I64": .int64, "I32": .int32, "I16": .int16, "I8": .int8,
    "U64": .uint64, "U32": .uint32, "U16": .uint16, "U8": .uint8, "BOOL": .bool,
  ]

  let members: [(String, JSONValue)]

  init(_ header: JSONValue) throws(CheckpointError) {
    guard let members = header.members else {
      throw .corrupt(
        part: "safetensors header", offset: 8, expected: "an object", found: header.kind)
    }
    self.members = members
  }

  func tensors(
    in data: ByteRegion
  ) throws(CheckpointError) -> ([StoredTensor], [String: String]) {
    var metadata: [String: String] = [:]
    var entries: [(name: String, type: ElementType, shape: [Int], range: Range<Int>)] = []
    for (name, value) in members {
      if name == "__metadata__" {
        metadata = try texts(value)
      } else {
        let (type, shape, range) = try entry(name, value)
        entries.append((name, type, shape, range))
      }
    }
    try check(entries.map { ($0.name, $0.range) }, fill: data.count)
    let tensors = entries.map {
      StoredTensor(name: $0.name, type: $0.type, shape: $0.shape, region: data.part($0.range))
    }
    return (tensors, metadata)
  }

  private func texts(_ value: JSONValue) throws(CheckpointError) -> [String: String] {
    var texts: [String: String] = [:]
    guard let members = value.members else {
      throw .corrupt(
        part: "safetensors metadata", offset: nil, expected: "an object", found: value.kind)
    }
    for (key, text) in members {
      guard let string = text.string else {
        throw .corrupt(
          part: "safetensors metadata '\(key)'", offset: nil, expected: "a string",
          found: text.kind)
      }
      texts[key] = string
    }
    return texts
  }

  private func entry(
    _ name: String, _ value: JSONValue
  ) throws(CheckpointError) -> (ElementType, [Int], Range<Int>) {
    func wrong(_ expected: String, _ found: String) -> CheckpointError {
      .corrupt(part: "tensor '\(name)'", offset: nil, expected: expected, found: found)
    }
    guard value.members?.count == 3, let typeName = value["dtype"]?.string,
      let shape = value["shape"]?.ints, let offsets = value["data_offsets"]?.ints
    else { throw wrong("dtype, shape and data_offsets", value.text.prefix(80) + "") }
    guard let type = Self.types[typeName] else {
      throw .unsupported(
        part: "tensor '\(name)'", found: "elements of type \(typeName)",
        expected: "one of " + Self.types.keys.sorted().joined(separator: " "))
    }
    guard let count = ShapeArithmetic.elementCount(shape) else {
      throw wrong("a shape that fits into memory", "\(shape)")
    }
    guard offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1] else {
      throw wrong("two offsets in order", "\(offsets)")
    }
    let range = offsets[0]..<offsets[1]
    guard range.count == count * type.byteCount else {
      throw wrong("\(count * type.byteCount) bytes for \(shape) of \(typeName)", "\(range.count)")
    }
    return (type, shape, range)
  }

  /// Ranges follow one another without gap or overlap, and end where the file ends.
  private func check(
    _ ranges: [(name: String, range: Range<Int>)], fill count: Int
  ) throws(CheckpointError) {
    var end = 0
    for (name, range) in ranges.sorted(by: {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }) {
      guard range.lowerBound == end else {
        throw .corrupt(
          part: "tensor '\(name)'", offset: nil, expected: "data from offset \(end) on",
          found: "offset \(range.lowerBound), \(range.lowerBound < end ? "an overlap" : "a gap")")
      }
      end = range.upperBound
      guard end <= count else {
        throw .truncated(
          part: "tensor '\(name)'", offset: range.lowerBound, expected: range.count,
          found: max(0, count - range.lowerBound))
      }
    }
    guard end == count else {
      throw .corrupt(
        part: "safetensors data", offset: nil, expected: "\(end) bytes", found: "\(count)")
    }
  }
}
