internal import VizFiles
internal import VizInput

/// CIFAR-10's binary files: for each picture a label, then 32×32 bytes of red, of green and of blue.
///
/// - Source: Krizhevsky 2009, "Learning multiple layers of features from tiny images".
struct CIFARFolder {
  let path: String

  static let classNames = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]
  static let archiveName = "cifar-10-binary.tar.gz"
  private static let size = 3 * 32 * 32

  func read(_ part: DataSource.Part) throws(DatasetError) -> DataSet {
    let folder = inner
    // Some of the five files are enough to learn from.
    let names = part == .test ? ["test_batch"] : (1...5).map { "data_batch_\($0)" }
    let paths = names.map { DataSource.path($0 + ".bin", in: folder) }
    let found = paths.filter { FileKind($0) != nil }
    var (bytes, labels): ([UInt8], [Int]) = ([], [])
    for file in found.isEmpty ? [paths[0]] : found {
      let records = try records(file)
      for i in stride(from: 0, to: records.count, by: Self.size + 1) {
        guard Int(records[i]) < Self.classNames.count else {
          throw .corrupt(
            file: file, record: i / (Self.size + 1), expected: "a label of 0…9",
            found: "\(records[i])")
        }
        labels.append(Int(records[i]))
      }
      bytes += records
    }
    return try DataSet(
      source: folder, classNames: Self.classNames, labels: labels,
      input: InputPreset.cifar10.input, pictures: .bytes(bytes, offset: 1, stride: Self.size + 1),
      others: found)
  }

  /// The folder itself, or the one that the archive unpacks to.
  private var inner: String {
    let inside = DataSource.path("cifar-10-batches-bin", in: path)
    return Folder.exists(inside) ? inside : path
  }

  private func records(_ file: String) throws(DatasetError) -> [UInt8] {
    let bytes: [UInt8]
    do {
      bytes = try FileContents.read(file, limit: 1 << 30)
    } catch {
      throw .file(error)
    }
    guard !bytes.isEmpty, bytes.count % (Self.size + 1) == 0 else {
      throw .corrupt(
        file: file, record: bytes.count / (Self.size + 1),
        expected: "records of \(Self.size + 1) bytes",
        found: "\(bytes.count % (Self.size + 1)) bytes in the last")
    }
    return bytes
  }
}
