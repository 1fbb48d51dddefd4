import Testing
import VizKernels
import VizNN
import VizTestSupport

/// A layer and inputs large enough that its work is cut into pieces.
private struct LargeCase: Sendable {
  let type: String
  let arguments: LayerArguments
  let shapes: [Shape]

  init(_ type: String, _ arguments: LayerArguments = [:], _ shapes: Shape...) {
    (self.type, self.arguments, self.shapes) = (type, arguments, shapes)
  }

  /// 166,536 numbers, in planes and rows that no vector fits.
  static let image: Shape = [2, 9, 81, 116]

  static let all: [LargeCase] =
    windows + norms + pointwise + pairs + arrangements + resizings
    + [
      LargeCase("Softmax", ["dim": 1], image), LargeCase("LogSoftmax", ["dim": -1], image),
      LargeCase("Linear", ["in_features": 700, "out_features": 301], [37, 700]),
      LargeCase("Linear", ["in_features": 4100, "out_features": 301], [1, 4100]),
      LargeCase("MatMul", [:], [2, 129, 300], [2, 300, 65]),
      LargeCase("Where", [:], image, image, [9, 1, 1]), LargeCase("Mean", [:], image, image),
      LargeCase("ArgMax", ["dim": 1], image),
      LargeCase("IndexSelect", ["dim": 2, "index": [80, 1, 1, -3]], image),
      LargeCase("PrimaryCapsules", ["dim": 3], image),
      LargeCase(
        "CapsuleRouting",
        ["in_capsules": 90, "in_dim": 8, "out_capsules": 10, "out_dim": 16], [50, 90, 8]),
      LargeCase("CapsuleLength", [:], [1009, 10, 16]),
      LargeCase("CapsuleMask", [:], [1009, 10, 16]),
    ]
    + Compare.Operation.allCases.map {
      LargeCase("Compare", ["operation": .string($0.rawValue)], image, [9, 1, 116])
    }
    + Cast.Kind.allCases.map { LargeCase("Cast", ["kind": .string($0.rawValue)], image) }
    + Reduce.Operation.allCases.map {
      LargeCase("Reduce", ["operation": .string($0.rawValue), "dim": [1, 3]], image)
    }

  private static let windows: [LargeCase] = [
    LargeCase(
      "Conv2d", ["in_channels": 9, "out_channels": 20, "kernel_size": 3, "padding": 1], image),
    LargeCase("Conv2d", ["in_channels": 9, "out_channels": 33, "kernel_size": 1], image),
    LargeCase(
      "Conv2d",
      ["in_channels": 9, "out_channels": 18, "kernel_size": 5, "stride": 2, "groups": 3], image),
    LargeCase(
      "Conv2d", ["in_channels": 9, "out_channels": 9, "kernel_size": 3, "groups": 9], image),
    LargeCase(
      "Conv1d", ["in_channels": 90, "out_channels": 40, "kernel_size": 3], [3, 90, 1001]),
    LargeCase(
      "ConvTranspose2d",
      ["in_channels": 9, "out_channels": 7, "kernel_size": 3, "stride": 2, "padding": 1], image),
    LargeCase("MaxPool2d", ["kernel_size": 3, "stride": 2, "padding": 1], image),
    LargeCase("AvgPool2d", ["kernel_size": 3, "stride": 1, "padding": 1], image),
    LargeCase("AdaptiveAvgPool2d", ["output_size": [7, 5]], image),
    LargeCase("AdaptiveMaxPool2d", ["output_size": 1], image),
  ]

  private static let norms: [LargeCase] = [
    LargeCase("BatchNorm2d", ["num_features": 9], image),
    LargeCase("BatchNorm1d", ["num_features": 90], [20, 90, 101]),
    LargeCase("InstanceNorm2d", ["num_features": 9, "affine": true], image),
    LargeCase("InstanceNorm1d", ["num_features": 90], [20, 90, 101]),
    LargeCase("LayerNorm", ["normalized_shape": [81, 116]], image),
    LargeCase("GroupNorm", ["num_groups": 3, "num_channels": 9], image),
    LargeCase("LocalResponseNorm", ["size": 5, "alpha": 0.5], image),
  ]

