internal import Glibc

/// Folders that outputs go to.
public enum Folder {
  /// Whether a folder is at `path`, following links.
  public static func exists(_ path: String) -> Bool {
    guard let status = try? stat.following(path) else { return false }
    return status.kind == S_IFDIR
  }

  /// Makes the folder at `path` and those above it, where they are missing.
  public static func create(_ path: String) throws(FileError) {
    if exists(path) { return }
    var end = path.utf8.startIndex
    while end < path.utf8.endIndex {
      end =
        path.utf8[end...].dropFirst().firstIndex(of: UInt8(ascii: "/")) ?? path.utf8.endIndex
      try createOne(String(path[..<end]), for: path)
    }
    if path.isEmpty { throw .writeFailed(path: path, reason: SystemError(code: ENOENT)) }
  }

  /// Takes a file out of its folder.
  public static func remove(_ path: String) throws(FileError) {
    do {
      _ = try retrying { unsafe unlink(path) }
    } catch {
      throw .writeFailed(path: path, reason: error)
    }
  }

  /// Another process may make the same folder meanwhile; only what is there in the end counts.
  private static func createOne(_ folder: String, for path: String) throws(FileError) {
    do {
      _ = try retrying { unsafe mkdir(folder, 0o777) }
    } catch {
      if exists(folder) { return }
      // Something that is no folder bears the name.
      let reason = error.code == EEXIST ? SystemError(code: ENOTDIR) : error
      throw .writeFailed(path: path, reason: reason)
    }
  }
}

extension Folder {
  /// The names in a folder, sorted by their bytes, without `.` and `..`.
  public static func names(in path: String) throws(FileError) -> [String] {
    guard let stream = unsafe opendir(path) else {
      let code = errno
      throw code == ENOENT
        ? .missing(path: path) : .unreadable(path: path, reason: SystemError(code: code))
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else {
        let code = errno
        guard code == 0 else { throw .unreadable(path: path, reason: SystemError(code: code)) }
        break
      }
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
