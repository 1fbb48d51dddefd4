internal import VizInput

/// Residual networks of four stages, of two-layer blocks (18, 34) or bottlenecks (50 and more).
///
/// - Source: He et al. 2015, arXiv:1512.03385, table 1; layer names of torchvision.models.resnet,
///   whose bottlenecks have their stride in the 3×3 convolution.
enum ResNet {
  private static let blocks = [
    18: [2, 2, 2, 2], 34: [3, 4, 6, 3], 50: [3, 4, 6, 3], 101: [3, 4, 23, 3], 152: [3, 8, 36, 3],
  ]

  static func entry(_ depth: Int) -> ZooEntry {
    ZooEntry(
      name: "resnet\(depth)", summary: "ResNet-\(depth) of torchvision",
      input: InputPreset.imagenet.input, classCount: 1000, stem: "conv1.weight", head: "fc.weight"
    ) { place in
      let expansion = depth < 50 ? 1 : 4
      var lines = [
        "conv1: Conv2d(\(place.channels), 64, 7, stride=2, padding=3, bias=False)",
        "bn1: BatchNorm2d(64)",
        "relu: ReLU()",
        "maxpool: MaxPool2d(3, stride=2, padding=1)",
      ]
      var (input, last) = (64, "maxpool")
      for (stage, count) in (blocks[depth] ?? []).enumerated() {
        for block in 0..<count {
          let shape = Block(
            name: "layer\(stage + 1).\(block)", input: input, width: 64 << stage,
            stride: stage > 0 && block == 0 ? 2 : 1, expansion: expansion)
          lines += shape.lines(reading: last)
          (input, last) = (shape.output, shape.name + ".out")
        }
      }
      lines += [
        "avgpool: AdaptiveAvgPool2d(1)", "flatten: Flatten()",
        "fc: Linear(\(input), \(place.classes))",
      ]
      return lines.joined(separator: "\n")
    }
  }

  /// `relu(x + F(x))`, x through a 1×1 convolution where its shape is another.
  private struct Block {
    let name: String
    let input: Int
    let width: Int
    let stride: Int
    let expansion: Int

    var output: Int { width * expansion }

    func lines(reading previous: String) -> [String] {
      let lines = expansion == 1 ? basic(previous) : bottleneck(previous)
      let body = "\(name).bn\(expansion == 1 ? 2 : 3)"
      guard stride != 1 || input != output else {
        return lines + sum(body, previous)
      }
      return lines + [
        "\(name).downsample.0: Conv2d(\(input), \(output), 1, stride=\(stride), bias=False)"
          + "(\(previous))",
        "\(name).downsample.1: BatchNorm2d(\(output))",
      ] + sum(body, "\(name).downsample.1")
    }

    private func basic(_ previous: String) -> [String] {
      [
        "\(name).conv1: Conv2d(\(input), \(width), 3, stride=\(stride), padding=1, bias=False)"
          + "(\(previous))",
        "\(name).bn1: BatchNorm2d(\(width))",
        "\(name).relu: ReLU()",
        "\(name).conv2: Conv2d(\(width), \(width), 3, padding=1, bias=False)",
        "\(name).bn2: BatchNorm2d(\(width))",
      ]
    }

    private func bottleneck(_ previous: String) -> [String] {
      [
        "\(name).conv1: Conv2d(\(input), \(width), 1, bias=False)(\(previous))",
        "\(name).bn1: BatchNorm2d(\(width))",
        "\(name).relu1: ReLU()",
        "\(name).conv2: Conv2d(\(width), \(width), 3, stride=\(stride), padding=1, bias=False)",
        "\(name).bn2: BatchNorm2d(\(width))",
        "\(name).relu2: ReLU()",
        "\(name).conv3: Conv2d(\(width), \(output), 1, bias=False)",
        "\(name).bn3: BatchNorm2d(\(output))",
      ]
    }

    private func sum(_ a: String, _ b: String) -> [String] {
      ["\(name).add: add(\(a), \(b))", "\(name).out: ReLU()"]
    }
  }
}
