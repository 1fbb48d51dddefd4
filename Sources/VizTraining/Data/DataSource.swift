internal import VizFiles

/// Data on disk, as a word names them: `mnist:FOLDER`, `folder:PHOTOS`.
public struct DataSource: Equatable, Sendable {
  /// The kinds of data, under the names that words begin with.
  public enum Kind: String, CaseIterable, Sendable {
    case mnist
    case fashionMNIST = "fashion-mnist"
    case cifar10
    /// A folder with one folder for each class.
    case folder
    /// A list of path,label.
    case csv

    /// What is at the place.
    var contents: String {
      switch self {
      case .csv: "a table of path,label"
      case .cifar10: "a folder with CIFAR-10's binary batches, or \(CIFARFolder.archiveName)"
      case .mnist, .fashionMNIST: "a folder with the four IDX files"
      case .folder: "a folder with a folder of pictures for each class"
      }
    }

    /// IDX files may be within gzip: one of them is the wrong place, but not packed.
    fileprivate func readsPacked(_ archive: ArchiveKind) -> Bool {
      switch self {
      case .cifar10: archive == .gzip || archive == .tar
      case .mnist, .fashionMNIST: archive == .gzip
      default: false
      }
    }

    /// What a folder seems to hold.
    static func likely(of folder: String) -> Kind {
      let names = (try? Folder.names(in: folder)) ?? []
      if names.contains(where: { $0.contains("-idx3-ubyte") }) { return .mnist }
      if names.contains(where: { $0.hasPrefix("data_batch_") || $0 == CIFARFolder.archiveName }) {
        return .cifar10
      }
      return .folder
    }

    public var place: String {
      switch self {
      case .csv: "FILE"
      case .cifar10: "FOLDER|ARCHIVE"
      default: "FOLDER"
      }
    }
  }

  /// What pictures are for.
  public enum Part: String, Sendable {
    case training = "train"
    case test
  }

  public let kind: Kind
  public let path: String

  /// - Throws: `unknownSource` where the word names no kind.
  public init(_ word: String) throws(DatasetError) {
    guard let colon = word.firstIndex(of: ":"), let kind = Kind(rawValue: String(word[..<colon])),
      word.index(after: colon) < word.endIndex
    else {
      if let archive = ArchiveKind(of: word) {
        throw .packed(
          file: word, archive, expected: "data such as \(Kind.folder.rawValue):\(Kind.folder.place)"
        )
      }
      throw .unknownSource(word)
    }
    self.kind = kind
    path = String(word[word.index(after: colon)...])
  }

  public init(_ kind: Kind, path: String) {
    self.kind = kind
    self.path = path
  }

  public var text: String { "\(kind.rawValue):\(path)" }

  /// The text with no more of the path than its end: for titles.
  public var shortText: String {
    let end = path.split(separator: "/").last.map(String.init)
    return "\(kind.rawValue):\(end ?? path)"
  }

  /// Reads the pictures for a purpose; all there are where the data have no part for it alone.
  public func read(_ part: Part) throws(DatasetError) -> DataSet {
    try checkPlace()
    let reader = reader
    var data = try reader.read(part)
    data.part = reader.isDivided ? part : nil
    data.files = reader.files
    return data
  }

  /// Throws where an archive stands for what is in it, a file for the folder that it is in, or a kind for another.
  private func checkPlace() throws(DatasetError) {
    let likely = Kind.likely(of: path)
    if likely != .folder, likely != kind, likely != .mnist || kind != .fashionMNIST, hasNothing,
      !DataSource(likely, path: path).hasNothing
    {
      throw .otherKind(folder: path, expected: kind, found: likely)
    }
    guard FileKind(path) == .file else { return }
    if let archive = ArchiveKind(of: path), !kind.readsPacked(archive) {
      throw .packed(file: path, archive, expected: kind.contents)
    }
    if kind == .cifar10, CIFARFolder.isBatch(path), ArchiveKind(of: path) == nil {
      throw .unsuitable(source: path, expected: kind.contents, found: "a batch without its folder")
    }
    if kind.place == "FOLDER" {
      throw .unsuitable(source: path, expected: kind.contents, found: "a file")
    }
  }

  /// Whether a folder has none of the files, or folders, that the kind reads.
  private var hasNothing: Bool {
    switch kind {
    case .csv: return FileKind(path) == .folder
    case .folder:
      let names = (try? Folder.names(in: path)) ?? []
      return !names.contains { FileKind(Self.path($0, in: path)) == .folder }
    default: return reader.files.isEmpty
    }
  }

  private var reader: any DataReader {
    switch kind {
    case .mnist: MNISTFolder(path: path, classNames: (0..<10).map(String.init))
    case .fashionMNIST: MNISTFolder(path: path, classNames: MNISTFolder.clothes)
    case .cifar10: CIFARFolder(path: path)
    case .folder: PictureFolder(path: path)
    case .csv: PictureTable(path: path)
    }
  }

  /// A file of a folder, whether the folder's name ends in a slash or not.
  static func path(_ name: String, in folder: String) -> String {
    folder.isEmpty || folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }
}

/// What reads one kind of data.
protocol DataReader {
  func read(_ part: DataSource.Part) throws(DatasetError) -> DataSet
  /// Whether pictures to test with lie apart from those to learn from.
  var isDivided: Bool { get }
  /// The files of both parts, as far as they are there.
  var files: [String] { get }
}
