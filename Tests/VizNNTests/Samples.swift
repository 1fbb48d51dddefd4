import VizNN
import VizTestSupport

/// Networks that tests run.
enum SampleNetwork {
  /// A network with random parameters.
  static func random(_ architecture: Architecture, seed: UInt64 = 1) throws -> Network {
    var random = SplitMix64(seed: seed)
    return try Network(
      architecture, parameters: random.parameters(architecture.parameterShapes))
  }

  /// Convolution, batch normalisation and ReLU in a row, a skip around two of them, a dense end.
  static func residual(height: Int? = nil) throws -> Architecture {
    typealias Node = Architecture.Node
    return try Architecture(
      inputs: [.init("image", shape: [nil, 3, height, height])],
      nodes: [
        Node(
          "conv1",
          Conv2d(inputChannels: 3, outputChannels: 8, kernelSize: 3, padding: 1, bias: false),
          inputs: ["image"]),
        Node("bn1", BatchNorm2d(features: 8), inputs: ["conv1"]),
        Node("relu1", ReLU(), inputs: ["bn1"]),
        Node(
          "conv2", Conv2d(inputChannels: 8, outputChannels: 8, kernelSize: 3, padding: 1),
          inputs: ["relu1"]),
        Node("bn2", BatchNorm2d(features: 8), inputs: ["conv2"]),
        Node("add", Add(), inputs: ["bn2", "relu1"]),
        Node("relu2", ReLU6(), inputs: ["add"]),
        Node(
          "depthwise",
          Conv2d(inputChannels: 8, outputChannels: 8, kernelSize: 3, stride: 2, groups: 8),
          inputs: ["relu2"]),
        Node("bn3", BatchNorm2d(features: 8), inputs: ["depthwise"]),
        Node("relu3", ReLU6(), inputs: ["bn3"]),
        Node("pool", AdaptiveAvgPool2d(height: 1, width: 1), inputs: ["relu3"]),
        Node("flatten", Flatten(), inputs: ["pool"]),
        Node("fc", Linear(inputFeatures: 8, outputFeatures: 5), inputs: ["flatten"]),
        Node("norm", BatchNorm1d(features: 5), inputs: ["fc"]),
        Node("unused", Softmax(), inputs: ["fc"]),
      ],
      outputs: [.init("logits", value: "norm")])
  }

  static func conv(_ inputs: Int, _ outputs: Int, _ size: Int, padding: Int = 0) -> Conv2d {
    Conv2d(
      inputChannels: inputs, outputChannels: outputs, kernelSize: Pair(size, size),
      padding: .symmetric(Pair(padding, padding)))
  }
}
