import Foundation
import Testing
import VizCheckpoint
import VizInput
import VizNN
import VizTestSupport

@Suite("Known architectures")
struct ZooTests {
  // Printed by a script with torchvision 0.29.2, for each model on the device "meta":
  //   lines = [f"{k} {list(v.shape)}\n" for k, v in m.state_dict().items()
  //            if not k.endswith("num_batches_tracked")]
  //   print(len(lines), sum(p.numel() for p in m.parameters()), fnv1a_64("".join(sorted(lines))))
  static let torchvision: [(name: String, tensors: Int, learned: Int, hash: UInt64)] = [
    ("alexnet", 16, 61_100_840, 0x8aef_27c5_a301_d050),
    ("vgg11", 22, 132_863_336, 0x288d_104a_e091_ee95),
    ("vgg13", 26, 133_047_848, 0x202f_819e_d780_229c),
    ("vgg16", 32, 138_357_544, 0xc289_28e3_9d00_7d16),
    ("vgg19", 38, 143_667_240, 0x36d3_3bf2_95df_503e),
    ("vgg11_bn", 54, 132_868_840, 0x2cb7_05fc_d527_6415),
    ("vgg13_bn", 66, 133_053_736, 0x524f_736b_7e3a_2262),
    ("vgg16_bn", 84, 138_365_992, 0x6368_e90f_c807_17fb),
    ("vgg19_bn", 102, 143_678_248, 0x1d6a_738f_8088_1bcc),
    ("resnet18", 102, 11_689_512, 0x18b0_56aa_6aa6_fea6),
    ("resnet34", 182, 21_797_672, 0xd3f2_0fb1_a6eb_ec98),
    ("resnet50", 267, 25_557_032, 0xd296_b015_caae_1553),
    ("resnet101", 522, 44_549_160, 0x53de_be43_3849_4eae),
    ("resnet152", 777, 60_192_808, 0x0ccb_b95c_5a95_6870),
    ("mobilenet_v2", 262, 3_504_872, 0xaf55_7b53_cb3d_00c9),
    ("squeezenet1_0", 52, 1_248_424, 0x77f6_3d8f_9f16_a555),
    ("squeezenet1_1", 52, 1_235_496, 0xb3e2_14f6_c586_3cf2),
    ("densenet121", 606, 7_978_856, 0xfb86_7ca5_94e7_9589),
  ]

  @Test("tensor names and shapes are torchvision's", arguments: torchvision)
  func equalsTorchvision(
    _ model: (name: String, tensors: Int, learned: Int, hash: UInt64)
  ) throws {
    let parameters = try Zoo.entry(named: model.name).architecture(classes: 1000).parameterShapes
    let lines = parameters.map { "\($0.name) \($0.shape)\n" }.sorted()
    #expect(lines.count == model.tensors)
    #expect(parameters.filter(\.isLearned).reduce(0) { $0 + $1.shape.count } == model.learned)
    let hash = lines.joined().utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    #expect(hash == model.hash)
  }

  /// Scores that torchvision's networks give for two pictures, as `Fixtures/make_zoo.py` printed them.
  private static let scores = Result {
    try JSONDecoder().decode([String: [Double]].self, from: Data(Fixtures.bytes("zoo.json")))
  }

  @Test("blocks of every kind give torchvision's numbers")
  func equalsTorchvisionsNumbers() throws {
    let scores = try Self.scores.get()
    #expect(scores.count == 6)
    for (name, expected) in scores {
      let architecture = try Zoo.entry(named: name).architecture(classes: 7)
      var random = SplitMix64(seed: 20)
      let pictures = drawn([2, 3, 64, 64], by: &random) { $0 }
      var parameters: [String: Tensor] = [:]
      for parameter in architecture.parameterShapes.sorted(by: { $0.name < $1.name }) {
        parameters[parameter.name] = drawn(parameter, by: &random)
      }
      let network = try Network(architecture, parameters: parameters)
      let output = try #require(network.forward(["input": pictures]).outputs.values.first)
      // Sums in another order through up to 121 layers.
      let difference = ONNXTests.difference(
        output, Tensor(shape: [2, 7], values: expected.map(Float.init)))
      #expect(difference < 2e-5, "\(name)")
    }
  }

  /// A tensor as make_zoo.py draws it.
  private func drawn(_ parameter: ParameterShape, by random: inout SplitMix64) -> Tensor {
    let shape = parameter.shape
    guard shape.rank == 1 else {
      let scale = (6 / Double(shape.count / shape[0])).squareRoot()
      return drawn(shape, by: &random) { $0 * scale }
    }
    if parameter.name.hasSuffix("running_var") {
      return drawn(shape, by: &random) { 1.25 + 0.75 * $0 }
    }
    return parameter.name.hasSuffix(".weight")
      ? drawn(shape, by: &random) { 1 + 0.5 * $0 } : drawn(shape, by: &random) { 0.125 * $0 }
  }

  private func drawn(
    _ shape: Shape, by random: inout SplitMix64, _ change: (Double) -> Double
  ) -> Tensor {
    Tensor(
      shape: shape,
      values: (0..<shape.count).map { _ in
        Float(change(Double(random.next() >> 40) / 8_388_608 - 1))
      })
  }

