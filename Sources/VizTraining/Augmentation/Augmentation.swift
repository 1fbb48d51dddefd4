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
  /// The size of pictures of a size afterwards; nil where they differ.
  public func size(of size: PictureSize?) -> PictureSize? {
    items.reduce(size) { $1.transform.size(of: $0) }
  }

  /// The input of a network that learns from data with this description; `size` is nil where the data's
  /// pictures have several.
  ///
  /// Pictures that are not augmented, as those that are held back, become such inputs by themselves: of the
  /// scale that the transforms give them, and cut to their middle.
  func input(
    for data: InputDescription, size whole: PictureSize?, source: String
  ) throws(DatasetError) -> InputDescription {
    guard let size = self.size(of: whole) else {
      throw .unsuitable(
        source: source, expected: "transforms that give all pictures one size",
        found: "\(text), which does not")
    }
    let channels = items.reduce(data.channels) { $1.transform.channels(of: $0) }
    var input = data.adapted(toChannels: channels)
    (input.height, input.width) = (size.height, size.width)
    input.resizeSide = resizeSide(of: whole, for: size)
    if let normalize = items.last?.transform as? Normalize {
      guard [1, channels].contains(normalize.mean.count) else {
        throw .unsuitable(
          source: source,
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

  /// What the shorter side of a picture becomes before its middle is cut out; nil where nothing is cut.
  private func resizeSide(of whole: PictureSize?, for input: PictureSize) -> Int? {
    var (side, size) = (whole.map { Double(min($0.width, $0.height)) }, whole)
    for item in items {
      side = item.transform.wholeSide(of: side, size: size)
      size = item.transform.size(of: size)
    }
    guard let side else { return nil }
    let rounded = min(max(1, Int(side.rounded())), Self.maximumSide)
    let isWhole = whole.map { Resize(target: .shorterSide(rounded)).size(of: $0) == input }
    return isWhole ?? false ? nil : rounded
  }

  private static let maximumSide = LayerArguments.sides.upperBound
}
