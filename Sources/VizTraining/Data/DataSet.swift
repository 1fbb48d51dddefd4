internal import VizFiles
public import VizImage
public import VizInput

/// Labelled pictures, by number.
public struct DataSet: Sendable {
  /// Where they come from, for messages: a folder or a file.
  public let source: String
  public private(set) var classNames: [String]
  /// For each picture the number of its class.
  public private(set) var labels: [Int]
  /// How a picture becomes a network's input; of the first one's size where they have several.
  public let input: InputDescription
  /// The sizes that pictures have, in the order in which they come.
  public let sizes: [SizeGroup]
  let pictures: PictureStore
  /// What the pictures are for; nil where the data have one part for everything.
  public internal(set) var part: DataSource.Part?
  /// The files that the data are in, those of the other part too.
  public internal(set) var files: [String] = []

  /// Pictures of one size.
  public struct SizeGroup: Equatable, Sendable {
    public let size: PictureSize
    /// The number of the first of them.
    public let first: Int
    public internal(set) var count: Int
  }

  /// How pictures are held.
  enum PictureStore: Sendable {
    /// Planes of bytes in memory: picture i begins at `offset + i · stride`.
    case bytes([UInt8], offset: Int, stride: Int)
    /// Files that are decoded when they are asked for; `digest` is one of all their bytes.
    case files([String], digest: UInt64)
  }

  /// - Throws: where there is no picture at all, or none of a class where `mayLackClasses` is false.
  init(
    source: String, classNames: [String], labels: [Int], input: InputDescription,
    sizes: [SizeGroup]? = nil, pictures: PictureStore, mayLackClasses: Bool = false
  ) throws(DatasetError) {
    self.source = source
    self.classNames = classNames
    self.labels = labels
    self.input = input
    self.sizes =
      sizes ?? [
        SizeGroup(
          size: PictureSize(width: input.width, height: input.height), first: 0,
          count: labels.count)
      ]
    self.pictures = pictures
    guard !labels.isEmpty else {
      throw .unsuitable(source: source, expected: "pictures", found: "none")
    }
    if mayLackClasses { return }
    let found = Set(labels)
    for c in classNames.indices where !found.contains(c) {
      throw .emptyClass(name: classNames[c], source: source)
    }
  }

  /// The same pictures with the numbers that another list of names gives to their classes.
  ///
  /// - Throws: where a class is not in the list.
  public func numbered(as names: [String]) throws(DatasetError) -> DataSet {
    guard names != classNames else { return self }
    let numbers = Dictionary(zip(names, names.indices)) { first, _ in first }
    let unknown = classNames.filter { numbers[$0] == nil }
    guard unknown.isEmpty else {
      throw .unsuitable(
        source: source, expected: "classes of the network, \(Self.listed(names))",
        found: Self.listed(unknown))
    }
    var data = self
    (data.classNames, data.labels) = (names, labels.compactMap { numbers[classNames[$0]] })
    return data
  }

  /// The first of some names.
  private static func listed(_ names: [String]) -> String {
    names.prefix(10).joined(separator: ", ") + (names.count > 10 ? ", …" : "")
  }

  public var count: Int { labels.count }

  /// What picture `i` is called in messages.
  public func name(of i: Int) -> String {
    if case .files(let paths, _) = pictures { return paths[i] }
    return "\(source), record \(i)"
  }

  /// Picture `i` as it is, 8-bit samples for what lies in memory.
  public func image(at i: Int) throws(DatasetError) -> Image {
    switch pictures {
    case .bytes: return try pixels(at: i).image
    case .files(let paths, _): return try Self.decoded(paths[i])
    }
  }

  /// Picture `i` in bytes and in as many channels as the data have.
  public func pixels(at i: Int) throws(DatasetError) -> Pixels {
    guard case .bytes(let bytes, let offset, let stride) = pictures else {
      return Pixels(try image(at: i), channels: input.channels)
    }
    let first = offset + i * stride
    return Pixels(
      width: input.width, height: input.height, channels: input.channels,
      samples: Array(bytes[first..<first + input.channels * input.height * input.width]))
  }

  /// The size of all pictures, as they are or after some transforms.
  ///
  /// - Throws: where they have several, with the first two that differ.
  func commonSize(after augmentation: Augmentation? = nil) throws(DatasetError) -> PictureSize {
    func after(_ size: PictureSize) -> PictureSize { augmentation?.size(of: size) ?? size }
    let first = after(sizes[0].size)
    if let other = sizes.first(where: { after($0.size) != first }) {
      throw .sizes(
        file: name(of: other.first), after(other.size), first: name(of: sizes[0].first), first,
        after: augmentation?.text)
    }
    return first
  }

  private static func decoded(_ path: String) throws(DatasetError) -> Image {
    try decoded(try contents(of: path), path)
  }

  static func contents(
    of path: String, limit: Int = FileContents.defaultLimit
  ) throws(DatasetError) -> [UInt8] {
    do {
      return try FileContents.read(path, limit: limit)
    } catch {
      throw .file(error)
    }
  }

  static func decoded(_ bytes: [UInt8], _ path: String) throws(DatasetError) -> Image {
    do {
      return try ImageDecoder.decode(bytes)
    } catch {
      throw .image(file: path, error)
    }
  }

  /// How many pictures each class has.
  public var classCounts: [Int] {
    labels.reduce(into: [Int](repeating: 0, count: classNames.count)) { $0[$1] += 1 }
  }

  /// What tells these data from others: a digest of the classes' names, of labels, and of every byte of the
  /// pictures, in memory or in files.
  ///
  /// Files are read as a whole when a data set is made, to be measured, and their bytes pass by the digest then
  /// (`PixelStatistics`): 2 GB of them take a second, and decoding them many. Where they lie and what they are called
  /// beyond their order does not matter.
  public var fingerprint: String {
    var digest = ContentDigest()
    func add(_ bytes: [UInt8]) { digest.update(bytes) }
    add(Array(classNames.joined(separator: "\n").utf8))
    add(labels.flatMap { [UInt8($0 & 255), UInt8($0 >> 8 & 255)] })
    switch pictures {
    case .bytes(let bytes, _, _): add(bytes)
    case .files(_, let contents): digest.update(contents)
    }
    let digits = String(digest.value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
