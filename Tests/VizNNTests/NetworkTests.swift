import Testing
import VizKernels
import VizNN
import VizTestSupport

@Suite("Network")
struct NetworkTests {
  typealias Node = Architecture.Node

  private func input(_ batch: Int = 2, _ size: Int = 13) -> [String: Tensor] {
    var random = SplitMix64(seed: 5)
    return ["image": random.tensor([batch, 3, size, size])]
  }

  @Test(
    "capturing changes no number beyond 1e-5 of the largest, for every value and instruction set")
  func capturingChangesNothing() throws {
    let network = try SampleNetwork.random(SampleNetwork.residual())
    let names = network.architecture.nodes.map(\.name)
    for context in ForwardContext.usable {
      let plain = try network.forward(input(), context: context)
      let logits = try #require(plain.outputs["logits"])
      #expect(plain.captured.isEmpty)
      let all = try network.forward(input(), capturing: Set(names), context: context)
      #expect(all.captured.count == names.count)
      #expect(firstDifference(try #require(all.outputs["logits"]), logits, share: 1e-5) == nil)
      for name in names {
        let one = try network.forward(input(), capturing: [name], context: context)
        let found = try #require(one.captured[name])
        let expected = try #require(all.captured[name])
        #expect(firstDifference(found, expected, share: 1e-5) == nil, "\(name), \(context.name)")
        #expect(firstDifference(try #require(one.outputs["logits"]), logits, share: 1e-5) == nil)
      }
    }
  }

  @Test("channels that do not fit are found when a network is built, whatever the size of images")
  func checksChannels() throws {
    func build(_ second: any Layer, channels: Int? = 3) throws {
      _ = try Architecture(
        input: .init("x", shape: [nil, channels, nil, nil]),
        sequence: [("a", SampleNetwork.conv(3, 8, 3)), ("b", second)])
    }
    for wrong: any Layer in [
      SampleNetwork.conv(4, 8, 3), BatchNorm2d(features: 9),
      GroupNorm(groups: 2, channels: 6),
    ] {
      #expect(throws: NetworkError.self) { try build(wrong) }
    }
    try build(SampleNetwork.conv(8, 4, 3))
    // A dense layer says how wide images are, which only they themselves can contradict.
    try build(Linear(inputFeatures: 10, outputFeatures: 2))
    try build(SampleNetwork.conv(4, 8, 3), channels: nil)
  }

