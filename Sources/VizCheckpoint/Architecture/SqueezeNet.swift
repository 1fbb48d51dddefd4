internal import VizInput

/// Small networks of modules that squeeze the channels and widen them again two ways.
///
/// - Source: Iandola et al. 2016, arXiv:1602.07360, table 1; layer names of torchvision.models.squeezenet, whose
///   version 1.1 pools earlier.
enum SqueezeNet {
  static let entry0 = entry(
    "squeezenet1_0", stem: (96, 7),
    modules: [16, 16, 32, nil, 32, 48, 48, 64, nil, 64])
  static let entry1 = entry(
    "squeezenet1_1", stem: (64, 3),
    modules: [16, 16, nil, 32, 32, nil, 48, 48, 64, 64])

  /// Squeezed channels of the modules from the fourth layer on, nil for a pooling; a module makes eight times
  /// as many.
  private static func entry(
    _ name: String, stem: (channels: Int, size: Int), modules: [Int?]
  ) -> ZooEntry {
    ZooEntry(
      name: name, summary: "SqueezeNet \(name.suffix(3).replacing("_", with: ".")) of torchvision",
      input: InputPreset.imagenet.input, classCount: 1000, stem: "features.0.weight",
      head: "classifier.1.weight"
    ) { place in
      let pool = "MaxPool2d(3, stride=2, ceil_mode=True)"
      var lines = [
        "features.0: Conv2d(\(place.channels), \(stem.channels), \(stem.size), stride=2)",
        "features.1: ReLU()", "features.2: \(pool)",
      ]
      var input = stem.channels
      for (i, squeezed) in modules.enumerated() {
        let name = "features.\(i + 3)"
        guard let squeezed else { lines.append("\(name): \(pool)"); continue }
        lines += module(name, input, squeezed)
        input = 8 * squeezed
      }
      lines += [
        "classifier.0: Dropout(0.5)", "classifier.1: Conv2d(\(input), \(place.classes), 1)",
        "classifier.2: ReLU()", "classifier.3: AdaptiveAvgPool2d(1)", "flatten: Flatten()",
      ]
      return lines.joined(separator: "\n")
    }
  }

  private static func module(_ name: String, _ input: Int, _ squeezed: Int) -> [String] {
    let (wide, source) = (4 * squeezed, "\(name).squeeze_activation")
    return [
      "\(name).squeeze: Conv2d(\(input), \(squeezed), 1)", "\(source): ReLU()",
      "\(name).expand1x1: Conv2d(\(squeezed), \(wide), 1)", "\(name).expand1x1_activation: ReLU()",
      "\(name).expand3x3: Conv2d(\(squeezed), \(wide), 3, padding=1)(\(source))",
      "\(name).expand3x3_activation: ReLU()",
      "\(name): cat(\(name).expand1x1_activation, \(name).expand3x3_activation)",
    ]
  }
}
