internal import VizInput

/// MobileNet of the second version: bottlenecks the other way round, narrow outside and wide within.
///
/// - Source: Sandler et al. 2018, arXiv:1801.04381, table 2; layer names of torchvision.models.mobilenetv2,
///   width 1.
enum MobileNet {
  /// How much wider it is within, channels, how many blocks, the stride of the first.
  private static let stages = [
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
    (6, 320, 1, 1),
  ]

  static let entry = ZooEntry(
    name: "mobilenet_v2", summary: "MobileNetV2 of torchvision", input: InputPreset.imagenet.input,
    classCount: 1000, stem: "features.0.0.weight", head: "classifier.1.weight"
  ) { place in
    var lines = unit(
      "features.0", "Conv2d(\(place.channels), 32, 3, stride=2, padding=1, bias=False)", 32)
    var (input, last, index) = (32, "features.0.2", 1)
    for (expansion, output, count, stride) in stages {
      for block in 0..<count {
        let name = "features.\(index)"
        lines += bottleneck(
          name, reading: last, input, output, expansion, stride: block == 0 ? stride : 1)
        (input, last, index) = (output, name, index + 1)
      }
    }
    lines += unit("features.18", "Conv2d(320, 1280, 1, bias=False)(\(last))", 1280)
    lines += [
      "avgpool: AdaptiveAvgPool2d(1)", "flatten: Flatten()", "classifier.0: Dropout(0.2)",
      "classifier.1: Linear(1280, \(place.classes))",
    ]
    return lines.joined(separator: "\n")
  }

  private static func unit(_ name: String, _ convolution: String, _ channels: Int) -> [String] {
    [
      "\(name).0: \(convolution)", "\(name).1: BatchNorm2d(\(channels))", "\(name).2: ReLU6()",
    ]
  }

  /// Wider, over each channel by itself, and narrow again; with what went in added where it fits.
  private static func bottleneck(
    _ name: String, reading last: String, _ input: Int, _ output: Int, _ expansion: Int,
    stride: Int
  ) -> [String] {
    let width = input * expansion
    var lines: [String] = []
    var (place, source) = (0, "(\(last))")
    if expansion > 1 {
      lines += unit("\(name).conv.0", "Conv2d(\(input), \(width), 1, bias=False)\(source)", width)
      (place, source) = (1, "")
    }
    lines += unit(
      "\(name).conv.\(place)",
      "Conv2d(\(width), \(width), 3, stride=\(stride), padding=1, groups=\(width), bias=False)"
        + source, width)
    let norm = "\(name).conv.\(place + 2)"
    lines += [
      "\(name).conv.\(place + 1): Conv2d(\(width), \(output), 1, bias=False)",
      "\(norm): BatchNorm2d(\(output))",
    ]
    let isAdded = stride == 1 && input == output
    return lines + ["\(name): " + (isAdded ? "add(\(last), \(norm))" : "Identity()")]
  }
}
