internal import VizFiles

/// A folder with a folder for each class, whose name is the class's.
///
/// Where it has folders `train` and `test` with the classes in them, these are its parts, and no other
/// folder may be there, whose pictures would be left out. The classes are those of `train`; some of them may have
/// no picture in `test`.
struct PictureFolder: DataReader {
  let path: String

  private static let parts = [DataSource.Part.training, .test]
  /// What parts are called elsewhere; a class with folders in it that has such a name is taken for one.
  private static let partWords: Set<String> = [
    "train", "training", "val", "valid", "validation", "dev", "test", "testing", "eval",
  ]

  var isDivided: Bool { Self.parts.contains { Self.hasFolders(path(of: $0)) } }

  var files: [String] {
    let roots = isDivided ? Self.parts.map { path(of: $0) } : [path]
    return roots.flatMap { (try? classes(in: $0))?.flatMap { $0.files } ?? [] }
  }

  func read(_ part: DataSource.Part) throws(DatasetError) -> DataSet {
    try checkParts()
    let root = isDivided ? path(of: part) : path
    let classes = try classes(in: root)
    if let fault = classes.compactMap(\.fault).first { throw fault }
    guard !classes.isEmpty else {
      throw .unsuitable(
        source: root, expected: "a folder of pictures for each class", found: "no folder")
    }
    let names = try classNames(part) ?? classes.map(\.name)
    let numbers = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    if let other = classes.first(where: { numbers[$0.name] == nil }) {
      throw .unsuitable(
        source: DataSource.path(other.name, in: root),
        expected: "a class of \(self.path(of: .training))", found: "another one")
    }
    return try DataSet(
      source: root, classNames: names,
      labels: classes.flatMap { Array(repeating: numbers[$0.name] ?? 0, count: $0.files.count) },
      files: classes.flatMap { $0.files }, mayLackClasses: part == .test && isDivided)
  }

  /// The classes that pictures to test with are of: those to learn from, where these are there.
  private func classNames(_ part: DataSource.Part) throws(DatasetError) -> [String]? {
    let training = path(of: .training)
    guard part == .test, isDivided, Self.hasFolders(training) else { return nil }
    return try Self.folders(in: training)
  }

  private func path(of part: DataSource.Part) -> String {
    DataSource.path(part.rawValue, in: path)
  }

  /// Throws where a folder is there that is neither a part nor a class.
  private func checkParts() throws(DatasetError) {
    let names = try Self.folders(in: path)
    if isDivided {
      guard let other = names.first(where: { DataSource.Part(rawValue: $0) == nil }) else { return }
      throw .unsuitable(
        source: DataSource.path(other, in: path),
        expected: "no folder beside train and test, which have the classes in them", found: "one")
    }
    for name in names where Self.partWords.contains(name.lowercased()) {
      let folder = DataSource.path(name, in: path)
      guard Self.hasFolders(folder) else { continue }
      throw .unsuitable(
        source: folder, expected: "parts with the classes in them to be called train and test",
        found: name)
    }
  }

  /// Whether there is a folder with folders in it; `train` with pictures is a class of that name.
  private static func hasFolders(_ folder: String) -> Bool {
    let names = (try? Self.names(in: folder)) ?? []
    return names.contains { Folder.exists(DataSource.path($0, in: folder)) }
  }

  private func classes(in root: String) throws(DatasetError) -> [ClassFolder] {
    try Self.folders(in: root).map { ClassFolder(name: $0, path: DataSource.path($0, in: root)) }
  }

  /// The names of the folders in one, and of what cannot be seen, a name that is no UTF-8 say: it may be
  /// a folder, and reading it says what is wrong.
  private static func folders(in root: String) throws(DatasetError) -> [String] {
    try names(in: root).filter { name in
      let kind = FileKind(DataSource.path(name, in: root))
      return kind == nil || kind == .folder
    }
  }

  /// The names in a folder without those that begin with a dot, in their order.
  static func names(in folder: String) throws(DatasetError) -> [String] {
    do {
      return try Folder.names(in: folder).filter { !$0.hasPrefix(".") }
    } catch {
      throw .file(error)
    }
  }
}
