internal import VizImage

/// How the pictures of a well-known data set become inputs, by name: `--preprocess mnist`.
public struct InputPreset: Equatable, Sendable {
  public let name: String
  public let summary: String
  public let input: InputDescription

  /// Every preset.
  ///
  /// Means and deviations are those of the training pictures.
  public static let all = [mnist, cifar10, imagenet]

  /// Handwritten digits: white strokes on black.
  public static let mnist = InputPreset(
    name: "mnist", summary: "28×28 gray, light on dark",
    input: InputDescription(
      channels: 1, height: 28, width: 28, mean: [0.1307], standardDeviation: [0.3081],
      isLightOnDark: true))

  public static let cifar10 = InputPreset(
    name: "cifar10", summary: "32×32 colour",
    input: InputDescription(
      channels: 3, height: 32, width: 32, mean: [0.4914, 0.4822, 0.4465],
      standardDeviation: [0.2470, 0.2435, 0.2616]))

  /// As torchvision's published weights want it.
  public static let imagenet = InputPreset(
    name: "imagenet", summary: "the middle 224×224 of 256, colour",
    input: InputDescription(
      channels: 3, height: 224, width: 224, resizeSide: 256, mean: [0.485, 0.456, 0.406],
      standardDeviation: [0.229, 0.224, 0.225]))

  /// The preset of a name, in capitals or not.
  ///
  /// - Throws: ``InputError/unknownPreset(_:)`` with what may have been meant.
  public static func named(_ name: String) throws(InputError) -> InputPreset {
    guard let preset = all.first(where: { $0.name == name.lowercased() }) else {
      throw .unknownPreset(name)
    }
    return preset
  }
}
