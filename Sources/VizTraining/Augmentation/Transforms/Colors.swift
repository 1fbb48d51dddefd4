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
