internal import VizFiles

/// The pictures of a class: those in its folder by their names, then those in the folders within it.
///
/// Links to folders are followed; one that leads to a folder which the class has already is a fault, so that
/// the walk ends. Behind a fault it goes on: what else is there must not be overwritten.
struct ClassFolder {
  /// The class's.
  let name: String
  private(set) var files: [String] = []
  /// What was found first that is no file and no folder to go through.
  private(set) var fault: DatasetError?

  private var paths: [FileIdentity: String] = [:]

  private static let depthLimit = 32
  private static let folderLimit = 1 << 16

  init(name: String, path: String) {
    self.name = name
    walk(path, depth: 0)
  }

  private mutating func walk(_ folder: String, depth: Int) {
    let names: [String]
    do throws(DatasetError) {
      try enter(folder, depth: depth)
      names = try PictureFolder.names(in: folder)
    } catch {
      note(error)
      return
    }
    var folders: [String] = []
    for name in names {
      let path = DataSource.path(name, in: folder)
      switch FileKind(path) {
      // Where nothing can be seen, reading it says why.
      case .file?, nil: files.append(path)
      case .folder?: folders.append(path)
      // Who opens a pipe that nobody writes to waits for ever.
      case .stream?:
        note(
          .unsuitable(
            source: path, expected: "a picture in a regular file",
            found: "a pipe, a socket or a device"))
      }
    }
    for folder in folders { walk(folder, depth: depth + 1) }
  }

  private mutating func enter(_ folder: String, depth: Int) throws(DatasetError) {
    guard depth <= Self.depthLimit, paths.count < Self.folderLimit else {
      throw .unsuitable(
        source: folder,
        expected: "at most \(Self.folderLimit) folders, \(Self.depthLimit) within each other",
        found: "more")
    }
    guard let identity = FileIdentity(folder) else { return }
    if let first = paths[identity] {
      throw .unsuitable(
        source: folder, expected: "a folder that is in the class once", found: "\(first) again")
    }
    paths[identity] = folder
  }

  private mutating func note(_ error: DatasetError) {
    if fault == nil { fault = error }
  }
}
