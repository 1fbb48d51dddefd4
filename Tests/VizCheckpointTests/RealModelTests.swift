import Testing
import VizCheckpoint
import VizFiles
import VizNN
import VizTestSupport

/// Published models, with what PyTorch and onnxruntime make of them.
@Suite("Real models", .needsData)
struct RealModelTests {
  struct Model: Sendable, CustomTestStringConvertible {
    let path: String
    let expected: String
    /// The layers, where the file has none and nobody knows it.
    var text: String?
    var testDescription: String { path }
  }

  private static let burn = """
    conv1: Conv2d(1, 8, 3)
    ReLU()
    conv2: Conv2d(8, 16, 3)
    ReLU()
    conv3: Conv2d(16, 24, 3)
    ReLU()
    norm1: BatchNorm2d(24)
    Flatten()
    fc1: Linear(11616, 32)
    ReLU()
    fc2: Linear(32, 10)
    norm2: BatchNorm1d(10)
    LogSoftmax(1)
    """

  static let models = [
    Model(
      path: "udacity/model_cifar.pt", expected: "udacity_model_cifar",
      text: """
        conv1: Conv2d(3, 16, 3, padding=1)
        ReLU()
        MaxPool2d(2)
        conv2: Conv2d(16, 32, 3, padding=1)
        ReLU()
        MaxPool2d(2)
        conv3: Conv2d(32, 64, 3, padding=1)
        ReLU()
        MaxPool2d(2)
        Flatten()
        fc1: Linear(1024, 500)
        ReLU()
        fc2: Linear(500, 10)
        """),
    Model(
      path: "udacity/fashion_net_ex.pt", expected: "udacity_fashion_net_ex",
      text: """
        conv1: Conv2d(1, 10, 3)
        ReLU()
        MaxPool2d(2)
        conv2: Conv2d(10, 20, 3)
        ReLU()
        MaxPool2d(2)
        Flatten()
        fc1: Linear(500, 50)
        ReLU()
        fc2: Linear(50, 10)
        LogSoftmax(1)
        """),
    Model(path: "burn-mnist/mnist.pt", expected: "burn_mnist", text: burn),
    Model(path: "burn-mnist/mnist.safetensors", expected: "burn_mnist_safetensors", text: burn),
    Model(path: "resnet-cifar10/resnet20-12fca82f.th", expected: "akamaster_resnet20"),
    Model(path: "onnx-zoo/mnist_8/model.onnx", expected: "onnx_mnist8"),
    Model(path: "lenet-ccoltong/lenet.onnx", expected: "onnx_lenet_ccoltong"),
  ]

  // Printed with torch 2.15.0, over all tensors of the state_dict in float64:
  //   sum(v.double().sum()), sum(v.double().abs().sum())
  static let sums: [(path: String, tensors: Int, sum: Double, magnitude: Double)] = [
    ("udacity/model_cifar.pt", 10, -694.400705996205, 10903.031515920771),
    ("udacity/fashion_net_ex.pt", 8, -69.60338140287162, 1560.180298827222),
    ("burn-mnist/mnist.pt", 20, 7772.024714975333, 15033.46473321879),
    ("burn-mnist/mnist.safetensors", 20, 15221.059359971676, 22304.762598208214),
    ("resnet-cifar10/resnet20-12fca82f.th", 97, 139.7826495598208, 21349.562590950623),
  ]

  @Test("weights add up to what torch adds up", arguments: sums)
  func weights(_ model: (path: String, tensors: Int, sum: Double, magnitude: Double)) throws {
    let file = try MappedFile(DataFolder.path("models/" + model.path))
    let tensors = try WeightFile(ByteRegion(file)).tensors
    #expect(tensors.count == model.tensors)
    let numbers = tensors.flatMap(\.floats).map(Double.init)
    // Float64 sums of half a million numbers, in another order.
    #expect(abs(numbers.reduce(0, +) - model.sum) < 1e-8 * model.magnitude)
    #expect(abs(numbers.reduce(0) { $0 + $1.magnitude } - model.magnitude) < 1e-8 * model.magnitude)
  }

