public import VizImage
internal import VizNN
internal import VizRender
public import VizTraining

/// What a network would see of a picture, again and again.
public struct AugmentationSheet: Sendable {
  public let name: String
  public let augmentation: Augmentation
  public let original: Pixels
  public let augmented: [Pixels]

  /// Draws `count` times; the numbers follow from the seed.
  public init(
    of image: Image, name: String, _ augmentation: Augmentation, count: Int, seed: UInt64 = 0
  ) throws(PipelineError) {
    self.name = PictureReader.name(of: name)
    self.augmentation = augmentation
    original = Pixels(image, channels: image.layout.colorChannels)
    var augmented: [Pixels] = []
    for i in 0..<count {
      var generator = SeededGenerator(seed: seed, .augmentation, 0, UInt64(i))
      do throws(PictureTransformError) {
        augmented.append(try augmentation.applied(to: original, using: &generator))
      } catch {
        throw .training(
          .data(
            .corrupt(file: self.name, record: nil, expected: error.expected, found: error.found)))
      }
    }
    self.augmented = augmented
  }

  public func image(columns: Int? = nil) -> Image {
    let tiles =
      [GridTile(.image(original.image), caption: "as it is")]
      + augmented.enumerated().map { GridTile(.image($1.image), caption: "\($0 + 1)") }
    return Grid(
      tiles: tiles, title: "\(OutputPlan.name(of: name)), augmented",
      footer: augmentation.text, columns: columns, maximumTileSide: 240
    ).image()
  }
}
