internal import VizNN

/// Brightness, contrast, saturation and hue by random amounts, in a random order.
struct ColorJitter: PictureTransform {
  /// Factors around 1; nil for no change.
  let brightness: ClosedRange<Double>?
  let contrast: ClosedRange<Double>?
  let saturation: ClosedRange<Double>?
  /// In turns.
  let hue: ClosedRange<Double>?

  func steps(for size: PictureSize, using generator: inout SeededGenerator) -> [PictureStep] {
    let steps = [
      brightness.map { PictureStep.brightness(generator.uniform($0)) },
      contrast.map { .contrast(generator.uniform($0)) },
      saturation.map { .saturation(generator.uniform($0)) },
      hue.map { .hue(generator.uniform($0)) },
    ]
    return steps.shuffled(using: &generator).compactMap(\.self)
  }

  static let entry = TransformEntry(
    name: "ColorJitter", summary: "Brightness, contrast, saturation and hue by random amounts",
    arguments: ["brightness", "contrast", "saturation", "hue"].map { .init($0, 0) }
  ) { (arguments) throws(LayerError) in
    func factors(_ name: String) throws(LayerError) -> ClosedRange<Double>? {
      let range = try arguments.reach(name, around: 1, in: 0...1000)
      return range == 1...1 ? nil : range
    }
    let hue = try arguments.reach("hue", in: -0.5...0.5)
    return ColorJitter(
      brightness: try factors("brightness"), contrast: try factors("contrast"),
      saturation: try factors("saturation"), hue: hue == 0...0 ? nil : hue)
  }
}

/// Gray, in one channel or in three that are alike.
struct Grayscale: PictureTransform {
  let count: Int

  func channels(of count: Int) -> Int { self.count }

  func steps(for size: PictureSize, using generator: inout SeededGenerator) -> [PictureStep] {
    [.gray(channels: count)]
  }

  static let entry = TransformEntry(
    name: "Grayscale", summary: "Gray, in one channel or in three that are alike",
    arguments: [.init("num_output_channels", 1)]
  ) { (arguments) throws(LayerError) in
    let count = try arguments.int("num_output_channels", in: 1...3)
    guard count != 2 else { throw arguments.wrong("num_output_channels", "1 or 3") }
    return Grayscale(count: count)
  }
}

/// Bytes as numbers of 0…1: every picture becomes a tensor at the end, whether this says so or not.
struct ToTensor: PictureTransform {
  func steps(for size: PictureSize, using generator: inout SeededGenerator) -> [PictureStep] { [] }

  static let entry = TransformEntry(
    name: "ToTensor", summary: "Does nothing: pictures become tensors in any case"
  ) { _ in ToTensor() }
}

/// What numbers of 0…1 are reduced by and divided by, in place of the data's own.
struct Normalize: PictureTransform {
  /// One for all channels, or one for each.
  let mean: [Double]
  let standardDeviation: [Double]

  func steps(for size: PictureSize, using generator: inout SeededGenerator) -> [PictureStep] { [] }

  static let entry = TransformEntry(
    name: "Normalize", summary: "Mean and deviation of the channels, in place of the data's own",
    arguments: [.init("mean"), .init("std")]
  ) { (arguments) throws(LayerError) in
    let (mean, deviation) = (try arguments.doubles("mean"), try arguments.doubles("std"))
    guard [1, 3].contains(mean.count), mean.allSatisfy({ abs($0) <= 1e6 }) else {
      throw arguments.wrong("mean", "1 or 3 numbers")
    }
    guard deviation.count == mean.count, deviation.allSatisfy({ 1e-6...1e6 ~= $0 }) else {
      throw arguments.wrong("std", "as many numbers above 0 as in mean")
    }
    return Normalize(mean: mean, standardDeviation: deviation)
  }
}
