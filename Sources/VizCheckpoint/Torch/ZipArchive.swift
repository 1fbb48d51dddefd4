internal import VizFiles

/// A zip archive whose entries are stored, not compressed, so that weights stay where they are.
///
/// Read from its central directory alone; what the local headers say must agree. Bytes before, between
/// and behind that belong to nothing are refused where they could hide a second archive.
///
/// - Source: PKWARE APPNOTE 6.3.10, sections 4.3 and 4.5.3.
struct ZipArchive {
  static let part = "zip archive"
  private static let endSize = 22

  private var entries: [String: (contents: ByteRegion, record: ZipRecord)] = [:]
  /// Names in the order of the directory.
  private(set) var names: [String] = []

  static func isBeginning(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0x50, 0x4B, 5, 6])
  }

  init(_ region: ByteRegion) throws(CheckpointError) {
    let directory = try ZipDirectory(of: region)
    var spans: [(start: Int, end: Int, name: String)] = []
    for record in try directory.records(in: region) {
      let (contents, start) = try record.locate(in: region, before: directory.range.lowerBound)
      spans.append((start, contents.upperBound, record.name))
      let entry = (contents: region.part(contents), record: record)
      guard entries.updateValue(entry, forKey: record.name) == nil else {
        throw .corrupt(
          part: Self.part, offset: nil, expected: "every name once", found: "'\(record.name)' again"
        )
      }
      names.append(record.name)
    }
    spans.sort { ($0.start, $0.end) < ($1.start, $1.end) }
    for (a, b) in zip(spans, spans.dropFirst()) where b.start < a.end {
      throw .corrupt(
        part: Self.part, offset: b.start, expected: "'\(b.name)' behind '\(a.name)'",
        found: "an overlap")
    }
  }

  /// The bytes of an entry; nil where there is none of this name.
  func contents(of name: String) throws(CheckpointError) -> ByteRegion? {
    guard let entry = entries[name] else { return nil }
    guard entry.record.method == 0 else {
      throw .unsupported(
        part: "zip entry '\(name)'", found: "compression (method \(entry.record.method))",
        expected: "stored bytes, as torch.save writes them")
    }
    return entry.contents
  }

  /// A copy of the bytes of an entry, where its check sum agrees with them.
  ///
  /// For the small entries that are read whole. Weights stay in the file unread until they are used,
  /// which a sum over all of them would undo; PyTorch does not look at sums at all.
  func checkedBytes(of name: String) throws(CheckpointError) -> [UInt8]? {
    guard let bytes = try contents(of: name)?.bytes, let record = entries[name]?.record else {
      return nil
    }
    let found = ByteRegion(bytes).crc32
    guard [0, found].contains(record.checkSum) else {
      throw .damaged(part: "zip entry '\(name)'", expected: record.checkSum, found: found)
    }
    return bytes
  }
}

/// Where the central directory lies.
private struct ZipDirectory {
  let range: Range<Int>
  let entryCount: Int

  init(of region: ByteRegion) throws(CheckpointError) {
    let (end, endOffset) = try Self.findEnd(region)
    var reader = ByteReader(end)
    let fields = try CheckpointError.reading(ZipArchive.part, at: endOffset) {
      () throws(ByteError) in
      try reader.skip(4)
      let disks = [try reader.littleEndian(UInt16.self), try reader.littleEndian(UInt16.self)]
      let counts = [try reader.littleEndian(UInt16.self), try reader.littleEndian(UInt16.self)]
      let size = try reader.littleEndian(UInt32.self)
      let offset = try reader.littleEndian(UInt32.self)
      return (disks, counts, size, offset)
    }
    let wide = try Self.findWideEnd(region, before: endOffset)
    let disks = wide?.disks ?? fields.0.map(UInt32.init)
    let counts = wide?.counts ?? fields.1.map(UInt64.init)
    guard disks.allSatisfy({ $0 == 0 }), counts[0] == counts[1] else {
      throw .unsupported(
        part: ZipArchive.part, found: "several volumes", expected: "a single file")
    }
    let size = wide?.size ?? UInt64(fields.2)
    let offset = wide?.offset ?? UInt64(fields.3)
    let limit = wide?.position ?? endOffset
    guard offset <= UInt64(limit), size == UInt64(limit) - offset else {
      throw .corrupt(
        part: ZipArchive.part, offset: endOffset,
        expected: "a directory that ends at \(limit)", found: "\(size) bytes from \(offset) on")
    }
    range = Int(offset)..<limit
    // 46 bytes an entry, without its name.
    guard counts[0] <= UInt64(range.count / 46) else {
      throw .corrupt(
        part: ZipArchive.part, offset: endOffset, expected: "at most \(range.count / 46) entries",
        found: "\(counts[0])")
    }
    entryCount = Int(counts[0])
  }

  /// The end record; its comment reaches to the end of the file.
  private static func findEnd(_ region: ByteRegion) throws(CheckpointError) -> ([UInt8], Int) {
    let start = max(0, region.count - 22 - 65_535)
    let tail = region.bytes(start..<region.count)
    var i = tail.count - 22
    while i >= 0 {
      if tail[i] == 0x50, tail[i...].starts(with: [0x50, 0x4B, 5, 6]),
        Int(tail[i + 20]) | Int(tail[i + 21]) << 8 == tail.count - i - 22
      {
        return (Array(tail[i...]), start + i)
      }
      i -= 1
    }
    throw .truncated(
      part: "zip archive, damaged or cut off: its directory at the end is missing; it",
      offset: region.count, expected: 22, found: 0)
  }

  /// The zip64 end record, where its locator stands before the end record.
  private static func findWideEnd(
    _ region: ByteRegion, before end: Int
  ) throws(CheckpointError) -> (
    position: Int, disks: [UInt32], counts: [UInt64], size: UInt64, offset: UInt64
  )? {
    guard end >= 20 else { return nil }
    let locator = region.bytes(end - 20..<end)
    guard locator.starts(with: [0x50, 0x4B, 6, 7]) else { return nil }
    var reader = ByteReader(locator)
    let target = try CheckpointError.reading(ZipArchive.part) { () throws(ByteError) in
      try reader.skip(8)
      return try reader.littleEndian(UInt64.self)
    }
    guard end >= 76, target == UInt64(end - 76),
      region.bytes(end - 76..<end - 72) == [0x50, 0x4B, 6, 6]
    else {
      throw .corrupt(
        part: ZipArchive.part, offset: end - 20, expected: "a zip64 record before its locator",
        found: "offset \(target)")
    }
    var record = ByteReader(region.bytes(end - 76..<end - 20))
    return try CheckpointError.reading(ZipArchive.part, at: end - 76) { () throws(ByteError) in
      try record.skip(16)
      let disks = [try record.littleEndian(UInt32.self), try record.littleEndian(UInt32.self)]
      let counts = [try record.littleEndian(UInt64.self), try record.littleEndian(UInt64.self)]
      return (
        end - 76, disks, counts, try record.littleEndian(UInt64.self),
        try record.littleEndian(UInt64.self)
      )
    }
  }

  func records(in region: ByteRegion) throws(CheckpointError) -> [ZipRecord] {
    var reader = ByteReader(region.bytes(range))
    var records: [ZipRecord] = []
    for _ in 0..<entryCount {
      records.append(try ZipRecord(&reader, at: range.lowerBound))
    }
    guard reader.remaining == 0 else {
      throw .corrupt(
        part: ZipArchive.part, offset: range.lowerBound + reader.offset,
        expected: "\(entryCount) entries", found: "\(reader.remaining) more bytes")
    }
    return records
  }
}
