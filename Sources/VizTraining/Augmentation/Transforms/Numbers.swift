internal import VizNN

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
