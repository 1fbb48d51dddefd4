internal import VizFiles
internal import VizImage
internal import VizInput
internal import VizNN

/// A folder with a folder for each class, whose name is the class's.
///
/// Where it has folders `train` and `test` instead, the classes are in those.
struct PictureFolder {
  let path: String

  func read(_ part: DataSource.Part) throws(DatasetError) -> DataSet {
    let inside = DataSource.path(part.rawValue, in: path)
    let root = Folder.exists(inside) ? inside : path
    var files: [String] = []
    var labels: [Int] = []
    let classes = try Self.names(in: root).filter {
      Folder.exists(DataSource.path($0, in: root))
    }
    for (label, name) in classes.enumerated() {
      let folder = DataSource.path(name, in: root)
      let found = try Self.names(in: folder).map { DataSource.path($0, in: folder) }
        .filter { !Folder.exists($0) }
      files += found
      labels += [Int](repeating: label, count: found.count)
    }
    guard classes.count > 1 else {
      throw .unsuitable(
        source: root, expected: "a folder for each of two or more classes",
        found: "\(classes.count)")
    }
    return try DataSet(source: root, classNames: classes, labels: labels, files: files)
  }

  /// The names in a folder without those that begin with a dot, in their order.
  private static func names(in folder: String) throws(DatasetError) -> [String] {
    do {
      return try Folder.names(in: folder).filter { !$0.hasPrefix(".") }
    } catch {
      throw .file(error)
    }
  }
}

/// A table with a picture's path and its class in every row: `cats/1.png,cat`.
///
/// Paths are relative to the table's folder. A first row of `path,label` is a heading.
struct PictureTable {
  let path: String

  func read(_ part: DataSource.Part) throws(DatasetError) -> DataSet {
    let text: String?
    do {
      text = String(validating: try FileContents.read(path, limit: 1 << 28), as: UTF8.self)
    } catch {
      throw .file(error)
    }
    guard let text else {
      throw .corrupt(file: path, record: nil, expected: "text in UTF-8", found: "other bytes")
    }
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    var files: [String] = []
    var names: [String] = []
    for (i, line) in text.split(whereSeparator: \.isNewline).enumerated() {
      guard let comma = line.lastIndex(of: ","), comma > line.startIndex,
        line.index(after: comma) < line.endIndex
      else {
        throw .corrupt(file: path, record: i, expected: "path,label", found: String(line))
      }
      let (file, name) = (String(line[..<comma]), String(line[line.index(after: comma)...]))
      if i == 0, (file, name) == ("path", "label") { continue }
      files.append(file.hasPrefix("/") ? file : DataSource.path(file, in: folder))
      names.append(name)
    }
    let classes = Set(names).sorted(by: Self.precedes)
    let numbers = Dictionary(uniqueKeysWithValues: zip(classes, classes.indices))
    return try DataSet(
      source: path, classNames: classes, labels: names.compactMap { numbers[$0] }, files: files)
  }

  /// Numbers by their size, then other names by their letters.
  static func precedes(_ a: String, _ b: String) -> Bool {
    let (first, second) = (Int(a) ?? .max, Int(b) ?? .max)
    return first == second ? a < b : first < second
  }
}

extension DataSet {
  /// Pictures in files, all of one size; mean and deviation are those of all their pixels.
  init(
    source: String, classNames: [String], labels: [Int], files: [String]
  ) throws(DatasetError) {
    var statistics = PixelStatistics()
    for file in files { try statistics.add(try Self.decoded(file), file) }
    try self.init(
      source: source, classNames: classNames, labels: labels, input: statistics.input,
      pictures: .files(files))
  }
}

/// The size, the means and the deviations of pictures.
private struct PixelStatistics {
  private var size: (width: Int, height: Int, file: String)?
  private var hasColor = false
  private var sums = [0.0, 0, 0]
  private var squares = [0.0, 0, 0]
  private var count = 0.0

  mutating func add(_ image: Image, _ file: String) throws(DatasetError) {
    let known = size ?? (image.width, image.height, file)
    guard (known.width, known.height) == (image.width, image.height) else {
      throw .corrupt(
        file: file, record: nil, expected: "\(known.width)×\(known.height) as \(known.file) has",
        found: "\(image.width)×\(image.height)")
    }
    size = known
    if image.layout.hasColor { hasColor = true }
    let description = InputDescription(channels: 3, height: image.height, width: image.width)
    let values: [Float]
    do {
      values = try description.prepared(image, inversion: .no).tensor.values
    } catch {
      throw .input(file: file, error)
    }
    guard values.allSatisfy(\.isFinite) else {
      throw .corrupt(file: file, record: nil, expected: "numbers", found: "NaN or infinity")
    }
    let plane = image.width * image.height
    for c in 0..<3 {
      for value in values[c * plane..<(c + 1) * plane] {
        sums[c] += Double(value)
        squares[c] += Double(value) * Double(value)
      }
    }
    count += Double(plane)
  }

  var input: InputDescription {
    let channels = hasColor ? 3 : 1
    let means = sums.prefix(channels).map { $0 / max(count, 1) }
    let deviations = zip(squares, means).map { square, mean in
      max(max(square / max(count, 1) - mean * mean, 0).squareRoot(), 1e-3)
    }
    return InputDescription(
      channels: channels, height: size?.height ?? 1, width: size?.width ?? 1,
      mean: means.map(Self.rounded), standardDeviation: deviations.map(Self.rounded))
  }

  private static func rounded(_ value: Double) -> Double { (value * 1e4).rounded() / 1e4 }
}
