internal import VizFiles

/// Float32 tensors that are to be written, with what is said about them.
package struct SafetensorsWriter {
  /// Tensors in the order in which they are stored.
  let tensors: [(name: String, shape: [Int], floats: () -> [Float])]
  let metadata: [String: String]
  let hasCheckSums: Bool

  package init(
    tensors: [(name: String, shape: [Int], floats: () -> [Float])], metadata: [String: String],
    hasCheckSums: Bool = false
  ) {
    self.tensors = tensors
    self.metadata = metadata
    self.hasCheckSums = hasCheckSums
  }

  /// Length and header; the numbers start at a multiple of 64 bytes, so that they can be mapped.
  var header: [UInt8] {
    var members: [(String, JSONValue)] = []
    var metadata = metadata
    if hasCheckSums {
      metadata[CheckSums.key] = CheckSums.text(
        of: tensors.map { ByteRegion(Self.bytes(of: $0.floats())).crc32 })
    }
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
      members.append(("__metadata__", .object(texts)))
    }
    var offset = 0
    for tensor in tensors {
      let end = offset + tensor.shape.reduce(4, *)
      members.append(
        (
          tensor.name,
          .object([
            ("dtype", .string("F32")), ("shape", .array(tensor.shape.map(JSONValue.int))),
            ("data_offsets", .array([.int(offset), .int(end)])),
          ])
        ))
      offset = end
    }
    var text = Array(JSONValue.object(members).text.utf8)
    text += [UInt8](repeating: 0x20, count: (64 - (8 + text.count) % 64) % 64)
    let length = unsafe withUnsafeBytes(of: UInt64(text.count).littleEndian) {
      unsafe [UInt8]($0)
    }
    return hasCheckSums ? CheckSums.sealed(length + text) : length + text
  }

  /// The whole file in memory.
  package var encoded: [UInt8] { tensors.reduce(header) { $0 + Self.bytes(of: $1.floats()) } }

  /// Writes tensor by tensor: never more than one of them is copied.
  func write(to file: inout AtomicFile) throws(FileError) {
    try file.write(header)
    for tensor in tensors { try file.write(Self.bytes(of: tensor.floats())) }
  }

  private static func bytes(of floats: [Float]) -> [UInt8] {
    // A key path of two steps would be walked by the runtime, number by number.
    unsafe floats.map { $0.bitPattern.littleEndian }.withUnsafeBytes { unsafe [UInt8]($0) }
  }
}
