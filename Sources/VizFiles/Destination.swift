internal import Glibc

/// The place where an output goes, found before a byte is written.
///
/// Links are followed by hand, also one that leads to nothing yet: the file appears where the link
/// points, and the link stays.
struct Destination {
  /// The path behind all links: folder with its `/` (empty for the current one) and name.
  let folder: String
  let name: String
  /// What is there now.
  let existing: stat?

  var path: String { folder + name }
  /// What `open` takes as the folder.
  var folderPath: String { folder.isEmpty ? "." : folder }
  /// A pipe or a device: bytes go straight into it, there is nothing to replace.
  var isStream: Bool { existing.map { $0.kind != S_IFREG } ?? false }

  init(_ path: String) throws(SystemError) {
    if path.isEmpty { throw SystemError(code: ENOENT) }
    existing = try stat.following(path)
    if existing?.kind == S_IFDIR || path.hasSuffix("/") { throw SystemError(code: EISDIR) }
    // A stream may be a link that leads nowhere by name, as /dev/stdout does.
    let isFile = existing.map { $0.kind == S_IFREG } ?? true
    (folder, name) = Self.split(isFile ? try Self.followLinks(path) : path)
  }

  private static func followLinks(_ path: String) throws(SystemError) -> String {
    var path = path
    for _ in 0..<40 {  // as many as the kernel follows
      guard try stat.notFollowing(path)?.kind == S_IFLNK else { return path }
      let target = try readLink(path)
      path = target.hasPrefix("/") ? target : split(path).folder + target
    }
    throw SystemError(code: ELOOP)
  }

  private static func readLink(_ path: String) throws(SystemError) -> String {
    var target = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink(path, &target, target.count)
    if count < 0 { throw .last }
    return String(decoding: target.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", path) }
    let start = path.utf8.index(after: slash)
    return (String(path[..<start]), String(path[start...]))
  }
}
