internal import VizFiles

/// A file of torch.save since 1.6: a zip archive with a pickle and an entry for each storage.
struct TorchZip: TorchStorages {
  private let archive: ZipArchive
  /// `archive/`, the folder that everything lies in.
  private let prefix: String

  init(_ archive: ZipArchive) throws(CheckpointError) {
    guard let name = archive.names.first(where: { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") })
    else {
      throw .unknownFormat(found: "a zip archive without data.pkl")
    }
    prefix = String(name.dropLast("data.pkl".count))
    self.archive = archive
    if archive.names.contains(where: { $0.hasPrefix(prefix + "code/") })
      || archive.entries[prefix + "constants.pkl"] != nil
    {
      throw .torchScript
    }
    if let order = archive.entries[prefix + "byteorder"], order.contents.bytes != Array("little".utf8)
    {
      throw .unsupported(
        part: "byteorder", found: String(decoding: order.contents.prefix(16), as: UTF8.self),
        expected: "little")
    }
  }

  func pickle() throws(CheckpointError) -> Pickle {
    guard let entry = archive.entries[prefix + "data.pkl"] else {
      throw .unknownFormat(found: "a zip archive without data.pkl")
    }
    guard entry.contents.count <= PickleMachine.longestProgram else {
      throw .tooLarge(
        part: "bytes of data.pkl", found: entry.contents.count,
        limit: PickleMachine.longestProgram)
    }
    var reader = ByteReader(entry.contents.bytes)
    let pickle = try PickleMachine.run(&reader, base: entry.contents.offset)
    try CheckpointError.reading("data.pkl", at: entry.contents.offset) { () throws(ByteError) in
      try reader.expectEnd()
    }
    return pickle
  }

  func bytes(of key: String) throws(CheckpointError) -> ByteRegion {
    guard let entry = archive.entries[prefix + "data/" + key] else {
      throw .corrupt(
        part: ZipArchive.part, offset: nil, expected: "an entry '\(prefix)data/\(key)'",
        found: "none")
    }
    return entry.contents
  }
}
