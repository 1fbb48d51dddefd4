internal import Glibc

/// What a path leads to, as far as a writer cares.
public enum FileKind: Sendable {
  /// Bytes that are replaced as a whole.
  case file
  case folder
  /// A pipe, a socket or a device: bytes go through it, none are kept.
  case stream

  /// What is at `path`, following links; nil where there is nothing, or nothing that can be seen.
  public init?(_ path: String) {
    guard let status = try? stat.following(path) else { return nil }
    switch status.kind {
    case S_IFREG: self = .file
    case S_IFDIR: self = .folder
    default: self = .stream
    }
  }
}
