internal import VizFiles

/// Brings published data into a folder, through the program `curl`.
///
/// A file is written beside its name, as `NAME.part`, and gets the name once its checksum is right: it is there
/// whole or not at all. What there is of a part is gone on with the next time. Mirrors are tried in turn.
public struct DataFetch: Sendable {
  public let data: PublishedData
  public let folder: String
  private let mirrors: [String]

  /// What a fetch tells while it goes on.
  public enum Event: Sendable {
    /// The file has been there, with the right checksum.
    case present(PublishedData.File)
    case began(PublishedData.File, url: String)
    case progress(PublishedData.File, byteCount: Int)
    case fetched(PublishedData.File)
    /// A mirror was of no use; there is another one.
    case failed(DatasetError)
  }

  /// `mirrors` stand in for those that are known.
  public init(_ data: PublishedData, folder: String, mirrors: [String]? = nil) {
    self.data = data
    self.folder = folder
    self.mirrors = (mirrors ?? data.mirrors).map { $0.hasSuffix("/") ? $0 : $0 + "/" }
    precondition(!self.mirrors.isEmpty, "no mirror")
  }

  /// The files, in their order.
  public var paths: [String] { data.files.map { path($0) } }

  private func path(_ file: PublishedData.File) -> String { DataSource.path(file.name, in: folder) }

  /// Brings what is missing.
  ///
  /// - Returns: whether all is there; what is there is whole, also where somebody interrupted.
  public func run(
    isInterrupted: () -> Bool = { false }, report: (Event) -> Void = { _ in }
  ) throws(DatasetError) -> Bool {
    do throws(FileError) {
      try Folder.create(folder)
    } catch {
      throw .file(error)
    }
    for file in data.files {
      if FileKind(path(file)) != nil {
        try check(path(file), is: file)
        report(.present(file))
      } else {
        guard try fetch(file, isInterrupted, report) else { return false }
        report(.fetched(file))
      }
    }
    return true
  }

  /// - Returns: whether the file is there; otherwise somebody interrupted.
  private func fetch(
    _ file: PublishedData.File, _ isInterrupted: () -> Bool, _ report: (Event) -> Void
  ) throws(DatasetError) -> Bool {
    for (i, mirror) in mirrors.enumerated() {
      do throws(DatasetError) {
        return try fetch(file, url: mirror + file.name, isInterrupted, report)
      } catch {
        guard i < mirrors.count - 1, error.isOfMirror else { throw error }
        report(.failed(error))
      }
    }
    return false
  }

  private func fetch(
    _ file: PublishedData.File, url: String, _ isInterrupted: () -> Bool, _ report: (Event) -> Void
  ) throws(DatasetError) -> Bool {
    let partial = PartialFile(path(file))
    report(.began(file, url: url))
    while true {
      try Self.naming { () throws(FileError) in try partial.prepare() }
      let start = partial.byteCount
      do throws(DatasetError) {
        // A part of full length may have everything but its name.
        if start < file.byteCount {
          guard try download(file, url, to: partial, isInterrupted, report) else { return false }
        }
        try check(partial.path, is: file)
        try Self.naming { () throws(FileError) in try partial.commit() }
        return true
      } catch {
        // Parts of something else, and servers that send whole files only, are begun with anew.
        let isSpoilt = error.isOfWrongBytes || (start > 0 && error.isRefusedPart)
        if isSpoilt || partial.byteCount == 0 {
          try Self.naming { () throws(FileError) in try partial.remove() }
        }
        guard isSpoilt, start > 0 else { throw error }
      }
    }
  }

  /// - Returns: whether the download came to its end; otherwise somebody interrupted.
  private func download(
    _ file: PublishedData.File, _ url: String, to partial: PartialFile,
    _ isInterrupted: () -> Bool, _ report: (Event) -> Void
  ) throws(DatasetError) -> Bool {
    func failure(_ status: Int32, _ message: String) -> DatasetError {
      .download(file: path(file), url: url, status: status, message: message)
    }
    // Half a minute of less than a kilobyte a second is a mirror that is down.
    let arguments = [
      "--fail", "--location", "--silent", "--show-error", "--globoff", "--proto", "=http,https",
      "--connect-timeout", "15", "--speed-limit", "1000", "--speed-time", "30",
      "--max-filesize", "\(file.byteCount)", "--continue-at", "-", "--output", partial.path,
      "--url", url,
    ]
    var curl = try Self.running("curl") { () throws(SystemError) in
      try ChildProcess("curl", arguments)
    }
    while true {
      let status = try Self.running("curl") { () throws(SystemError) in
        try curl.status(within: 100)
      }
      if isInterrupted() { return false }
      if let status {
        guard status != 0 else { return true }
        throw failure(status, curl.written)
      }
      guard partial.byteCount <= file.byteCount else {
        throw failure(Curl.tooLarge, "more than the \(file.byteCount) bytes of the file")
      }
      report(.progress(file, byteCount: partial.byteCount))
    }
  }

  /// Compares a file's checksum, which the system's own `md5sum` computes.
  private func check(_ path: String, is file: PublishedData.File) throws(DatasetError) {
    let (status, text): (Int32, String)
    (status, text) = try Self.running("md5sum") { () throws(SystemError) in
      var program = try ChildProcess("md5sum", [], input: path)
      return (try program.finalStatus(), program.written)
    }
    guard status == 0 else { throw .file(.unreadable(path: path, reason: .failingDevice)) }
    let found = String(text.prefix { $0.isHexDigit })
    guard found == file.md5 else {
      throw .checksum(file: path, expected: file.md5, found: found)
    }
  }

  private static func running<Result: ~Copyable>(
    _ name: String, _ body: () throws(SystemError) -> Result
  ) throws(DatasetError) -> Result {
    do {
      return try body()
    } catch {
      throw .program(name: name, reason: error)
    }
  }

  private static func naming(
    _ body: () throws(FileError) -> Void
  ) throws(DatasetError) {
    do {
      try body()
    } catch {
      throw .file(error)
    }
  }
}

extension DatasetError {
  /// Whether another mirror may do better.
  fileprivate var isOfMirror: Bool {
    switch self {
    case .checksum: true
    case .download(_, _, let status, _): status != Curl.cannotWrite
    default: false
    }
  }

  fileprivate var isOfWrongBytes: Bool {
    switch self {
    case .checksum: true
    case .download(_, _, let status, _): status == Curl.tooLarge
    default: false
    }
  }

  /// Whether a server does not go on where a part ends.
  fileprivate var isRefusedPart: Bool {
    guard case .download(_, _, let status, let message) = self else { return false }
    return status == Curl.noRanges || (status == Curl.httpError && message.contains("416"))
  }
}

/// What curl's exit status says, as its manual lists it.
enum Curl {
  static let httpError: Int32 = 22
  static let cannotWrite: Int32 = 23
  static let noRanges: Int32 = 33
  static let tooLarge: Int32 = 63
}
