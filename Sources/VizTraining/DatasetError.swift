public import VizFiles
public import VizImage
public import VizInput

/// What the world can get wrong about data to learn from.
public enum DatasetError: Error, Equatable, Sendable {
  /// A file or folder that cannot be read.
  case file(FileError)
  /// A picture that cannot be decoded.
  case image(file: String, ImageError)
  /// A picture that cannot become a network's input.
  case input(file: String, InputError)
  /// A picture that cannot be augmented as it was asked for.
  case transform(file: String, PictureTransformError)
  /// What a file holds is not what its format says; `record` counts from 0.
  case corrupt(file: String, record: Int?, expected: String, found: String)
  /// A line of a table; it counts from 1.
  case row(file: String, line: Int, expected: String, found: String)
  /// An archive's entry; nil where it is none yet. `offset` is that of its header in the expanded archive.
  case archive(file: String, entry: String?, offset: Int, expected: String, found: String)
  /// A picture whose size is not that of the first, as it is or after some transforms.
  case sizes(file: String, PictureSize, first: String, PictureSize, after: String?)
  /// An archive where unpacked data are expected.
  case packed(file: String, ArchiveKind, expected: String)
  /// A folder with data of another kind.
  case otherKind(folder: String, expected: DataSource.Kind, found: DataSource.Kind)
  /// A word that names no data.
  case unknownSource(String)
  /// A class without a picture.
  case emptyClass(name: String, source: String)
  /// Data to learn from with a single class: there is nothing to tell apart.
  case oneClass(name: String, source: String)
  /// A file that could not be fetched; `status` is curl's.
  case download(file: String, url: String, status: Int32, message: String)
  /// A file that is not the one that was published.
  case checksum(file: String, expected: String, found: String)
  /// A program that cannot be run.
  case program(name: String, reason: SystemError)
  /// Data that are of no use to a network or for a purpose.
  case unsuitable(source: String, expected: String, found: String)
}

extension DatasetError {
  public var category: FailureCategory {
    switch self {
    case .file(let error): error.category
    case .download(_, _, Curl.cannotWrite, _): .writeFailed
    case .download, .program: .unreadable
    case .image(_, .tooLarge), .input(_, .tooLarge), .transform(_, .tooLarge): .limit
    default: .corrupt
    }
  }

  /// The way out, where there is one to tell.
  public var hint: String? {
    switch self {
    case .file(let error): error.hint
    case .packed(let file, let kind, _):
      "unpack it, with \(kind.command(printable(file))) say, and name what comes out"
    case .otherKind(let folder, _, let found):
      "such data are \(found.rawValue):\(printable(folder))"
    case .unknownSource(let word) where Folder.exists(word):
      "\(DataSource.Kind.likely(of: word).contents) is "
        + "\(DataSource.Kind.likely(of: word).rawValue):\(printable(word))"
    case .unknownSource(let word) where word.hasSuffix(".csv") && FileKind(word) == .file:
      "a table of path,label is csv:\(printable(word))"
    case .unknownSource:
      "data are named as "
        + DataSource.Kind.allCases.map { "\($0.rawValue):\($0.place)" }
        .joined(separator: ", ")
    case .oneClass(_, let source) where Folder.exists(source):
      "in folder:PLACE each class is a folder; name the one that the classes lie in"
    case .row(_, _, _, let found) where found.hasPrefix("no file"):
      "paths in a table begin at the folder that the table is in"
    case .image(_, .unknownFormat):
      "every file of a class has to be a picture: take out what is none, or its row in a table"
    case .sizes: "--augment 'Resize(64), CenterCrop(64)' makes them one size"
    case .download(_, _, Curl.cannotWrite, _): nil
    case .download(_, _, Curl.httpError, let message) where message.contains("404"):
      "the server does not have it there; name the address of another folder with --mirror"
    case .download: "run it again, it goes on where it ended; or name a server with --mirror"
    case .transform(_, .tooSmall):
      "pad_if_needed=True puts a border around pictures that are too small"
    case .checksum(let file, _, _) where file.hasSuffix(".part"):
      "name another server with --mirror"
    case .checksum: "move the file away to have it fetched again"
    case .program(let name, _): "install \(name) with the system's package manager"
    default: nil
    }
  }
}

extension DatasetError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .image(let file, let error): "\(printable(file)): \(error)"
    case .input(let file, let error): "\(printable(file)): \(error)"
    case .transform(let file, let error): "\(printable(file)): \(error)"
    case .corrupt(let file, let record, let expected, let found):
      "\(printable(file))\(record.map { ", record \($0)" } ?? ""): expected \(expected), "
        + "found \(printable(found))"
    case .row(let file, let line, let expected, let found):
      "\(printable(file)), line \(line): expected \(expected), found \(printable(found))"
    case .archive(let file, let entry, let offset, let expected, let found):
      "\(printable(file)), \(entry.map { "entry \(printable($0)), " } ?? "")offset \(offset): expected "
        + "\(expected), found \(printable(found))"
    case .sizes(let file, let size, let first, let firstSize, let after):
      "\(printable(file)): expected \(firstSize) as \(printable(first)) has, found \(size)"
        + (after.map { " after \($0)" } ?? "")
    case .download(let file, let url, let status, let message):
      "\(printable(file)): cannot be fetched from \(printable(url)): "
        + Self.words(of: message, status)
    case .checksum(let file, let expected, let found):
      "\(printable(file)): expected the MD5 checksum \(expected), found \(found)"
    case .program(let name, let reason): "\(name) cannot be run: \(reason)"
    case .packed(let file, let kind, let expected):
      "\(printable(file)): expected \(expected), found a file of \(kind.rawValue)"
    case .unknownSource(let word)
    where DataSource.Kind.allCases.contains { $0.rawValue == word || $0.rawValue + ":" == word }:
      "'\(printable(word))' does not say where the data are"
    case .unknownSource(let word):
      "'\(printable(word))' names no data"
        + suggestion(
          for: word.split(separator: ":").first.map(String.init) ?? word,
          among: DataSource.Kind.allCases.map(\.rawValue))
    case .emptyClass(let name, let source):
      "\(printable(source)): class '\(printable(name))' has no picture"
    case .oneClass(let name, let source):
      "\(printable(source)): expected pictures of two or more classes to learn from, found one, "
        + "'\(printable(name))'"
    case .otherKind(let folder, let expected, let found):
      "\(printable(folder)): expected \(expected.contents), found \(found.contents)"
    case .unsuitable(let source, let expected, let found):
      "\(printable(source)): expected \(expected), found \(printable(found))"
    }
  }

  /// curl's last line without its name and number.
  private static func words(of message: String, _ status: Int32) -> String {
    guard let line = message.split(whereSeparator: \.isNewline).last else {
      return "curl ended with \(status)"
    }
    guard line.hasPrefix("curl: ("), let end = line.firstIndex(of: ")") else {
      return printable(String(line))
    }
    return printable(String(line[line.index(after: end)...].drop { $0 == " " }))
  }
}
