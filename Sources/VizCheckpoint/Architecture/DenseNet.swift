internal import VizInput

/// Networks whose layers read what all layers before them in the same block have made.
///
/// - Source: Huang et al. 2017, arXiv:1608.06993, table 1; layer names of torchvision.models.densenet.
enum DenseNet {
  private static let blocks = [121: [6, 12, 24, 16]]
  private static let growth = 32

  static func entry(_ depth: Int) -> ZooEntry {
    ZooEntry(
      name: "densenet\(depth)", summary: "DenseNet-\(depth) of torchvision",
      input: InputPreset.imagenet.input, classCount: 1000, stem: "features.conv0.weight",
      head: "classifier.weight"
    ) { place in
      var lines = [
        "features.conv0: Conv2d(\(place.channels), 64, 7, stride=2, padding=3, bias=False)",
        "features.norm0: BatchNorm2d(64)", "features.relu0: ReLU()",
        "features.pool0: MaxPool2d(3, stride=2, padding=1)",
      ]
      var (width, last) = (64, "features.pool0")
      for (i, count) in (blocks[depth] ?? []).enumerated() {
        for j in 0..<count {
          let name = "features.denseblock\(i + 1).denselayer\(j + 1)"
          lines += layer(name, reading: last, width)
          (width, last) = (width + growth, name)
        }
        guard i < 3 else { break }
        lines += transition("features.transition\(i + 1)", width)
        (width, last) = (width / 2, "features.transition\(i + 1).pool")
      }
      lines += [
        "features.norm5: BatchNorm2d(\(width))", "relu: ReLU()", "avgpool: AdaptiveAvgPool2d(1)",
        "flatten: Flatten()", "classifier: Linear(\(width), \(place.classes))",
      ]
      return lines.joined(separator: "\n")
    }
  }

  /// What it reads, and behind it what it makes of that.
  private static func layer(_ name: String, reading last: String, _ width: Int) -> [String] {
    [
      "\(name).norm1: BatchNorm2d(\(width))(\(last))", "\(name).relu1: ReLU()",
      "\(name).conv1: Conv2d(\(width), \(4 * growth), 1, bias=False)",
      "\(name).norm2: BatchNorm2d(\(4 * growth))", "\(name).relu2: ReLU()",
      "\(name).conv2: Conv2d(\(4 * growth), \(growth), 3, padding=1, bias=False)",
      "\(name): cat(\(last), \(name).conv2)",
    ]
  }

  private static func transition(_ name: String, _ width: Int) -> [String] {
    [
      "\(name).norm: BatchNorm2d(\(width))", "\(name).relu: ReLU()",
      "\(name).conv: Conv2d(\(width), \(width / 2), 1, bias=False)",
      "\(name).pool: AvgPool2d(2, stride=2)",
    ]
  }
}
