internal import VizFiles

/// A file of torch.save before 1.6: pickles and storages one after the other.
///
///     pickle     the magic number 0x1950A86A20F9469CFC6C
///     pickle     the version, 1001
///     pickle     {"little_endian": True, …}
///     pickle     what was saved
///     pickle     [key, …], the storages in their order
///     storages   each an element count of 8 bytes and the elements
///
/// - Source: what torch.save(…, _use_new_zipfile_serialization=False) of PyTorch 2 writes.
struct TorchLegacy: TorchStorages {
  /// 0x1950A86A20F9469CFC6C, least significant byte first.
  private static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]

  /// Whether a file begins with the magic number's pickle, of protocol 2 or more or of 0 and 1.
  static func isBeginning(_ bytes: [UInt8]) -> Bool {
    if bytes.starts(with: "L11954703714603".utf8) { return true }
    let rest = bytes.dropFirst(2)
    return bytes.first == 0x80
      && (rest.starts(with: [0x8A, 10] + magic)
        // Protocol 4 begins with the length of a frame.
        || rest.first == 0x95 && rest.dropFirst(9).starts(with: [0x8A, 10] + magic.prefix(3)))
  }

  let pickle: Pickle
  private var storages: [String: ByteRegion] = [:]

  init(_ region: ByteRegion) throws(CheckpointError) {
    let limit = PickleMachine.longestProgram
    var reader = ByteReader(region.prefix(limit))
    do {
      try Self.checkHeader(&reader)
      pickle = try PickleMachine.run(&reader)
      let keys = try PickleMachine.run(&reader)
      try locate(keys, in: region, from: reader.offset)
    } catch .truncated(let part, let offset, _, _) where part == "pickle" && region.count > limit {
      throw .tooLarge(part: "bytes of pickles", found: offset, limit: limit)
    }
  }

  private static func checkHeader(_ reader: inout ByteReader) throws(CheckpointError) {
    let number = try PickleMachine.run(&reader)
    guard case .bigInteger(let bytes) = number[number.root], bytes == Self.magic else {
      throw .unknownFormat(found: "a pickle without PyTorch's magic number")
    }
    let version = try PickleMachine.run(&reader)
    guard version.int(version.root) == 1001 else {
      throw .unsupported(
        part: "PyTorch file", found: "another version of the format", expected: "1001")
    }
    let system = try PickleMachine.run(&reader)
    for (name, value) in system.namedMembers(system.root) ?? [] where name == "little_endian" {
      if case .bool(false) = system[value] {
        throw .unsupported(
          part: "PyTorch file", found: "numbers with the most significant byte first",
          expected: "the least significant byte first")
      }
    }
  }

  /// Walks over the storages, whose sizes follow from the classes that the pickle names.
  private mutating func locate(
    _ keys: Pickle, in region: ByteRegion, from start: Int
  ) throws(CheckpointError) {
    let sizes = elementSizes()
    var offset = start
    for reference in keys.sequence(keys.root) ?? [] {
      guard let key = keys.string(reference), let size = sizes[key] else {
        throw .corrupt(
          part: "storages", offset: start, expected: "keys that the pickle uses",
          found: keys.string(reference).map { "'\($0)'" } ?? "another value")
      }
      let part = "storage '\(key)'"
      guard region.count - offset >= 8 else {
        throw .truncated(part: part, offset: offset, expected: 8, found: region.count - offset)
      }
      var reader = ByteReader(region.bytes(offset..<offset + 8))
      let count = try CheckpointError.reading(part) { () throws(ByteError) in
        try reader.littleEndian(Int64.self)
      }
      offset += 8
      let available = region.count - offset
      guard count >= 0 else {
        throw .corrupt(
          part: part, offset: offset - 8, expected: "an element count", found: "\(count)")
      }
      guard Int(count) <= available / size else {
        throw .truncated(
          part: part, offset: offset,
          expected: Int(count).multipliedReportingOverflow(by: size).partialValue,
          found: available)
      }
      guard
        storages.updateValue(region.part(offset..<offset + Int(count) * size), forKey: key) == nil
      else {
        throw .corrupt(
          part: "storages", offset: start, expected: "every key once", found: "'\(key)' again")
      }
      offset += Int(count) * size
    }
    guard offset == region.count else {
      throw .corrupt(
        part: "PyTorch file", offset: offset, expected: "the end",
        found: "\(region.count - offset) more bytes")
    }
  }

  /// Bytes of an element, by the key of its storage.
  private func elementSizes() -> [String: Int] {
    var sizes: [String: Int] = [:]
    for case .persistent(let identifier) in pickle.nodes {
      guard let parts = pickle.sequence(identifier), parts.count >= 5,
        let className = pickle.global(parts[1]), let key = pickle.string(parts[2])
      else { continue }
      sizes[key] =
        AllowedConstructors.storages[className]?.byteCount
        ?? (AllowedConstructors.untypedStorages.contains(className) ? 1 : nil)
    }
    return sizes
  }

  func bytes(of key: String) throws(CheckpointError) -> ByteRegion {
    guard let region = storages[key] else {
      throw .corrupt(
        part: "storages", offset: nil, expected: "a storage '\(key)'", found: "none")
    }
    return region
  }
}
