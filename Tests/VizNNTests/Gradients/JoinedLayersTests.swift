import Testing
import VizKernels
import VizNN
import VizTestSupport

/// Layers that do each other's work, on both ways, against the same ones in steps of their own: bit by bit.
@Suite("Layers that learn as one")
struct JoinedLayersTests {
  private typealias Node = Architecture.Node

  /// A layer's own way back, but as a rule: nobody does its work for it, nor it that of others.
  private static let alone = GradientRule { layer, step in layer.backward(step) }

  private func gradients(
    _ network: Network, _ x: Tensor, _ gradients: [String: Tensor], _ rule: GradientRule,
    _ context: ForwardContext, of wanted: Set<String> = ["x"]
  ) throws -> Recording.Gradients {
    let recording = try network.recording(
      ["x": x], mode: .training(seed: 4, step: 2), context: context)
    return recording.gradients(gradients, of: wanted) { _ in rule }
  }

  /// x → bounds, which the layer reads, and behind it or before it another one.
  private func skip(_ layer: any Layer, bounds: any Layer, isFirst: Bool) throws -> Architecture {
    let readers = [
      Node("layer", layer, inputs: ["bounds"]), Node("other", Function(.sin), inputs: ["bounds"]),
    ]
    return try Architecture(
      inputs: [.init("x", shape: [nil, 6, nil, nil])],
      nodes: [Node("bounds", bounds, inputs: ["x"])] + (isFirst ? readers : readers.reversed()),
      outputs: [.init("layer", value: "layer"), .init("other", value: "other")])
  }

  private static func convolution(
    _ outputs: Int, _ size: Int, stride: Int = 1, padding: Int = 0, groups: Int = 1
  ) -> Conv2d {
    Conv2d(
      inputChannels: 6, outputChannels: outputs, kernelSize: Pair(size, size),
      stride: Pair(stride, stride), padding: .symmetric(Pair(padding, padding)), groups: groups)
  }

  /// The way that is the cheapest and each that can be forced, with every instruction set.
  private static var executions: [Execution] {
    ([nil] + ConvolutionAlgorithm.allCases).flatMap { way in
      KernelTable.usable.map {
        var execution = Execution(kernels: $0, jobs: 1)
        execution.convolution = way
        return execution
      }
    }
  }

  private static let layers: [(name: String, layer: Conv2d)] = [
    ("3×3", convolution(13, 3, padding: 1)), ("3×3 without padding", convolution(20, 3)),
    ("1×1", convolution(9, 1)), ("5×5", convolution(4, 5, padding: 2)),
    ("strided", convolution(7, 3, stride: 2, padding: 1)),
    ("1×1, strided", convolution(8, 1, stride: 2)),
    ("depthwise", convolution(6, 3, padding: 1, groups: 6)),
    ("grouped", convolution(8, 3, padding: 1, groups: 2)),
    ("many outputs", convolution(40, 3, padding: 1)),
  ]

