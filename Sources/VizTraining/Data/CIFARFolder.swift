internal import VizFiles
internal import VizInput

/// CIFAR-10's binary files, in a folder or in the archive that they are published in.
struct CIFARFolder: DataReader {
  let path: String

  static let classNames = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]
  static let archiveName = "cifar-10-binary.tar.gz"
  /// Bytes of the archive, packed or not: 184,380,928 expanded.
  private static let archiveLimit = 1 << 28

  let isDivided = true

  var files: [String] {
    let batches = [DataSource.Part.training, .test].flatMap { paths(of: $0) }
    return (batches + [archive]).filter { FileKind($0) != nil }
  }

  func read(_ part: DataSource.Part) throws(DatasetError) -> DataSet {
    // Some of the five files are enough to learn from, where no archive has all of them.
    let found = paths(of: part).filter { FileKind($0) != nil }
    let isArchive = found.count < paths(of: part).count && FileKind(archive) == .file
    var records = CIFARRecords()
    if isArchive {
      try addArchive(part, to: &records)
    } else {
      for file in found.isEmpty ? [paths(of: part)[0]] : found {
        try records.add(try DataSet.contents(of: file, limit: 1 << 30), of: file)
      }
    }
    return try DataSet(
      source: isArchive ? archive : inner, classNames: Self.classNames, labels: records.labels,
      input: InputPreset.cifar10.input,
      pictures: .bytes(records.bytes, offset: 1, stride: CIFARRecords.size))
  }

  private func addArchive(
    _ part: DataSource.Part, to records: inout CIFARRecords
  ) throws(DatasetError) {
    let bytes = try expanded()
    let tar = try TarArchive(bytes: bytes, file: archive)
    var entries: [TarArchive.Entry] = []
    for name in Self.names(of: part) {
      guard let entry = try tar.entry(named: name) else {
        throw .archive(
          file: archive, entry: name, offset: bytes.count, expected: "such a file",
          found: "the archive's end")
      }
      entries.append(entry)
    }
    records.reserve(entries.reduce(0) { $0 + $1.contents.count })
    for entry in entries {
      try records.add(bytes[entry.contents], of: "\(archive), \(entry.name)")
    }
  }

  private func expanded() throws(DatasetError) -> [UInt8] {
    let bytes = try DataSet.contents(of: archive, limit: Self.archiveLimit)
    guard Gzip.isBeginning(bytes) else { return bytes }
    guard let expanded = Gzip.expanded(bytes, limit: Self.archiveLimit) else {
      throw .corrupt(
        file: archive, record: nil, expected: "gzip of at most \(Self.archiveLimit) bytes",
        found: "damage, or more")
    }
    return expanded
  }

  private static func names(of part: DataSource.Part) -> [String] {
    part == .test ? ["test_batch.bin"] : (1...5).map { "data_batch_\($0).bin" }
  }

  /// Whether a file bears the name of one of the batches, or of one of those for Python.
  static func isBatch(_ path: String) -> Bool {
    guard let name = path.split(separator: "/").last else { return false }
    return name.hasPrefix("data_batch_") || name.hasPrefix("test_batch")
  }

  private func paths(of part: DataSource.Part) -> [String] {
    Self.names(of: part).map { DataSource.path($0, in: inner) }
  }

  /// The folder itself, or the one that the archive unpacks to.
  private var inner: String {
    let inside = DataSource.path("cifar-10-batches-bin", in: path)
    return Folder.exists(inside) ? inside : path
  }

  private var archive: String {
    Folder.exists(path) ? DataSource.path(Self.archiveName, in: path) : path
  }
}

/// For each picture a label, then 32×32 bytes of red, of green and of blue.
///
/// - Source: Krizhevsky 2009, "Learning multiple layers of features from tiny images".
package struct CIFARRecords: Sendable {
  package private(set) var bytes: [UInt8] = []
  package private(set) var labels: [Int] = []

  package static let size = 1 + 3 * 32 * 32

  package init() {}

  /// Makes room for so many bytes.
  mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

  /// Adds those of a file, which `file` names for errors.
  package mutating func add(
    _ records: some Collection<UInt8>, of file: String
  ) throws(DatasetError) {
    let (count, rest) = records.count.quotientAndRemainder(dividingBy: Self.size)
    guard count > 0, rest == 0 else {
      throw .corrupt(
        file: file, record: count, expected: "records of \(Self.size) bytes",
        found: "\(rest) bytes in the last")
    }
    let start = bytes.count
    bytes += records
    for record in 0..<count {
      let label = Int(bytes[start + record * Self.size])
      guard label < CIFARFolder.classNames.count else {
        throw .corrupt(
          file: file, record: record, expected: "a label of 0…9", found: "\(label)")
      }
      labels.append(label)
    }
  }
}
