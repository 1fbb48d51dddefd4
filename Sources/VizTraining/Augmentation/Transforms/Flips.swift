internal import VizNN

/// Left and right change places, with a probability.
struct RandomHorizontalFlip: PictureTransform {
  let probability: Double

  func steps(for size: PictureSize, using generator: inout SeededGenerator) -> [PictureStep] {
    generator.happens(probability) ? [.flippedHorizontally] : []
  }

  static let entry = TransformEntry(
    name: "RandomHorizontalFlip", summary: "Left and right change places, with a probability",
    arguments: [.init("p", 0.5)]
  ) { (arguments) throws(LayerError) in
    RandomHorizontalFlip(probability: try arguments.number("p", in: 0...1))
  }
}

/// Top and bottom change places, with a probability.
struct RandomVerticalFlip: PictureTransform {
  let probability: Double

  func steps(for size: PictureSize, using generator: inout SeededGenerator) -> [PictureStep] {
    generator.happens(probability) ? [.flippedVertically] : []
  }

  static let entry = TransformEntry(
    name: "RandomVerticalFlip", summary: "Top and bottom change places, with a probability",
    arguments: [.init("p", 0.5)]
  ) { (arguments) throws(LayerError) in
    RandomVerticalFlip(probability: try arguments.number("p", in: 0...1))
  }
}
