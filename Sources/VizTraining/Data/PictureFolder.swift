internal import VizFiles

/// A folder with a folder for each class, whose name is the class's.
///
/// Where it has folders `train` and `test` with the classes in them, these are its parts.
struct PictureFolder: DataReader {
  let path: String

  var isDivided: Bool { [DataSource.Part.training, .test].contains { hasFolder(of: $0) } }

  var files: [String] {
    let roots =
      isDivided ? [DataSource.Part.training, .test].map { path(of: $0) } : [path]
    return roots.flatMap { (try? classes(in: $0))?.flatMap { $0.files } ?? [] }
  }

  func read(_ part: DataSource.Part) throws(DatasetError) -> DataSet {
    let root = isDivided ? path(of: part) : path
    let classes = try classes(in: root)
    guard classes.count > 1 else {
      throw .unsuitable(
        source: root, expected: "a folder for each of two or more classes",
        found: "\(classes.count)")
    }
    return try DataSet(
      source: root, classNames: classes.map { $0.name },
      labels: classes.enumerated().flatMap { Array(repeating: $0, count: $1.files.count) },
      files: classes.flatMap { $0.files })
  }

  private func path(of part: DataSource.Part) -> String {
    DataSource.path(part.rawValue, in: path)
  }

  /// Whether there is a folder of folders for it; one of pictures is a class of that name.
  private func hasFolder(of part: DataSource.Part) -> Bool {
    let names = (try? Self.names(in: path(of: part))) ?? []
    return names.contains { Folder.exists(DataSource.path($0, in: path(of: part))) }
  }

  private func classes(
    in root: String
  ) throws(DatasetError) -> [(name: String, files: [String])] {
    var classes: [(name: String, files: [String])] = []
    for name in try Self.names(in: root) {
      let folder = DataSource.path(name, in: root)
      guard Folder.exists(folder) else { continue }
      let paths = try Self.names(in: folder).map { DataSource.path($0, in: folder) }
      classes.append((name, paths.filter { !Folder.exists($0) }))
    }
    return classes
  }

  /// The names in a folder without those that begin with a dot, in their order.
  private static func names(in folder: String) throws(DatasetError) -> [String] {
    do {
      return try Folder.names(in: folder).filter { !$0.hasPrefix(".") }
    } catch {
      throw .file(error)
    }
  }
}