  private static let pointwise: [LargeCase] =
    [
      "ReLU", "ReLU6", "LeakyReLU", "PReLU", "ELU", "CELU", "SELU", "GELU", "SiLU", "Mish",
      "Hardswish", "Hardsigmoid", "Hardtanh", "Sigmoid", "Tanh", "Softplus", "Softsign", "Dropout",
      "Dropout2d", "Identity",
    ].map { LargeCase($0, [:], image) }
    + [LargeCase("Threshold", ["threshold": 0.25, "value": -1.0], image)]
    + [LargeCase("PReLU", ["num_parameters": 9], image), LargeCase("Constant", ["shape": [99]])]
    + Function.Name.allCases.map { LargeCase("Function", ["name": .string($0.rawValue)], image) }

  private static let pairs: [LargeCase] = [
    "Add", "Sub", "Mul", "Div", "Pow", "Maximum", "Minimum",
  ].flatMap {
    [
      LargeCase($0, [:], image, image), LargeCase($0, [:], image, [9, 1, 1]),
      LargeCase($0, [:], [2, 1, 81, 116], image),
    ]
  }

  private static let arrangements: [LargeCase] = [
    LargeCase("Expand", ["shape": [2, 9, 81, 116]], [9, 1, 116]),
    LargeCase("Concat", ["dim": 1], image, image), LargeCase("Flatten", [:], image),
    LargeCase("Split", ["chunks": 2, "dim": 1], image),
    LargeCase("Slice", ["starts": [1], "ends": [-1], "dims": [3], "steps": [1]], image),
    LargeCase("Pad", ["pad": [1, 2, 3, 4], "mode": "reflect"], image),
    LargeCase("ZeroPad2d", ["padding": [1, 2, 3, 4]], image),
    LargeCase("ConstantPad2d", ["padding": 3, "value": 0.5], image),
    LargeCase("ReflectionPad2d", ["padding": 5], image),
    LargeCase("ReplicationPad2d", ["padding": 5], image),
    LargeCase("CircularPad2d", ["padding": 5], image),
    LargeCase("Reshape", ["shape": [0, -1]], image),
    LargeCase("Squeeze", [:], [1, 9, 81, 116]), LargeCase("Unsqueeze", ["dim": [0]], image),
    LargeCase("Transpose", ["dims": [0, 2, 3, 1]], image),
    LargeCase("PixelShuffle", ["upscale_factor": 3], image),
    LargeCase("PixelUnshuffle", ["downscale_factor": 2], [2, 9, 80, 116]),
  ]

  private static let resizings: [LargeCase] = [
    LargeCase("Upsample", ["scale_factor": 2, "mode": "nearest"], image),
    LargeCase("Upsample", ["size": [50, 200], "mode": "bilinear"], image),
    LargeCase("Upsample", ["size": [50, 200], "mode": "bicubic"], image),
    LargeCase("UpsamplingNearest2d", ["scale_factor": 3], image),
    LargeCase("UpsamplingBilinear2d", ["scale_factor": 2], image),
  ]
}

@Suite("Results and the number of threads")
struct ThreadEqualityTests {
  private static let jobs = [1, 2, 3, 7]

  private func context(_ kernels: KernelTable, _ jobs: Int) -> ForwardContext {
    ForwardContext(execution: Execution(kernels: kernels, jobs: jobs))
  }

  /// Shapes and bits: NaN, as a power of a negative number is, must be the same NaN too.
  private func bits(_ tensors: [Tensor]) -> [[UInt32]] {
    tensors.map { tensor in
      tensor.shape.dimensions.map { UInt32($0) } + tensor.values.map(\.bitPattern)
    }
  }

