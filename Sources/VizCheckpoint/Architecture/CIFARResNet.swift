internal import VizInput

/// Residual networks for 32×32 pictures: three stages of 16, 32 and 64 channels, 6n + 2 layers.
///
/// Shortcuts have no weights (option A): between stages, every second row and column is taken and the
/// missing channels are zeros, half of them before and half behind.
///
/// - Source: He et al. 2015, arXiv:1512.03385, section 4.2; layer names of
///   github.com/akamaster/pytorch_resnet_cifar10.
enum CIFARResNet {
  static func entry(_ depth: Int) -> ZooEntry {
    ZooEntry(
      name: "resnet\(depth)", summary: "ResNet-\(depth) for CIFAR-10, shortcuts of option A",
      input: InputDescription(
        channels: 3, height: 32, width: 32, mean: InputPreset.imagenet.input.mean,
        standardDeviation: InputPreset.imagenet.input.standardDeviation),
      classCount: 10, stem: "conv1.weight", head: "linear.weight"
    ) { place in
      var lines = [
        "conv1: Conv2d(\(place.channels), 16, 3, padding=1, bias=False)",
        "bn1: BatchNorm2d(16)",
        "relu: ReLU()",
      ]
      var last = "relu"
      for stage in 0..<3 {
        for block in 0..<(depth - 2) / 6 {
          let name = "layer\(stage + 1).\(block)"
          lines += self.block(name, width: 16 << stage, halves: stage > 0 && block == 0, last)
          last = name + ".out"
        }
      }
      lines += [
        "avgpool: AdaptiveAvgPool2d(1)", "flatten: Flatten()",
        "linear: Linear(64, \(place.classes))",
      ]
      return lines.joined(separator: "\n")
    }
  }

  private static func block(
    _ name: String, width: Int, halves: Bool, _ previous: String
  ) -> [String] {
    let (input, stride) = halves ? (width / 2, 2) : (width, 1)
    var lines = [
      "\(name).conv1: Conv2d(\(input), \(width), 3, stride=\(stride), padding=1, bias=False)"
        + "(\(previous))",
      "\(name).bn1: BatchNorm2d(\(width))",
      "\(name).relu: ReLU()",
      "\(name).conv2: Conv2d(\(width), \(width), 3, padding=1, bias=False)",
      "\(name).bn2: BatchNorm2d(\(width))",
    ]
    var shortcut = previous
    if halves {
      shortcut = "\(name).shortcut"
      lines += [
        // A window of one sample with a stride of two takes every second one.
        "\(name).subsample: MaxPool2d(1, stride=2)(\(previous))",
        "\(shortcut): Pad((0, 0, 0, 0, \(width / 4), \(width / 4)))",
      ]
    }
    return lines + ["\(name).add: add(\(name).bn2, \(shortcut))", "\(name).out: ReLU()"]
  }
}
