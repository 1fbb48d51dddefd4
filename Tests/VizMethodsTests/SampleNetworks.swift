import VizNN
import VizTestSupport

/// Small networks with random parameters.
enum SampleNetworks {
  /// Convolution, ReLU and pooling twice, then two dense layers: the shape of many digit readers.
  static func digits(seed: UInt64 = 1) throws -> Network {
    let architecture = try Architecture(
      input: .init("image", shape: [nil, 1, 12, 12]),
      sequence: [
        ("conv1", Conv2d(inputChannels: 1, outputChannels: 4, kernelSize: 3)),
        ("relu1", ReLU()),
        ("pool1", MaxPool2d(kernelSize: 2)),
        ("conv2", Conv2d(inputChannels: 4, outputChannels: 6, kernelSize: 3, padding: 1)),
        ("norm2", BatchNorm2d(features: 6)),
        ("relu2", ReLU()),
        ("drop", Dropout()),
        ("flatten", Flatten()),
        ("fc1", Linear(inputFeatures: 150, outputFeatures: 8)),
        ("relu3", ReLU()),
        ("fc2", Linear(inputFeatures: 8, outputFeatures: 3)),
      ])
    return try random(architecture, seed: seed)
  }

  /// A network whose variances are positive and whose other parameters are between −1 and 1.
  static func random(_ architecture: Architecture, seed: UInt64) throws -> Network {
    var random = SplitMix64(seed: seed)
    var parameters: [String: Tensor] = [:]
    for parameter in architecture.parameterShapes {
      let isVariance = parameter.name.hasSuffix("running_var")
      parameters[parameter.name] = random.tensor(
        parameter.shape, in: isVariance ? 0.5...1.5 : -1...1)
    }
    return try Network(architecture, parameters: parameters)
  }
}

extension SplitMix64 {
  mutating func tensor(_ shape: Shape, in range: ClosedRange<Float> = -1...1) -> Tensor {
    Tensor(
      shape: shape, values: (0..<shape.count).map { _ in Float.random(in: range, using: &self) })
  }
}