  @Test("what would not fit into memory is refused before any of it is taken")
  func memoryLimits() throws {
    let pad = Pad(before: [0, 0, 20_000, 20_000], after: [0, 0, 20_000, 20_000])
    let one = Architecture.Input("x", shape: [nil, 1, 1, 1])
    #expect(throws: NetworkError.self) {
      try Architecture(input: one, sequence: [("pad", pad)])
    }
    // 2³⁰ numbers each, which is what one may have; two of them are one number too many with the input.
    let large = Pad(before: [0, 0, 0, 0], after: [0, 0, 32_767, 32_767])
    let architecture = try Architecture(
      inputs: [one], nodes: [Node("a", large, inputs: ["x"]), Node("b", large, inputs: ["x"])],
      outputs: [.init("a", value: "a"), .init("b", value: "b")])
    do {
      _ = try Network(architecture, parameters: [:]).forward([
        "x": Tensor(repeating: 0, shape: [1, 1, 1, 1])
      ])
      Issue.record("ran")
    } catch {
      #expect(error.isLimit)
      #expect(
        "\(error)".contains("node 'b' (Pad) would have to hold 2147483649 numbers"), "\(error)")
    }
  }

  @Test("a network equals its layers one after the other")
  func equalsItsLayers() throws {
    let network = try SampleNetwork.random(SampleNetwork.residual())
    var values = input()
    for node in network.architecture.nodes {
      var own: [String: Tensor] = [:]
      for parameter in node.layer.parameterShapes {
        own[parameter.name] = network.parameters["\(node.name).\(parameter.name)"]
      }
      values[node.name] = node.layer.run(node.inputs.compactMap { values[$0] }, own)[0]
    }
    let trace = try network.forward(input())
    let logits = try #require(trace.outputs["logits"])
    #expect(firstDifference(logits, try #require(values["norm"]), share: 1e-5) == nil)
  }

  @Test("a prepared network gives the same bits again, for other sizes, batches and threads")
  func preparedRepeats() throws {
    let network = try SampleNetwork.random(SampleNetwork.residual())
    let prepared = try PreparedNetwork(network, capturing: ["relu1"])
    var kept: [Trace] = []
    for _ in 0..<3 {
      for (batch, size) in [(1, 13), (5, 9), (0, 13), (2, 40)] {
        kept.append(try prepared.forward(input(batch, size), context: ForwardContext(jobs: 3)))
      }
    }
    for (i, (batch, size)) in [(1, 13), (5, 9), (0, 13), (2, 40)].enumerated() {
      let expected = try PreparedNetwork(network, capturing: ["relu1"])
        .forward(input(batch, size), context: ForwardContext(jobs: 1))
      for trace in [kept[i], kept[i + 4], kept[i + 8]] {
        #expect(trace.outputs == expected.outputs, "batch \(batch), \(size)×\(size)")
        #expect(trace.captured == expected.captured, "batch \(batch), \(size)×\(size)")
      }
    }
  }

  @Test("values of nodes with several outputs have names with numbers")
  func severalOutputs() throws {
    let architecture = try Architecture(
      inputs: [.init("x", shape: [nil, 4])],
      nodes: [
        Node("split", Split(.lengths([1, 3]), dimension: 1), inputs: ["x"]),
        Node("bias", Constant(shape: [3]), inputs: []),
        Node("sum", Add(), inputs: ["split:1", "bias"]),
      ],
      outputs: [.init("y", value: "sum"), .init("head", value: "split"), .init("raw", value: "x")])
    let network = try Network(
      architecture, parameters: ["bias.value": Tensor(shape: [3], values: [10, 20, 30])])
    let x = Tensor(shape: [2, 4], values: [1, 2, 3, 4, 5, 6, 7, 8])
    let trace = try network.forward(["x": x])
    #expect(trace.outputs["y"]?.values == [12, 23, 34, 16, 27, 38])
    #expect(trace.outputs["head"]?.values == [1, 5])
    #expect(trace.outputs["raw"] == x)
  }

  @Test("errors name the node, what it got and what it expects")
  func errors() throws {
    func message(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return ""
    }
    #expect(
      message {
        _ = try Architecture(
          input: .init("x", shape: [nil, 3, 8, 8]),
          sequence: [
            ("conv1", SampleNetwork.conv(3, 4, 3)), ("conv2", SampleNetwork.conv(5, 4, 3)),
          ])
      } == "node 'conv2' (Conv2d) got [1, 4, 6, 6]; expected [N, 5, H, W]")
    #expect(
      message {
        _ = try Architecture(
          input: .init("x", shape: [nil, 3, 4, 4]),
          sequence: [("conv", SampleNetwork.conv(3, 4, 7))])
      } == "node 'conv' (Conv2d) got [1, 3, 4, 4]; expected an image of at least 7×7")
    #expect(
      message {
        _ = try Architecture(
          input: .init("x", shape: [nil, 400]),
          sequence: [("fc1", Linear(inputFeatures: 500, outputFeatures: 10))])
      } == "node 'fc1' (Linear) got [1, 400]; expected […, 500]")
    #expect(
      message {
        _ = try Architecture(
          inputs: [.init("x", shape: [1])], nodes: [Node("relu", ReLU(), inputs: ["y"])],
          outputs: [])
      } == "node 'relu' reads 'y', which is neither an input nor made by a node before it")
    #expect(
      message {
        _ = try Architecture(
          inputs: [.init("x", shape: [1])], nodes: [Node("x", ReLU(), inputs: ["x"])], outputs: [])
      } == "two values of the network are called 'x'")
    let architecture = try SampleNetwork.residual()
    let network = try SampleNetwork.random(architecture)
    #expect(
      message { _ = try network.forward(input(), capturing: ["conv9"]) }
        == "no value of the network is called 'conv9'")
    #expect(
      message { _ = try network.forward([:]) }
        == "input 'image' is missing; expected a tensor of [any, 3, any, any]")
    #expect(
      message { _ = try network.forward(["image": Tensor(repeating: 0, shape: [1, 1, 9, 9])]) }
        == "input 'image' has shape [1, 1, 9, 9]; the network expects [any, 3, any, any]")
    #expect(
      message { _ = try network.forward(["picture": Tensor(repeating: 0, shape: [1, 3, 9, 9])]) }
        == "the network has no input 'picture'; its inputs are image")
    #expect(
      message { _ = try network.forward(["image": Tensor(repeating: 0, shape: [1, 3, 2, 2])]) }
        == "node 'depthwise' (Conv2d) got [1, 8, 2, 2]; expected an image of at least 3×3")
  }

  @Test("all wrong parameters are told at once")
  func wrongParameters() throws {
    let architecture = try SampleNetwork.residual()
    var parameters = try SampleNetwork.random(architecture).parameters
    parameters["conv1.weight"] = nil
    parameters["fc.bias"] = Tensor(repeating: 0, shape: [4])
    parameters["fc.extra"] = Tensor(repeating: 0, shape: [1])
    #expect(
      throws: NetworkError.parameters([
        .missing(name: "conv1.weight", expected: [8, 3, 3, 3]),
        .misshapen(name: "fc.bias", expected: [5], found: [4]),
        .unexpected(name: "fc.extra", found: [1]),
      ])
    ) { try Network(architecture, parameters: parameters) }
  }

  @Test("a value beyond the limit is an error before memory is taken")
  func tooLarge() throws {
    let layer = try LayerRegistry.entry(named: "Conv2d").layer([1, 16_777_216, 1])
    #expect(throws: NetworkError.self) {
      try Architecture(input: .init("x", shape: [1, 1, 4096, 4096]), sequence: [("conv", layer)])
    }
    let empty = try LayerRegistry.entry(named: "Constant").layer([[0, 16_777_216, 16_777_216]])
    #expect(throws: NetworkError.self) {
      try Architecture(
        inputs: [], nodes: [Node("empty", empty, inputs: [])], outputs: [.init("y", value: "empty")]
      )
    }
    let pad = try LayerRegistry.entry(named: "ZeroPad2d").layer([16_777_216])
    #expect(throws: NetworkError.self) {
      try Architecture(input: .init("x", shape: [1, 1, 2, 2]), sequence: [("pad", pad)])
    }
  }
}
