internal import VizCheckpoint
internal import VizInput
internal import VizNN

/// A network with random weights and a batch for it.
struct NetworkCase {
  let name: String
  let architecture: Architecture
  let shape: Shape
  /// What torchvision calls it; nil is a convolution with the numbers below.
  let torchvisionName: String?
  private(set) var stride = 1
  private(set) var padding = 0
  private(set) var groups = 1

  /// A convolution by itself: N × C → K, F/S, size².
  init(
    batch: Int = 1, _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int, size: Int,
    padding: Int, groups: Int = 1
  ) throws {
    let kind = groups == 1 ? "\(inputs)→\(outputs)" : "depthwise \(inputs)"
    name = (batch == 1 ? "" : "\(batch)×") + "\(kind) \(kernel)/\(stride) \(size)²"
    shape = [batch, inputs, size, size]
    architecture = try Architecture(
      input: .init("x", shape: [nil, inputs, size, size]),
      sequence: [
        (
          "conv",
          Conv2d(
            inputChannels: inputs, outputChannels: outputs, kernelSize: Pair(kernel, kernel),
            stride: Pair(stride, stride), padding: .symmetric(Pair(padding, padding)),
            groups: groups)
        )
      ])
    torchvisionName = nil
    (self.stride, self.padding, self.groups) = (stride, padding, groups)
  }

  /// A network of the zoo, which has torchvision's tensors.
  init(named name: String) throws {
    self.name = name
    let entry = try Zoo.entry(named: name)
    architecture = try entry.architecture()
    shape = [1, entry.input.channels, entry.input.height, entry.input.width]
    torchvisionName = name
  }

  func network() throws -> Network { try Network(drawing: architecture) }

  func input() -> Tensor {
    var generator = SeededGenerator(seed: 2)
    return generator.tensor(shape)
  }

  static func all() throws -> [NetworkCase] {
    try [
      NetworkCase(batch: 64, 1, 32, kernel: 3, stride: 1, size: 28, padding: 1),
      NetworkCase(batch: 64, 32, 64, kernel: 3, stride: 1, size: 14, padding: 1),
      NetworkCase(3, 64, kernel: 7, stride: 2, size: 224, padding: 3),
      NetworkCase(64, 64, kernel: 3, stride: 1, size: 56, padding: 1),
      NetworkCase(64, 128, kernel: 3, stride: 2, size: 56, padding: 1),
      NetworkCase(256, 256, kernel: 3, stride: 1, size: 14, padding: 1),
      NetworkCase(512, 512, kernel: 3, stride: 1, size: 7, padding: 1),
      NetworkCase(256, 64, kernel: 1, stride: 1, size: 56, padding: 0),
      NetworkCase(64, 64, kernel: 3, stride: 1, size: 224, padding: 1),
      NetworkCase(3, 64, kernel: 11, stride: 4, size: 224, padding: 2),
      NetworkCase(32, 32, kernel: 3, stride: 1, size: 112, padding: 1, groups: 32),
    ] + ["alexnet", "vgg16", "resnet18", "resnet50"].map { try NetworkCase(named: $0) }
  }
}
