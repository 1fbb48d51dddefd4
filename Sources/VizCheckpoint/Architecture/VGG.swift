internal import VizInput

/// Nothing but 3×3 convolutions and pooling, 11 to 19 layers with weights.
///
/// - Source: Simonyan & Zisserman 2014, arXiv:1409.1556, table 1; layer names of
///   torchvision.models.vgg.
enum VGG {
  /// How many convolutions stand before each of the five poolings.
  private static let convolutions = [
    11: [1, 1, 2, 2, 2], 13: [2, 2, 2, 2, 2], 16: [2, 2, 3, 3, 3], 19: [2, 2, 4, 4, 4],
  ]
  private static let widths = [64, 128, 256, 512, 512]

  static func entry(_ depth: Int, normalized: Bool = false) -> ZooEntry {
    ZooEntry(
      name: "vgg\(depth)" + (normalized ? "_bn" : ""),
      summary: "VGG-\(depth) of torchvision" + (normalized ? " with batch normalisation" : ""),
      input: InputPreset.imagenet.input, classCount: 1000, stem: "features.0.weight",
      head: "classifier.6.weight"
    ) { place in
      (features(depth, normalized: normalized, channels: place.channels) + classifier(place.classes))
        .joined(separator: "\n")
    }
  }

  private static func features(_ depth: Int, normalized: Bool, channels: Int) -> [String] {
    var layers: [String] = []
    var channels = channels
    for (count, width) in zip(convolutions[depth] ?? [], widths) {
      for _ in 0..<count {
        layers.append("Conv2d(\(channels), \(width), 3, padding=1)")
        if normalized { layers.append("BatchNorm2d(\(width))") }
        layers.append("ReLU()")
        channels = width
      }
      layers.append("MaxPool2d(2)")
    }
    return layers.enumerated().map { "features.\($0): \($1)" }
  }

  private static func classifier(_ classes: Int) -> [String] {
    [
      "avgpool: AdaptiveAvgPool2d(7)",
      "flatten: Flatten()",
      "classifier.0: Linear(25088, 4096)",
      "classifier.1: ReLU()",
      "classifier.2: Dropout(0.5)",
      "classifier.3: Linear(4096, 4096)",
      "classifier.4: ReLU()",
      "classifier.5: Dropout(0.5)",
      "classifier.6: Linear(4096, \(classes))",
    ]
  }
}
