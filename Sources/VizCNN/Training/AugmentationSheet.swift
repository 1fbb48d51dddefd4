internal import Synchronization
public import VizImage
internal import VizNN
internal import VizRender
public import VizTraining

/// What a network would see of a picture, again and again.
public struct AugmentationSheet: Sendable {
  public let name: String
  public let augmentation: Augmentation
  public let original: Pixels
  /// No larger than the sheet shows them: what is drawn often need not be held in full.
  public let augmented: [Image]

  /// Tiles are no larger.
  private static let tileSide = 240

  /// Draws `count` times on at most `jobs` threads; the numbers follow from the seed.
  public init(
    of image: Image, name: String, _ augmentation: Augmentation, count: Int, seed: UInt64 = 0,
    jobs: Int = Engine.processorCount
  ) throws(PipelineError) {
    self.name = PictureReader.name(of: name)
    self.augmentation = augmentation
    let original = Pixels(image, channels: image.layout.colorChannels)
    self.original = original
    let made = Mutex<[Result<Image, PictureTransformError>]>([])
    OrderedWork.run(count: count, jobs: jobs) { i in
      Result { () throws(PictureTransformError) in
        var generator = SeededGenerator(seed: seed, .augmentation, 0, UInt64(i))
        return try augmentation.applied(to: original, using: &generator)
          .image.shrunk(toSide: Self.tileSide)
      }
    } finish: { _, result in
      result
    } report: { _, result in
      made.withLock { $0.append(result) }
      return (try? result.get()) != nil
    }
    var augmented: [Image] = []
    for result in made.withLock(\.self) {
      do throws(PictureTransformError) {
        augmented.append(try result.get())
      } catch {
        throw .training(.data(.transform(file: self.name, error)))
      }
    }
    self.augmented = augmented
  }

  /// All of them at one size, the original too, so that small crops do not stand in large cells.
  public func image(columns: Int? = nil) -> Image {
    let largest = augmented.map { max($0.width, $0.height) }.max() ?? 0
    let side = max(largest, 96)
    let tiles =
      [GridTile(.image(original.image), caption: "as it is")]
      + augmented.enumerated().map { GridTile(.image($1), caption: "\($0 + 1)") }
    var grid = Grid(
      tiles: tiles, title: "\(OutputPlan.name(of: name)), augmented",
      footer: augmentation.text, columns: columns, minimumTileSide: 96, maximumTileSide: side)
    grid.framesPictures = true
    grid.minimumContentWidth = 420
    return grid.image()
  }
}