  @Test(
    "a convolution's gradient goes back through the bounds before it",
    arguments: layers.map(\.name))
  func bounds(_ name: String) throws {
    let layer = try #require(Self.layers.first { $0.name == name }).layer
    for (height, width) in [(5, 6), (9, 21)] {
      for (bounds, isFirst): (any Layer, Bool) in [(ReLU(), true), (ReLU6(), false)] {
        let architecture = try skip(layer, bounds: bounds, isFirst: isFirst)
        var random = SplitMix64(seed: 8)
        let network = try Network(
          architecture, parameters: random.parameters(architecture.parameterShapes))
        let x = random.tensor([3, 6, height, width], scale: 8)
        let shapes = try architecture.shapes(for: ["x": x.shape])
        let outside = [
          "layer": random.tensor(shapes["layer"] ?? []), "bounds": random.tensor(x.shape),
        ]
        for given in [outside, outside.merging(["other": random.tensor(x.shape)]) { $1 }] {
          for execution in Self.executions {
            let expected = try gradients(
              network, x, given, Self.alone, ForwardContext(execution: execution))
            for jobs in [1, 3] {
              var more = execution
              more.jobs = jobs
              let found = try gradients(network, x, given, .own, ForwardContext(execution: more))
              #expect(
                found.values == expected.values && found.parameters == expected.parameters,
                """
                \(name) of \(height)×\(width), \(execution.kernels.instructionSet), \
                \(String(describing: execution.convolution)), \(jobs) threads
                """)
            }
          }
        }
      }
    }
  }

  @Test("a series' gradient goes back through the bounds before it")
  func series() throws {
    let layer = try LayerRegistry.entry(named: "Conv1d").layer(
      [], ["in_channels": 6, "out_channels": 5, "kernel_size": 3])
    let architecture = try Architecture(
      input: .init("x", shape: [nil, 6, nil]),
      sequence: [
        ("bounds", Hardtanh(lower: -0.5, upper: 0.5)),
        ("layer", layer),
      ])
    let network = try SampleNetwork.random(architecture)
    var random = SplitMix64(seed: 9)
    let x = random.tensor([2, 6, 40])
    let given = ["layer": random.tensor([2, 5, 38]), "bounds": random.tensor(x.shape)]
    for context in ForwardContext.usable {
      let expected = try gradients(network, x, given, Self.alone, context)
      let found = try gradients(network, x, given, .own, context)
      #expect(found.values == expected.values && found.parameters == expected.parameters)
    }
  }

  /// Two readers of one value, a batch and gradients of what they make of it.
  private func readers() throws -> (network: Network, x: Tensor, given: [String: Tensor]) {
    let architecture = try skip(Self.convolution(6, 3, padding: 1), bounds: ReLU(), isFirst: true)
    var random = SplitMix64(seed: 10)
    let shape: Shape = [2, 6, 9, 9]
    return (
      try SampleNetwork.random(architecture), random.tensor(shape),
      ["layer": random.tensor(shape), "other": random.tensor(shape)]
    )
  }

  @Test("a value whose gradient is wanted has it before it goes back through its bounds")
  func wanted() throws {
    let (network, x, given) = try readers()
    let values: Set<String> = ["x", "bounds", "layer"]
    let context = ForwardContext(jobs: 2)
    let expected = try gradients(network, x, given, Self.alone, context, of: values)
    let found = try gradients(network, x, given, .own, context, of: values)
    #expect(found.values == expected.values && found.parameters == expected.parameters)
    #expect(found.values["bounds"] != found.values["x"])
  }

  @Test("a rule of the bounds is asked, whatever reads them")
  func rules() throws {
    let (network, x, given) = try readers()
    func found(_ others: GradientRule) throws -> [String: Tensor] {
      let recording = try network.recording(["x": x], mode: .evaluation)
      return recording.gradients(given, of: ["x"]) { $0.name == "bounds" ? .guided : others }.values
    }
    #expect(try found(.own) == found(Self.alone))
    #expect(try found(.own)["x"]?.values.allSatisfy { $0 >= 0 } == true)
  }

  /// Sums behind batch normalisation "bn" of "x", which may or may not be made with it.
  private static let summed: [(name: String, nodes: [Architecture.Node])] = [
    ("an input", [Node("sum", Add(), inputs: ["bn", "x"])]),
    ("its own input", [Node("sum", Add(), inputs: ["conv", "bn"])]),
    ("itself", [Node("sum", Add(), inputs: ["bn", "bn"])]),
    (
      "what is made later",
      [Node("later", ReLU(), inputs: ["x"]), Node("sum", Add(), inputs: ["later", "bn"])]
    ),
    (
      "what is made before bounds without an end",
      [
        Node("later", Function(.sin), inputs: ["x"]),
        Node("open", Hardtanh(lower: -.infinity, upper: .infinity), inputs: ["bn"]),
        Node("sum", Add(), inputs: ["later", "open"]),
      ]
    ),
    (
      "two values",
      [
        Node("first", Add(), inputs: ["bn", "x"]), Node("later", ReLU(), inputs: ["conv"]),
        Node("sum", Add(), inputs: ["first", "later"]),
      ]
    ),
    (
      "two values that were there",
      [Node("first", Add(), inputs: ["bn", "x"]), Node("sum", Add(), inputs: ["first", "conv"])]
    ),
    (
      "one number for each channel",
      [
        Node("pool", AdaptiveAvgPool2d(height: 1, width: 1), inputs: ["x"]),
        Node("sum", Add(), inputs: ["bn", "pool"]),
      ]
    ),
    (
      "behind bounds",
      [Node("relu", ReLU(), inputs: ["bn"]), Node("sum", Add(), inputs: ["relu", "x"])]
    ),
  ]

  @Test(
    "a sum behind batch normalisation learns what it learns by itself",
    arguments: summed.map(\.name))
  func sums(_ name: String) throws {
    let sum = try #require(Self.summed.first { $0.name == name }).nodes
    let nodes =
      [
        Node("conv", Self.convolution(6, 3, padding: 1), inputs: ["x"]),
        Node("bn", BatchNorm2d(features: 6), inputs: ["conv"]),
      ] + sum + [
        Node("bounds", ReLU6(), inputs: ["sum"]),
        Node("end", Self.convolution(4, 3), inputs: ["bounds"]),
      ]
    try compare(
      Architecture(
        inputs: [.init("x", shape: [nil, 6, nil, nil])], nodes: nodes,
        outputs: [.init("end", value: "end")]), [3, 6, 9, 7])
  }

  @Test("a block with a skip learns what its layers learn one by one")
  func blocks() throws {
    try compare(SampleNetwork.residual(), [4, 3, 17, 12])
  }

  /// Every value of the second network is asked for from outside, so that each layer stores its own.
  private func compare(_ joined: Architecture, _ shape: Shape) throws {
    let single = try Architecture(
      inputs: joined.inputs, nodes: joined.nodes,
      outputs: joined.outputs
        + joined.nodes.map { .init("value of \($0.name)", value: $0.name) })
    var random = SplitMix64(seed: 12)
    let parameters = random.parameters(joined.parameterShapes)
    let (input, output) = (joined.inputs[0].name, joined.outputs[0])
    let x = random.tensor(shape, scale: 3)
    let outputShape = try #require(joined.shapes(for: [input: shape])[output.value])
    let given = [output.value: random.tensor(outputShape)]
    for mode in [PassMode.evaluation, .training(seed: 3, step: 1)] {
      for kernels in KernelTable.usable {
        func found(_ architecture: Architecture, jobs: Int) throws -> [[String: Tensor]] {
          let recording = try Network(architecture, parameters: parameters).recording(
            [input: x], mode: mode,
            context: ForwardContext(execution: Execution(kernels: kernels, jobs: jobs)))
          let (outputs, updates) = (recording.outputs, recording.updates)
          let gradients = recording.gradients(given, of: [input])
          return [
            outputs.filter { $0.key == output.name }, updates, gradients.values,
            gradients.parameters,
          ]
        }
        let expected = try found(single, jobs: 1)
        for jobs in [1, 3] {
          #expect(
            try found(joined, jobs: jobs) == expected, "\(mode), \(kernels.instructionSet), \(jobs)"
          )
        }
      }
    }
  }
}