  @Test(
    "every layer gives the same bits on any number of threads, and nearly on any instruction set",
    arguments: LayerRegistry.all.map(\.name))
  func layers(_ type: String) throws {
    let cases = LargeCase.all.filter { $0.type == type }
    #expect(!cases.isEmpty, "a layer has no case in LargeCase.all")
    for example in cases {
      let layer = try LayerRegistry.entry(named: type).layer([], example.arguments)
      var random = SplitMix64(seed: 91)
      let inputs = example.shapes.map { random.tensor($0) }
      let parameters = random.parameters(layer.parameterShapes)
      var first: [Tensor]?
      for kernels in KernelTable.usable {
        let name = "\(layer.text), \(kernels.instructionSet)"
        let expected = layer.run(inputs, parameters, context: context(kernels, 1))
        for jobs in Self.jobs.dropFirst() {
          let found = layer.run(inputs, parameters, context: context(kernels, jobs))
          #expect(bits(found) == bits(expected), "\(name), \(jobs) threads")
        }
        for (found, baseline) in zip(expected, first ?? expected) {
          // The contract between instruction sets.
          #expect(firstDifference(found, baseline, share: 1e-5) == nil, "\(name)")
        }
        first = first ?? expected
      }
    }
  }

  @Test(
    "whole networks give the same bits on any number of threads",
    arguments: ["residual", "skips and sizes", "dense"])
  func networks(_ name: String) throws {
    let network = try SampleNetwork.random(try Self.architecture(name))
    var random = SplitMix64(seed: 92)
    let inputs = ["image": random.tensor([3, 3, 90, 101])]
    let names = Set(network.architecture.nodes.map(\.name))
    var first: [String: Tensor]?
    for kernels in KernelTable.usable {
      for capturing in [[], names] {
        let prepared = try PreparedNetwork(network, capturing: capturing)
        let expected = try prepared.forward(inputs, context: context(kernels, 1))
        for jobs in Self.jobs.dropFirst() {
          let found = try prepared.forward(inputs, context: context(kernels, jobs))
          let label = "\(name), \(kernels.instructionSet), \(jobs) threads"
          #expect(found.outputs == expected.outputs, "\(label)")
          #expect(found.captured == expected.captured, "\(label)")
        }
        for (key, tensor) in expected.outputs {
          let baseline = first?[key] ?? tensor
          #expect(
            firstDifference(tensor, baseline, share: 1e-5) == nil,
            "\(name), \(kernels.instructionSet), \(key)")
        }
        first = first ?? expected.outputs
      }
    }
  }

  private static func architecture(_ name: String) throws -> Architecture {
    switch name {
    case "residual": try SampleNetwork.residual()
    case "dense": try dense()
    default: try skips()
    }
  }

  private static func dense() throws -> Architecture {
    try Architecture(
      input: .init("image", shape: [nil, 3, 90, 101]),
      sequence: [
        ("conv", SampleNetwork.conv(3, 6, 5)), ("relu", ReLU()), ("pool", MaxPool2d(kernelSize: 3)),
        ("flatten", Flatten()), ("fc1", Linear(inputFeatures: 6 * 28 * 32, outputFeatures: 50)),
        ("gelu", GELU()), ("fc2", Linear(inputFeatures: 50, outputFeatures: 10)),
        ("softmax", Softmax(dimension: 1)),
      ])
  }

  /// An image made smaller, and larger again beside what it was.
  private static func skips() throws -> Architecture {
    typealias Node = Architecture.Node
    return try Architecture(
      inputs: [.init("image", shape: [nil, 3, nil, nil])],
      nodes: [
        Node("conv1", SampleNetwork.conv(3, 9, 3, padding: 1), inputs: ["image"]),
        Node("norm", InstanceNorm2d(features: 9), inputs: ["conv1"]),
        Node("silu", SiLU(), inputs: ["norm"]),
        Node("down", Upsample(.lengths(Pair(45, 50)), mode: .bilinear), inputs: ["silu"]),
        Node("conv2", SampleNetwork.conv(9, 12, 3, padding: 1), inputs: ["down"]),
        Node("shuffle", PixelShuffle(factor: 2), inputs: ["conv2"]),
        Node("up", Upsample(.lengths(Pair(90, 101))), inputs: ["shuffle"]),
        Node("cat", Concat(), inputs: ["up", "silu"]),
        Node("conv3", SampleNetwork.conv(12, 5, 1), inputs: ["cat"]),
        Node("mean", Reduce(.mean, dimensions: [2, 3], keepsDimensions: true), inputs: ["conv3"]),
        Node("gate", Mul(), inputs: ["conv3", "mean"]),
        Node("classes", LogSoftmax(dimension: 1), inputs: ["gate"]),
      ],
      outputs: [.init("map", value: "classes")])
  }
}