  // Table 6 of arXiv:1512.03385 gives 0.27, 0.46, 0.66 and 0.85 million.
  @Test(
    "CIFAR's residual networks have as many parameters as published",
    arguments: [(20, 0.27), (32, 0.46), (44, 0.66), (56, 0.85)])
  func cifar(_ depth: Int, _ millions: Double) throws {
    let architecture = try Zoo.entry(named: "resnet\(depth)").architecture(classes: 10)
    let count = architecture.parameterShapes.filter(\.isLearned).reduce(0) { $0 + $1.shape.count }
    #expect(abs(Double(count) / 1e6 - millions) < 0.01, "\(count)")
    let shapes = try architecture.shapes(for: ["input": [2, 3, 32, 32]])
    #expect(shapes["linear"] == [2, 10])
  }

  // LeNet-5: LeCun et al. 1998, table of section II.B with all maps joined; capsnet: the sum of its layers, as
  // implementations count them (6,804,224 without the decoder).
  @Test(
    "small networks have as many parameters as their layers say",
    arguments: [
      ("mlp", 669_706), ("lenet", 61_706), ("cnn", 421_642), ("cifar-cnn", 620_362),
      ("capsnet", 8_215_568), ("capsnet-small", 1_280_720),
    ])
  func small(_ name: String, _ expected: Int) throws {
    let parameters = try Zoo.entry(named: name).architecture().parameterShapes
    #expect(parameters.reduce(0) { $0 + $1.shape.count } == expected)
  }

  @Test(
    "small networks follow the pictures and classes of other data",
    arguments: ["mlp", "lenet", "cnn", "cifar-cnn", "capsnet", "capsnet-small"])
  func adapts(_ name: String) throws {
    let entry = try Zoo.entry(named: name)
    for (channels, height, width, classes) in [(1, 28, 28, 10), (3, 32, 32, 3), (3, 37, 51, 43)] {
      let architecture = try entry.architecture(
        channels: channels, height: height, width: width, classes: classes)
      let shapes = try architecture.shapes(for: ["input": Shape([2, channels, height, width])])
      #expect(shapes[architecture.outputs[0].value] == Shape([2, classes]))
      if architecture.drawsInput {
        #expect(
          shapes[architecture.outputs[1].value] == Shape([2, channels * height * width]))
      }
    }
    guard name != "mlp" else { return }
    #expect(throws: CheckpointError.self) { try entry.architecture(height: 3, width: 40) }
    // The least that it says is enough.
    var least = 0
    for side in 1...20 where least == 0 {
      if let architecture = try? entry.architecture(height: side, width: side) {
        least = side
        let shape = Shape([1, entry.input.channels, side, side])
        #expect(try architecture.shapes(for: ["input": shape]).count > 5, "\(side)")
      }
    }
    #expect(least > 3)
  }

  @Test("two outputs are said in the text, and a wrong one is told")
  func outputs() throws {
    let architecture = try Zoo.entry(named: "capsnet-small").architecture()
    #expect(architecture.outputs.map(\.name) == ["output", "reconstruction"])
    let text = try NetWriter.text(of: architecture)
    #expect(text.hasSuffix("Output(lengths, reconstruction=decoder.sigmoid)\n"))
    let again = try NetText(text).architecture()
    #expect(again.outputs.map(\.value) == architecture.outputs.map(\.value))
    #expect(again.nodes.map(\.layer.text) == architecture.nodes.map(\.layer.text))
    for wrong in ["Output()", "Output(nothing)", "Output(a, a)", "Output(a=[1])"] {
      #expect(throws: CheckpointError.self) { try NetText("a: ReLU()\n" + wrong).architecture() }
    }
    let first = try NetText("a: ReLU()\nb: Tanh()\nOutput(a)").architecture()
    #expect(first.outputs.map(\.value) == ["a"])
  }

  @Test("every architecture takes the input that it was trained on", arguments: Zoo.all.map(\.name))
  func shapes(_ name: String) throws {
    let entry = try Zoo.entry(named: name)
    let input = entry.input
    let shapes = try entry.architecture(classes: 7).shapes(
      for: ["input": [1, input.channels, input.height, input.width].shape])
    #expect(shapes[try entry.architecture(classes: 7).outputs[0].value] == [1, 7])
  }

  @Test("weights are recognised by names and shapes, and no others are")
  func recognition() throws {
    for entry in Zoo.all where !entry.name.hasPrefix("vgg") && entry.name != "alexnet" {
      // Numbers do not matter: one stored number for each tensor, seen with strides of 0.
      let zeros = ByteRegion([0, 0, 0, 0])
      let tensors = try entry.architecture(channels: 1, classes: 3).parameterShapes.map {
        StoredTensor(
          name: "module." + $0.name, type: .float32, shape: $0.shape.dimensions,
          strides: $0.shape.dimensions.map { _ in 0 }, region: zeros)
      }
      #expect(try Zoo.recognise(tensors)?.entry.name == entry.name)
      #expect(try Zoo.recognise(Array(tensors.dropLast())) == nil)
    }
  }

  @Test("a name that nobody has is an error that lists those there are")
  func unknownName() {
    #expect(throws: CheckpointError.unknownNetworkName("resnet19", known: Zoo.all.map(\.name))) {
      try Zoo.entry(named: "resnet19")
    }
  }
}

extension [Int] {
  var shape: Shape { Shape(self) }
}