  private func expected(_ name: String) throws -> (input: Tensor, output: Tensor) {
    let path = DataFolder.path("expected/\(name).safetensors")
    let file = try Safetensors(ByteRegion(try MappedFile(path)))
    let input = try #require(file.tensors.first { $0.name == "input" }?.tensor)
    let output = try #require(
      file.tensors.first { ["logits", "output"].contains($0.name) }?.tensor)
    return (input, output)
  }

  private func top(_ tensor: Tensor) -> [Int?] {
    (0..<tensor.shape[0]).map { n in
      let row = tensor.element(n).values
      return row.indices.max { row[$0] < row[$1] }
    }
  }

  @Test("a model gives the numbers of PyTorch or onnxruntime, also after export", arguments: models)
  func forward(_ model: Model) throws {
    let options = CheckpointOptions(
      architecture: model.text.map { .text($0) } ?? .automatic)
    let checkpoint = try Checkpoint.read(
      DataFolder.path("models/" + model.path), options: options)
    let (input, expected) = try self.expected(model.expected)
    let exported = try Checkpoint.read(
      ByteRegion(checkpoint.encoded(as: .onnx)), name: "exported.onnx")
    for network in [checkpoint.network, exported.network] {
      let name = network.architecture.inputs[0].name
      let output = try #require(network.forward([name: input]).outputs.values.first)
      let result = output.reshaped(to: expected.shape)
      #expect(ONNXTests.difference(result, expected) <= 1e-4, "\(model.path)")
      #expect(top(result) == top(expected), "\(model.path)")
    }
  }

  @Test(
    "ONNX's own test folders",
    arguments: [
      ("mnist_8", 0), ("mnist_8", 1), ("mnist_8", 2), ("super_resolution_10", 0),
    ])
  func zoo(_ model: String, _ set: Int) throws {
    let folder = DataFolder.path("models/onnx-zoo/\(model)")
    let network = try Checkpoint.read(folder + "/model.onnx").network
    let tensors = try ["input_0", "output_0"].map { name in
      try ONNXTensorFile.read(folder + "/test_data_set_\(set)/\(name).pb")
    }
    let name = network.architecture.inputs[0].name
    let output = try #require(
      network.forward([name: tensors[0].tensor]).outputs.values.first)
    #expect(ONNXTests.difference(output, tensors[1].tensor) <= 1e-4)
  }

  @Test("the Udacity notebook's filters from a text")
  func udacityFilters() throws {
    let path = DataFolder.path("expected/conv_maxpool_visualization.safetensors")
    let file = try Safetensors(ByteRegion(try MappedFile(path)))
    let tensors = Dictionary(
      uniqueKeysWithValues: file.tensors.map { ($0.name, $0.tensor) })
    let columns = "[[-1,-1,1,1],[-1,-1,1,1],[-1,-1,1,1],[-1,-1,1,1]]"
    let opposite = columns.replacing("-1", with: "x").replacing("1", with: "-1")
      .replacing("x", with: "1")
    let rows = "[[-1,-1,-1,-1],[-1,-1,-1,-1],[1,1,1,1],[1,1,1,1]]"
    let under = rows.replacing("-1", with: "x").replacing("1", with: "-1").replacing("x", with: "1")
    let net = try NetText(
      "conv: Conv2d(1, 4, 4, kernels=[\(columns), \(opposite), \(rows), \(under)])\n"
        + "relu: ReLU()\npool: MaxPool2d(2)")
    #expect(net.fixedParameters["conv.weight"] == tensors["filters"])
    let network = try Network(net.architecture(), parameters: net.fixedParameters)
    let trace = try network.forward(
      ["input": #require(tensors["gray"])], capturing: ["conv", "relu", "pool"])
    for name in ["conv", "relu", "pool"] {
      let result = try #require(trace.captured[name])
      // Sixteen numbers of at most 1 added up in another order.
      #expect(try ONNXTests.difference(result, #require(tensors[name])) < 1e-6, "\(name)")
    }
  }
}
