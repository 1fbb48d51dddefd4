public import VizNN

/// A way to change pictures of which something may be left to chance.
///
/// What is random is drawn first, and apart from the picture's bytes: `steps` says what to do to a picture of
/// a size, and `Pixels.applying` does it.
public protocol PictureTransform: Equatable, Sendable {
  /// What to do to a picture of this size, everything random being drawn.
  func steps(
    for size: PictureSize, using generator: inout SeededGenerator
  ) throws(PictureTransformError) -> [PictureStep]

  /// The size of pictures of this size afterwards.
  func size(of size: PictureSize) -> PictureSize

  /// How many channels pictures of so many channels have afterwards.
  func channels(of count: Int) -> Int

  /// The shorter side that whole pictures would have afterwards, cut or not: the scale that a network sees
  /// things at.
  ///
  /// `side` is what it was before, and `size` that of what may be a part of the picture.
  func wholeSide(of side: Double, size: PictureSize) -> Double
}

extension PictureTransform {
  public func size(of size: PictureSize) -> PictureSize { size }
  public func channels(of count: Int) -> Int { count }
  public func wholeSide(of side: Double, size: PictureSize) -> Double { side }

  /// Whether another is of the same kind, with the same numbers.
  func equals(_ other: any PictureTransform) -> Bool { other as? Self == self }
}

/// A picture that a transform cannot be used on.
public enum PictureTransformError: Error, Equatable, Sendable {
  /// No part of this size can be cut out of it.
  case tooSmall(transform: String, needed: PictureSize, found: PictureSize)
  /// It would have more pixels than the limit.
  case tooLarge(transform: String, size: PictureSize, limit: Int)
}

extension PictureTransformError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooSmall(let transform, let needed, let found):
      "expected \(needed) or more for \(transform), found \(found)"
    case .tooLarge(let transform, let size, let limit):
      "expected at most \(limit) pixels after \(transform), found \(size)"
    }
  }
}

/// All that is known about a transform: its text is read and written by it.
///
/// It stands beside the transform; `TransformRegistry` has a line for it.
public struct TransformEntry: Sendable {
  /// torchvision's class, or its function for what has no class.
  public let name: String
  public let summary: String
  /// In torchvision's order, with its names and defaults.
  public let arguments: [LayerEntry.Argument]
  private let make: @Sendable (LayerArguments) throws(LayerError) -> any PictureTransform

  init(
    name: String, summary: String, arguments: [LayerEntry.Argument] = [],
    make: @escaping @Sendable (LayerArguments) throws(LayerError) -> any PictureTransform
  ) {
    self.name = name
    self.summary = summary
    self.arguments = arguments
    self.make = make
  }

  /// The transform that a constructor's call makes: `RandomCrop(32, padding=4)`.
  public func item(
    _ positional: [LayerValue] = [], _ named: LayerArguments = [:]
  ) throws(LayerError) -> Augmentation.Item {
    let all = try arguments.matched(positional, named, of: name)
    return Augmentation.Item(
      name: name, arguments: arguments.shortened(all), transform: try make(all))
  }
}

/// The transforms there are, by their names.
public enum TransformRegistry {
  public static let all: [TransformEntry] = [
    RandomCrop.entry, RandomHorizontalFlip.entry, RandomVerticalFlip.entry, RandomRotation.entry,
    RandomAffine.entry, FixedAffine.entry, ColorJitter.entry, Grayscale.entry, Resize.entry,
    CenterCrop.entry, RandomResizedCrop.entry, ToTensor.entry, Normalize.entry,
  ]

  public static func entry(named name: String) throws(LayerError) -> TransformEntry {
    guard let entry = all.first(where: { $0.name == name }) else {
      throw .unknownLayer(name: name)
    }
    return entry
  }
}
