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
      || archive.names.contains(prefix + "constants.pkl")
    {
      throw .torchScript
    }
    if let order = try archive.checkedBytes(of: prefix + "byteorder"),
      order != Array("little".utf8)
    {
      throw .unsupported(
        part: "byteorder", found: String(decoding: order.prefix(16), as: UTF8.self),
        expected: "little")
    }
  }

  func pickle() throws(CheckpointError) -> Pickle {
    let name = prefix + "data.pkl"
    guard let program = try archive.contents(of: name) else {
      throw .unknownFormat(found: "a zip archive without data.pkl")
    }
    guard program.count <= PickleMachine.longestProgram else {
      throw .tooLarge(
        part: "bytes of data.pkl", found: program.count, limit: PickleMachine.longestProgram)
    }
    var reader = ByteReader(try archive.checkedBytes(of: name) ?? [])
    let pickle = try PickleMachine.run(&reader, base: program.offset)
    try CheckpointError.reading("data.pkl", at: program.offset) { () throws(ByteError) in
      try reader.expectEnd()
    }
    return pickle
  }

  func bytes(of key: String) throws(CheckpointError) -> ByteRegion {
    guard let contents = try archive.contents(of: prefix + "data/" + key) else {
      throw .corrupt(
        part: ZipArchive.part, offset: nil, expected: "an entry '\(prefix)data/\(key)'",
        found: "none")
    }
    return contents
  }
}
