internal import Glibc

/// What can go wrong between a path and its bytes.
///
/// Descriptions start with the path, so that a command prints them behind `error: `.
public enum FileError: Error, Equatable, Sendable {
  /// There is nothing at the path.
  case missing(path: String)
  /// There is something, but its bytes cannot be had: permission, a folder, a failing disk.
  case unreadable(path: String, reason: SystemError)
  /// More bytes than the caller allows. `byteCount` is nil where the end was never reached.
  case tooLarge(path: String, byteCount: Int?, limit: Int)
  /// A file is there already that must not be replaced.
  case wouldOverwrite(path: String)
  /// The output is one of the inputs, under this name or another.
  case isInput(path: String)
  /// The bytes could not be stored. What was at the path before is unchanged.
  case writeFailed(path: String, reason: SystemError)
}

/// The kinds of failure that a process tells apart by its exit code.
public enum FailureCategory: Int, Sendable, CaseIterable {
  case unreadable = 3
  case corrupt = 4
  case wouldOverwrite = 5
  case limit = 6
  case writeFailed = 7

  public var exitCode: Int32 { Int32(rawValue) }
}

extension FileError {
  /// The path that the error is about.
  public var path: String {
    switch self {
    case .missing(let path), .unreadable(let path, _), .tooLarge(let path, _, _),
      .wouldOverwrite(let path), .isInput(let path), .writeFailed(let path, _):
      path
    }
  }

  public var category: FailureCategory {
    switch self {
    case .missing, .unreadable: .unreadable
    case .tooLarge: .limit
    case .wouldOverwrite, .isInput: .wouldOverwrite
    case .writeFailed: .writeFailed
    }
  }

  /// The way out, where there is one to tell.
  public var hint: String? {
    switch self {
    case .missing(let path) where path.unicodeScalars.contains("\u{FFFD}"):
      "names that are no UTF-8 cannot be opened; rename the file, or feed it in: … - < FILE"
    case .missing, .unreadable, .tooLarge: nil
    case .wouldOverwrite: "name another output, or replace it with --force"
    case .isInput: "name another output"
    case .writeFailed(let path, let reason): Self.hint(forWriting: path, reason)
    }
  }

  /// Whether the reader of a pipe went away, which ends a command without a message.
  public var isBrokenPipe: Bool {
    if case .writeFailed(_, let reason) = self { reason.code == EPIPE } else { false }
  }

  private static func hint(forWriting path: String, _ reason: SystemError) -> String? {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    switch reason.code {
    case ENOENT where Folder.exists(folder):
      return "the folder is there, but takes no files; name another"
    case ENOENT: return "the folder does not exist; end -o with / to have it made"
    case EISDIR: return "end -o with / to write into a folder"
    default: return nil
    }
  }

  /// The error of opening or reading `path`.
  static func reading(_ path: String, _ reason: SystemError) -> FileError {
    reason.code == ENOENT ? .missing(path: path) : .unreadable(path: path, reason: reason)
  }
}

extension FileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing(let path):
      "\(printable(path)): no such file"
    case .unreadable(let path, let reason):
      "\(printable(path)): cannot be read: \(reason)"
    case .tooLarge(let path, let byteCount?, let limit):
      "\(printable(path)): \(byteCount) bytes are more than the limit of \(limit)"
    case .tooLarge(let path, nil, let limit):
      "\(printable(path)): more bytes than the limit of \(limit)"
    case .wouldOverwrite(let path):
      "\(printable(path)): exists and was not written by vizcnn"
    case .isInput(let path):
      "\(printable(path)): is an input and is never overwritten"
    case .writeFailed(let path, let reason):
      "\(printable(path)): cannot be written: \(reason)"
    }
  }
}
