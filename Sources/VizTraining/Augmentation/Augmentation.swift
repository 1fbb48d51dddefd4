internal import VizInput
public import VizNN

/// How pictures are changed before a network sees them: transforms one after the other.
///
/// Names, arguments and meaning are torchvision's. What is random is drawn from a generator that follows from
/// a run's seed, the epoch and the picture's number.
public struct Augmentation: Sendable {
  /// A transform as it is written.
  public struct Item: Sendable {
    public let name: String
    /// Those that differ from the defaults.
    public let arguments: LayerArguments
    let transform: any PictureTransform

    /// What it does to a picture of a size, everything random being drawn.
    public func steps(
      for size: PictureSize, using generator: inout SeededGenerator
    ) throws(PictureTransformError) -> [PictureStep] {
      try transform.steps(for: size, using: &generator)
    }
  }

  public let items: [Item]

  /// Pixels of the largest picture on the way.
  public static let maximumPixels = InputDescription.maximumPixels

  /// - Throws: where `Normalize` is not the last: what stands behind it would get numbers instead of pictures.
  public init(_ items: [Item]) throws(LayerError) {
    let place = items.firstIndex { $0.transform is Normalize }
    if let place, place != items.count - 1 {
      throw .unsupported(found: "\(items[place + 1].name) behind it", expected: "nothing")
    }
    self.items = items
  }

  /// Whether the last transform says what numbers are reduced by: of a picture that is drawn it changes nothing.
  public var normalizes: Bool { items.last?.transform is Normalize }

  /// The calls, in one line, as they can be read again.
  public var text: String {
    items.map { item in
      let arguments = item.arguments.items.map { "\($0.name)=\($0.value)" }
      return "\(item.name)(\(arguments.joined(separator: ", ")))"
    }.joined(separator: ", ")
  }

  /// The picture after all transforms.
  public func applied(
    to pixels: Pixels, using generator: inout SeededGenerator
  ) throws(PictureTransformError) -> Pixels {
    var pixels = pixels
    for item in items {
      for step in try item.steps(for: pixels.size, using: &generator) {
        let size = step.size(of: pixels.size)
        guard size.width * size.height <= Self.maximumPixels else {
          throw .tooLarge(transform: item.name, size: size, limit: Self.maximumPixels)
        }
        pixels = pixels.applying(step)
      }
    }
    return pixels
  }
}

extension Augmentation: Equatable {
  /// Whether both do the same, however it is written: `10` or `10.0`.
  public static func == (a: Augmentation, b: Augmentation) -> Bool {
    a.items.count == b.items.count
      && zip(a.items, b.items).allSatisfy { $0.transform.equals($1.transform) }
  }
}

// MARK: - What a network sees of it

extension Augmentation {
  /// The size of pictures of a size afterwards.
  public func size(of size: PictureSize) -> PictureSize {
    items.reduce(size) { $1.transform.size(of: $0) }
  }

  /// The input of a network that learns from these data.
  ///
  /// Pictures that are not augmented, as those that are held back, become such inputs by themselves: of the
  /// height and width that a `Resize` gives them, or of the scale that the transforms give a mean picture, and cut
  /// to their middle.
  ///
  /// - Throws: where pictures have several sizes afterwards, or the scale that a network learns them at would
  ///   depend on their size; where a transform cannot be used on them.
  func input(for data: DataSet) throws(DatasetError) -> InputDescription {
    let size = try data.commonSize(after: self)
    try check(data)
    let channels = items.reduce(data.input.channels) { $1.transform.channels(of: $0) }
    var input = data.input.adapted(toChannels: channels)
    (input.height, input.width) = (size.height, size.width)
    input.resizeSize = resizeSize(of: data.sizes)
    input.resizeSide = input.resizeSize == nil ? resizeSide(of: data.sizes, for: size) : nil
    if let normalize = items.last?.transform as? Normalize {
      guard [1, channels].contains(normalize.mean.count) else {
        throw .unsuitable(
          source: data.source,
          expected: "a Normalize with \(channels == 1 ? "one mean" : "1 or \(channels) means")",
          found: "\(normalize.mean.count) means")
      }
      func all(_ values: [Double]) -> [Double] {
        values.count == channels ? values : Array(repeating: values[0], count: channels)
      }
      input.range = 0...1
      input.mean = all(normalize.mean)
      input.standardDeviation = all(normalize.standardDeviation)
    }
    return input
  }

  /// Asks the transforms for every size before the first picture is changed.
  private func check(_ data: DataSet) throws(DatasetError) {
    for group in data.sizes {
      var generator = SeededGenerator(seed: 0)
      var size = group.size
      for item in items {
        do {
          _ = try item.steps(for: size, using: &generator)
        } catch {
          let file = data.sizes.count == 1 ? data.source : data.name(of: group.first)
          throw .transform(file: file, error)
        }
        size = item.transform.size(of: size)
      }
    }
    let sides = data.sizes.map { Double(min($0.size.width, $0.size.height)) }
    guard let least = sides.min(), let most = sides.max(), least < most else { return }
    // Parts of pictures as they are, small ones and large ones: what is judged has one scale.
    if data.sizes.map({ wholeSide(of: $0.size) }) == sides {
      throw .unsuitable(
        source: data.source,
        expected: "a Resize, as shorter sides are of \(Int(least)) to \(Int(most)) pixels",
        found: text)
    }
  }

  /// Height and width that whole pictures are given before a part may be cut out; nil where the transforms keep
  /// their proportion.
  private func resizeSize(of sizes: [DataSet.SizeGroup]) -> InputSize? {
    guard let last = items.lastIndex(where: { $0.transform is Resize }),
      case .size(let given)? = (items[last].transform as? Resize)?.target
    else { return nil }
    for group in sizes {
      var size = group.size
      for item in items[..<last] {
        let next = item.transform.size(of: size)
        guard item.transform is Resize || next == size else { return nil }
        size = next
      }
    }
    let side = Double(min(given.width, given.height))
    let isCut = items[(last + 1)...].allSatisfy {
      $0.transform.wholeSide(of: side, size: given) == side
    }
    let proportional = Resize(target: .shorterSide(min(given.width, given.height)))
    guard isCut, sizes.contains(where: { proportional.size(of: $0.size) != given }) else {
      return nil
    }
    return InputSize(width: given.width, height: given.height)
  }

  /// What the shorter side of a picture becomes before its middle is cut out; nil where nothing is cut.
  private func resizeSide(of sizes: [DataSet.SizeGroup], for input: PictureSize) -> Int? {
    let sum = sizes.reduce(0) { $0 + wholeSide(of: $1.size) * Double($1.count) }
    let side = sum / Double(sizes.reduce(0) { $0 + $1.count })
    let rounded = Int(min(max(1, side.rounded()), Double(Self.maximumSide)))
    let whole = Resize(target: .shorterSide(rounded))
    return sizes.allSatisfy { whole.size(of: $0.size) == input } ? nil : rounded
  }

  private func wholeSide(of size: PictureSize) -> Double {
    items.reduce((side: Double(min(size.width, size.height)), size: size)) {
      ($1.transform.wholeSide(of: $0.side, size: $0.size), $1.transform.size(of: $0.size))
    }.side
  }

  private static let maximumSide = LayerArguments.sides.upperBound
}
