internal import Glibc

/// Which file a path leads to: two names of one file, links included, have one identity.
public struct FileIdentity: Hashable, Sendable {
  private let device: UInt64
  private let inode: UInt64

  /// The file that `path` leads to; nil where there is none, or none that can be seen.
  public init?(_ path: String) {
    guard let status = try? stat.following(path) else { return nil }
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
  }

  /// Whether both paths lead to one existing file.
  public static func sameFile(_ first: String, _ second: String) -> Bool {
    guard let first = FileIdentity(first) else { return false }
    return first == FileIdentity(second)
  }

  /// Throws `isInput` where writing to `output` would change one of the inputs.
  public static func check(
    output: String, isNoneOf inputs: Set<FileIdentity>
  ) throws(FileError) {
    if let identity = FileIdentity(output), inputs.contains(identity) {
      throw .isInput(path: output)
    }
  }
}
