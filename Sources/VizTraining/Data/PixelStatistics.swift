internal import VizFiles
internal import VizImage
internal import VizInput
internal import VizNN

extension DataSet {
  /// Pictures in files; mean and deviation are those of all their pixels, in gray where all are gray.
  init(
    source: String, classNames: [String], labels: [Int], files: [String],
    mayLackClasses: Bool = false
  ) throws(DatasetError) {
    var statistics = PixelStatistics()
    for file in files {
      let bytes = try Self.contents(of: file)
      try statistics.add(try Self.decoded(bytes, file), of: bytes, file)
    }
    try self.init(
      source: source, classNames: classNames, labels: labels, input: statistics.input,
      sizes: statistics.sizes, pictures: .files(files, digest: statistics.digest.value),
      mayLackClasses: mayLackClasses)
  }
}

/// The sizes, the means and the deviations of pictures, and a digest of their files.
private struct PixelStatistics {
  private(set) var sizes: [DataSet.SizeGroup] = []
  /// Of the length and the bytes of each file.
  private(set) var digest = ContentDigest()
  private var places: [PictureSize: Int] = [:]
  private var pictureCount = 0
  private var hasColor = false
  private var sums = [0.0, 0, 0]
  private var squares = [0.0, 0, 0]
  private var pixelCount = 0.0

  mutating func add(_ image: Image, of bytes: [UInt8], _ file: String) throws(DatasetError) {
    digest.update(UInt64(bytes.count))
    digest.update(bytes)
    count(PictureSize(width: image.width, height: image.height))
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
    pixelCount += Double(plane)
  }

  private mutating func count(_ size: PictureSize) {
    if let place = places[size] {
      sizes[place].count += 1
    } else {
      places[size] = sizes.count
      sizes.append(DataSet.SizeGroup(size: size, first: pictureCount, count: 1))
    }
    pictureCount += 1
  }

  var input: InputDescription {
    let channels = hasColor ? 3 : 1
    let means = sums.prefix(channels).map { $0 / max(pixelCount, 1) }
    let deviations = zip(squares, means).map { square, mean in
      max(max(square / max(pixelCount, 1) - mean * mean, 0).squareRoot(), 1e-3)
    }
    return InputDescription(
      channels: channels, height: sizes.first?.size.height ?? 1,
      width: sizes.first?.size.width ?? 1,
      mean: means.map(Self.rounded), standardDeviation: deviations.map(Self.rounded))
  }

  private static func rounded(_ value: Double) -> Double { (value * 1e4).rounded() / 1e4 }
}
