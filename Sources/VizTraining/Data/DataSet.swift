internal import VizFiles
public import VizImage
public import VizInput

/// Labelled pictures, by number.
public struct DataSet: Sendable {
  /// Where they come from, for messages: a folder or a file.
  public let source: String
  public let classNames: [String]
  /// For each picture the number of its class.
  public let labels: [Int]
  /// How a picture becomes a network's input.
  public let input: InputDescription
  let pictures: PictureStore
  /// Files that were read beside the source: labels, batches.
  private let others: [String]

  /// How pictures are held.
  enum PictureStore: Sendable {
    /// Planes of bytes in memory: picture i begins at `offset + i · stride`.
    case bytes([UInt8], offset: Int, stride: Int)
    /// Files that are decoded when they are asked for.
    case files([String])
  }

  /// - Throws: where a class has no picture, or where there is none at all.
  init(
    source: String, classNames: [String], labels: [Int], input: InputDescription,
    pictures: PictureStore, others: [String] = []
  ) throws(DatasetError) {
    self.source = source
    self.others = others
    self.classNames = classNames
    self.labels = labels
    self.input = input
    self.pictures = pictures
    guard !labels.isEmpty else {
      throw .unsuitable(source: source, expected: "pictures", found: "none")
    }
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
    return DataSet(self, names, labels.compactMap { numbers[classNames[$0]] })
  }

  private init(_ other: DataSet, _ classNames: [String], _ labels: [Int]) {
    (source, input, pictures, others) = (other.source, other.input, other.pictures, other.others)
    (self.classNames, self.labels) = (classNames, labels)
  }

  /// The first of some names.
  private static func listed(_ names: [String]) -> String {
    names.prefix(10).joined(separator: ", ") + (names.count > 10 ? ", …" : "")
  }

  /// The files that were read, as far as they have names of their own.
  public var files: [String] {
    if case .files(let paths) = pictures { return [source] + others + paths }
    return [source] + others
  }

  public var count: Int { labels.count }

  /// What picture `i` is called in messages.
  public func name(of i: Int) -> String {
    if case .files(let paths) = pictures { return paths[i] }
    return "\(source), record \(i)"
  }

  /// Picture `i` as it is, 8-bit samples for what lies in memory.
  public func image(at i: Int) throws(DatasetError) -> Image {
    switch pictures {
    case .bytes: return try pixels(at: i).image
    case .files(let paths): return try Self.decoded(paths[i])
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

  static func decoded(_ path: String) throws(DatasetError) -> Image {
    let bytes: [UInt8]
    do {
      bytes = try FileContents.read(path)
    } catch {
      throw .file(error)
    }
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

  /// What tells these data from others: a digest of labels and pictures in memory, or of the names of files.
  public var fingerprint: String {
    var digest = ContentDigest()
    func add(_ bytes: [UInt8]) { unsafe digest.update(bytes.span.bytes) }
    add(Array(classNames.joined(separator: "\n").utf8))
    add(labels.flatMap { [UInt8($0 & 255), UInt8($0 >> 8 & 255)] })
    switch pictures {
    case .bytes(let bytes, _, _): add(bytes)
    case .files(let paths): add(Array(paths.joined(separator: "\n").utf8))
    }
    let digits = String(digest.value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
