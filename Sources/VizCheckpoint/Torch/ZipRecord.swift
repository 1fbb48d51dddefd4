internal import VizFiles

/// One entry of a zip archive's central directory.
struct ZipRecord {
  let name: String
  /// How the contents are compressed; 0 where they are not.
  let method: Int
  /// CRC-32 of the contents; 0 where the writer was told to compute none.
  let checkSum: UInt32
  private let size: UInt64
  private let localOffset: UInt64

  /// Reads the next record; `base` is where the reader's bytes lie in the file.
  init(_ reader: inout ByteReader, at base: Int) throws(CheckpointError) {
    let start = base + reader.offset
    let fields = try CheckpointError.reading(ZipArchive.part, at: base) { () throws(ByteError) in
      try Fields(&reader)
    }
    func wrong(_ expected: String, _ found: String) -> CheckpointError {
      .corrupt(part: ZipArchive.part, offset: start, expected: expected, found: found)
    }
    guard fields.signature == 0x0201_4B50 else { throw wrong("an entry", "other bytes") }
    guard let name = String(validating: fields.name, as: UTF8.self) else {
      throw wrong("a name in UTF-8", "other bytes")
    }
    let part = "zip entry '\(name)'"
    if fields.flags & 1 != 0 {
      throw .unsupported(part: part, found: "encryption", expected: "stored bytes")
    }
    let wide = try Self.wideFields(fields, part: part)
    guard wide.compressed == wide.size || fields.method != 0 else {
      throw wrong("equal sizes of a stored entry", "\(wide.compressed) and \(wide.size)")
    }
    self.name = name
    method = Int(fields.method)
    checkSum = fields.checkSum
    size = wide.compressed
    localOffset = wide.offset
  }

  /// Sizes and offset, from the zip64 field where the short ones are full.
  private static func wideFields(
    _ fields: Fields, part: String
  ) throws(CheckpointError) -> (size: UInt64, compressed: UInt64, offset: UInt64) {
    var values = [fields.size, fields.compressedSize, fields.offset].map(UInt64.init)
    guard values.contains(0xFFFF_FFFF) else { return (values[0], values[1], values[2]) }
    return try CheckpointError.reading(part + ", extra field") { () throws(ByteError) in
      var extra = ByteReader(fields.extra)
      while extra.remaining > 0 {
        let identifier = try extra.littleEndian(UInt16.self)
        let length = Int(try extra.littleEndian(UInt16.self))
        guard identifier == 1 else {
          try extra.skip(length)
          continue
        }
        for i in values.indices where values[i] == 0xFFFF_FFFF {
          values[i] = try extra.littleEndian(UInt64.self)
        }
        break
      }
      return (values[0], values[1], values[2])
    }
  }

  /// Where the contents lie, and where the local header before them starts.
  func locate(
    in region: ByteRegion, before limit: Int
  ) throws(CheckpointError) -> (contents: Range<Int>, start: Int) {
    let part = "zip entry '\(name)'"
    guard localOffset <= UInt64(limit), limit - Int(localOffset) >= 30 else {
      throw .truncated(
        part: part, offset: Int(clamping: localOffset), expected: 30,
        found: max(0, limit - Int(clamping: localOffset)))
    }
    let start = Int(localOffset)
    let header = region.bytes(start..<start + 30)
    let nameLength = Int(header[26]) | Int(header[27]) << 8
    let extraLength = Int(header[28]) | Int(header[29]) << 8
    let first = start + 30 + nameLength + extraLength
    guard header.starts(with: [0x50, 0x4B, 3, 4]),
      Int(header[8]) | Int(header[9]) << 8 == method, first <= limit,
      region.bytes(start + 30..<start + 30 + nameLength) == Array(name.utf8)
    else {
      throw .corrupt(
        part: part, offset: start, expected: "the header of this entry",
        found: "other bytes")
    }
    guard size <= UInt64(limit - first) else {
      throw .truncated(
        part: part, offset: first, expected: Int(clamping: size), found: limit - first)
    }
    return (first..<first + Int(size), start)
  }
}

extension ZipRecord {
  /// A record as it is stored.
  private struct Fields {
    let signature: UInt32
    let flags: UInt16
    let method: UInt16
    let checkSum: UInt32
    let compressedSize: UInt32
    let size: UInt32
    let offset: UInt32
    let name: [UInt8]
    let extra: [UInt8]

    init(_ reader: inout ByteReader) throws(ByteError) {
      signature = try reader.littleEndian(UInt32.self)
      try reader.skip(4)  // versions
      flags = try reader.littleEndian(UInt16.self)
      method = try reader.littleEndian(UInt16.self)
      try reader.skip(4)  // time and date
      checkSum = try reader.littleEndian(UInt32.self)
      compressedSize = try reader.littleEndian(UInt32.self)
      size = try reader.littleEndian(UInt32.self)
      let nameLength = Int(try reader.littleEndian(UInt16.self))
      let extraLength = Int(try reader.littleEndian(UInt16.self))
      let commentLength = Int(try reader.littleEndian(UInt16.self))
      try reader.skip(8)  // disk, attributes
      offset = try reader.littleEndian(UInt32.self)
      name = try reader.read(nameLength)
      extra = try reader.read(extraLength)
      try reader.skip(commentLength)
    }
  }
}
