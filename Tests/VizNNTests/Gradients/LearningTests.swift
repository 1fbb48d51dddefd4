import Testing
import VizKernels
import VizNN
import VizTestSupport

/// Against the numbers of `Fixtures/make_learning.py`.
@Suite("Learning against PyTorch 2.15")
struct LearningTests {
  private static let steps = 20
  private let context = ForwardContext(jobs: 1)

  private static let optimizers: [(name: String, optimizer: Optimizer, rate: Double)] = [
    ("sgd", Optimizer(.sgd()), 0.1), ("sgd-decay", Optimizer(.sgd(), weightDecay: 0.01), 0.1),
    ("sgd-momentum", Optimizer(.sgd(momentum: 0.9), weightDecay: 0.01), 0.1),
    ("sgd-nesterov", Optimizer(.sgd(momentum: 0.9, isNesterov: true)), 0.1),
    ("adam", Optimizer(.adam()), 0.01), ("adam-decay", Optimizer(.adam(), weightDecay: 0.1), 0.01),
    ("adamw", Optimizer(.adamW(), weightDecay: 0.1), 0.01),
    ("rmsprop", Optimizer(.rmsprop()), 0.01),
    ("rmsprop-momentum", Optimizer(.rmsprop(momentum: 0.9), weightDecay: 0.01), 0.01),
  ]

  @Test("optimisers make PyTorch's steps", arguments: optimizers.map(\.name))
  func optimizerSteps(_ name: String) throws {
    let fixture = try SafetensorsFixture("learning.safetensors")
    let expected = try #require(fixture.tensors["optimizer.\(name)"])
    var (_, optimizer, rate) = try #require(Self.optimizers.first { $0.name == name })
    var random = SplitMix64(seed: 1)
    var parameters = ["w": random.tensor([7])]
    for step in 0..<Self.steps {
      optimizer.update(
        &parameters, gradients: ["w": random.tensor([7])], rate: rate, context: context)
      let found = try #require(parameters["w"])
      // What the issue asks for; parameters are of the size of 1.
      let difference = firstDifference(
        found.values, expected.element(step).values.map(Double.init)
      ) { _ in 1e-6 }
      #expect(difference == nil, "step \(step): \(difference ?? "")")
    }
    #expect(optimizer.steps == Self.steps)
  }

  @Test("many numbers move as each does by itself, past the width of vectors")
  func rows() {
    for (name, start, rate) in Self.optimizers {
      for context in ForwardContext.usable {
        var random = SplitMix64(seed: 4)
        var (together, alone) = (start, start)
        var row = ["w": random.tensor([37])]
        var numbers = Dictionary(
          uniqueKeysWithValues: (row["w"]?.values ?? []).enumerated().map {
            ("\($0)", Tensor(shape: [1], values: [$1]))
          })
        for _ in 0..<3 {
          let gradient = random.tensor([37])
          together.update(&row, gradients: ["w": gradient], rate: rate, context: context)
          let parts = gradient.values.enumerated().map {
            ("\($0)", Tensor(shape: [1], values: [$1]))
          }
          alone.update(
            &numbers, gradients: Dictionary(uniqueKeysWithValues: parts), rate: rate,
            context: context)
        }
        let expected = (0..<37).map { Double(numbers["\($0)"]?[0] ?? .nan) }
        // Products and sums may be rounded once or twice.
        let difference = firstDifference(row["w"]?.values ?? [], expected) { _ in 1e-6 }
        #expect(difference == nil, "\(name), \(context.name): \(difference ?? "")")
      }
    }
  }

  @Test("a step leaves tensors alone that are held elsewhere, and is the same over old numbers")
  func heldTensors() throws {
    for (name, start, rate) in Self.optimizers {
      for context in ForwardContext.usable {
        var random = SplitMix64(seed: 6)
        let first = random.tensor([1003])
        var (over, beside) = (start, start)
        var written = ["w": Tensor(shape: first.shape, values: first.values)]
        var kept = ["w": first]
        // A snapshot of every step, with its numbers as they were.
        var snapshots: [(tensors: [Tensor], numbers: [[Float]])] = []
        for _ in 0..<4 {
          let gradient = random.tensor([1003])
          let tensors = kept.values + (beside.memories["w"] ?? [])
          snapshots.append((tensors, tensors.map(\.values)))
          over.update(&written, gradients: ["w": gradient], rate: rate, context: context)
          beside.update(&kept, gradients: ["w": gradient], rate: rate, context: context)
        }
        #expect(written == kept && over.memories == beside.memories, "\(name), \(context.name)")
        #expect(
          snapshots.allSatisfy { $0.tensors.map(\.values) == $0.numbers },
          "\(name), \(context.name)")
      }
    }
  }

  @Test("Adam writes over what nobody else holds, but not over the bytes of a file")
  func places() throws {
    func moved(_ tensor: consuming Tensor) throws -> Bool {
      var optimizer = Optimizer(.adam())
      let gradient = Tensor(repeating: 1, shape: tensor.shape)
      let place = unsafe Int(bitPattern: tensor.start)
      var parameters = ["w": tensor]
      optimizer.update(&parameters, gradients: ["w": gradient], rate: 0.1, context: context)
      return unsafe Int(bitPattern: try #require(parameters["w"]).start) != place
    }
    let shape: Shape = [40]
    func fresh() -> Tensor {
      let tensor = context.tensor(shape)
      unsafe tensor.mutableStart.update(repeating: 2, count: tensor.count)
      return tensor
    }
    func ofFile() -> Tensor {
      let numbers = SampleBuffer([Float](repeating: 2, count: shape.count))
      return Tensor(
        shape: shape,
        storage: unsafe SampleBuffer(bytes: numbers.bytes, byteCount: numbers.byteCount) { _ in
          _ = numbers
        })
    }
    // Outside of the macro, which would hold them itself.
    let held = Tensor(repeating: 2, shape: shape)
    let found = (
      own: try moved(Tensor(repeating: 2, shape: shape)), fresh: try moved(fresh()),
      file: try moved(ofFile()), held: try moved(held)
    )
    #expect(!found.own && !found.fresh && found.file && found.held)
    #expect(held.values == [Float](repeating: 2, count: 40))
  }

  @Test("a step is the same for any number of threads")
  func threads() {
    for (name, start, rate) in Self.optimizers {
      var results: [[String: Tensor]] = []
      for jobs in [1, 2, 5] {
        var random = SplitMix64(seed: 8)
        var optimizer = start
        var parameters = ["w": random.tensor([100_003])]
        for _ in 0..<3 {
          optimizer.update(
            &parameters, gradients: ["w": random.tensor([100_003])], rate: rate,
            clipping: .norm(0.5), context: ForwardContext(jobs: jobs))
        }
        results.append(parameters)
      }
      #expect(results.allSatisfy { $0 == results[0] }, "\(name)")
    }
  }

  @Test("learning rates go as PyTorch's")
  func schedules() throws {
    let fixture = try SafetensorsFixture("learning.safetensors")
    let losses: [Double] = [
      1.0, 0.9, 0.95, 0.91, 0.92, 0.93, 0.8, 0.81, 0.82, 0.83, 0.84, 0.85, 0.86, 0.7, 0.71, 0.72,
      0.73, 0.74, 0.75, 0.76,
    ]
    for (name, schedule) in [
      ("step", .step(every: 3, factor: 0.5)), ("cosine", .cosine(floor: 0.01)),
      ("warm-up", .cosine(warmUpSteps: 5)), ("plateau", .plateau(factor: 0.3, patience: 2)),
      ("plateau-eager", .plateau(factor: 0.3, patience: 0)),
    ] as [(String, LearningRate.Schedule)] {
      let expected = try #require(fixture.tensors["schedule.\(name)"])
      var rate = LearningRate(0.2, schedule)
      var found: [Float] = []
      for epoch in 0..<Self.steps {
        found.append(Float(rate.rate(epoch: epoch, step: epoch, totalSteps: Self.steps)))
        rate.observe(losses[epoch])
      }
      // Roundings of Float32, of rates that become as small as the smallest change.
      let rates = expected.values.map(Double.init)
      let difference = firstDifference(found, rates) { 3e-7 * rates[$0] }
      #expect(difference == nil, "\(name): \(difference ?? "")")
    }
  }

  @Test("gradients are clipped to PyTorch's length")
  func clipping() throws {
    let fixture = try SafetensorsFixture("learning.safetensors")
    let expected = try #require(fixture.tensors["clip"])
    var random = SplitMix64(seed: 2)
    let gradients = ["a": random.tensor([3, 4]), "b": random.tensor([5])]
    var parameters = gradients.mapValues { Tensor(repeating: 0, shape: $0.shape) }
    var optimizer = Optimizer(.sgd())
    optimizer.update(
      &parameters, gradients: gradients, rate: 1, clipping: .norm(0.5), context: context)
    let moved = ["a", "b"].flatMap { parameters[$0]?.values.map { -$0 } ?? [] }
    #expect(firstDifference(moved, expected.values.map(Double.init)) { _ in 1e-7 } == nil)

    var others = gradients.mapValues { Tensor(repeating: 0, shape: $0.shape) }
    optimizer.update(
      &others, gradients: gradients, rate: 1, clipping: .value(0.25), context: context)
    let limited = gradients.mapValues { $0.values.map { -min(max($0, -0.25), 0.25) } }
    #expect(others.mapValues(\.values) == limited)
  }

  @Test("losses and their gradients are PyTorch's")
  func losses() throws {
    let fixture = try SafetensorsFixture("learning.safetensors")
    var random = SplitMix64(seed: 3)
    let outputs = random.tensor([4, 5], scale: 3)
    for (name, loss) in [
      ("cross-entropy", .crossEntropy()), ("smoothing", .crossEntropy(smoothing: 0.1)),
      ("nll", .negativeLogLikelihood), ("mse", .meanSquaredError),
    ] as [(String, Loss)] {
      let value = loss(outputs, labels: [0, 3, 4, 1])
      let expected = try #require(fixture.tensors["loss.\(name).value"]?.values.first)
      #expect(abs(value.mean - Double(expected)) < 1e-6, "\(name)")
      let gradient = try #require(fixture.tensors["loss.\(name).gradient"])
      #expect(firstDifference(value.gradient, gradient, share: 1e-6) == nil, "\(name)")
      #expect(abs(value.samples.reduce(0, +) / 4 - value.mean) < 1e-12)
    }
  }

  /// Also of the margin loss, which PyTorch has not (arXiv:1710.09829, equation 4).
  @Test("the gradient of every loss is its slope")
  func slopes() {
    var random = SplitMix64(seed: 6)
    let start = random.tensor([3, 4])
    let labels = [2, 0, 3]
    let margin = Loss.margin()(
      Tensor(shape: [1, 2], values: [0.5, 0.3]), labels: [0])
    #expect(abs(margin.mean - (0.16 + 0.5 * 0.04)) < 1e-7)
    for loss in [
      Loss.crossEntropy(), .crossEntropy(smoothing: 0.3), .negativeLogLikelihood,
      .meanSquaredError, .margin(),
    ] {
      let gradient = loss(start, labels: labels).gradient.values
      for i in 0..<start.count {
        func at(_ step: Float) -> (loss: Double, x: Double) {
          var values = start.values
          values[i] += step
          return (
            loss(Tensor(shape: [3, 4], values: values), labels: labels).mean, Double(values[i])
          )
        }
        let (above, below) = (at(1e-3), at(-1e-3))
        let slope = (above.loss - below.loss) / (above.x - below.x)
        // Third derivatives below 1 times the square of the step.
        #expect(abs(Double(gradient[i]) - slope) < 2e-6, "\(loss), \(i)")
      }
    }
  }

  @Test("of two tensors, the mean squared distance and its gradient")
  func distance() {
    let (a, b) = (Tensor(shape: [2], values: [1, 3]), Tensor(shape: [2], values: [0, 5]))
    let (mean, gradient) = Loss.meanSquaredError(a, b)
    #expect(mean == 2.5 && gradient.values == [1, -2])
  }

  @Test(
    "running statistics of batch normalisation move as PyTorch's",
    arguments: [("norm", 0.1), ("mean-norm", nil)] as [(String, Float?)])
  func runningStatistics(name: String, momentum: Float?) throws {
    let fixture = try SafetensorsFixture("learning.safetensors")
    let (means, variances) = (
      try #require(fixture.tensors["\(name).mean"]),
      try #require(fixture.tensors["\(name).variance"])
    )
    var random = SplitMix64(seed: 4)
    var parameters: [String: Tensor] = [:]
    for (name, value) in [
      ("weight", 1), ("bias", 0), ("running_mean", 0), ("running_var", 1),
    ] as [(String, Float)] {
      parameters[name] = Tensor(repeating: value, shape: [3])
    }
    for step in 0..<Self.steps {
      let one = try OneLayer(
        BatchNorm2d(features: 3, momentum: momentum), [random.tensor([4, 3, 2, 5])], parameters)
      let recording = try one.network.recording(
        one.inputs, mode: .training(seed: 0, step: step), context: context)
      for (name, expected) in [("running_mean", means), ("running_var", variances)] {
        let found = try #require(recording.updates["y.\(name)"])
        parameters[name] = found
        let difference = firstDifference(
          found.values, expected.element(step).values.map(Double.init)
        ) { _ in 1e-6 }
        #expect(difference == nil, "\(name) in step \(step): \(difference ?? "")")
      }
    }
  }

  /// A skip, a shared value, groups, batch normalisation in training.
  @Test("twenty steps of a whole network are PyTorch's")
  func network() throws {
    let fixture = try SafetensorsFixture("learning.safetensors")
    let architecture = try Self.small()
    var random = SplitMix64(seed: 5)
    var generator = SeededGenerator(seed: 1)
    var parameters = architecture.initialParameters(using: &generator)
    for parameter in architecture.parameterShapes where !parameter.name.hasPrefix("bn1") {
      parameters[parameter.name] = random.tensor(parameter.shape, scale: 0.5)
    }
    var optimizer = Optimizer(.sgd(momentum: 0.9))
    let losses = try #require(fixture.tensors["network.losses"]).values
    for step in 0..<Self.steps {
      let batch = random.tensor([6, 1, 6, 6])
      let network = try Network(architecture, parameters: parameters)
      let recording = try network.recording(
        ["x": batch], mode: .training(seed: 0, step: step), context: context)
      let output = try #require(recording.outputs["y"])
      let value = Loss.crossEntropy()(output, labels: (0..<6).map { (step + $0) % 5 })
      // Roundings of a step go into all that follow.
      #expect(abs(value.mean - Double(losses[step])) < 2e-5, "step \(step)")
      let updates = recording.updates
      let gradients = recording.gradients(["fc": value.gradient]).parameters
      optimizer.update(&parameters, gradients: gradients, rate: 0.05, context: context)
      parameters.merge(updates) { $1 }
    }
    for (name, found) in parameters {
      let expected = try #require(fixture.tensors["network.\(name)"], "\(name)")
      let difference = firstDifference(found, expected, share: 2e-5)
      #expect(difference == nil, "\(name): \(difference ?? "")")
    }
  }

  private static func small() throws -> Architecture {
    typealias Node = Architecture.Node
    return try Architecture(
      inputs: [.init("x", shape: [nil, 1, 6, 6])],
      nodes: [
        Node("conv1", SampleNetwork.conv(1, 4, 3, padding: 1), inputs: ["x"]),
        Node("bn1", BatchNorm2d(features: 4), inputs: ["conv1"]),
        Node("relu1", ReLU(), inputs: ["bn1"]),
        Node(
          "conv2",
          Conv2d(inputChannels: 4, outputChannels: 4, kernelSize: 3, padding: 1, groups: 2),
          inputs: ["relu1"]),
        Node("add", Add(), inputs: ["conv2", "relu1"]), Node("relu2", ReLU(), inputs: ["add"]),
        Node("pool", MaxPool2d(kernelSize: 2), inputs: ["relu2"]),
        Node("flatten", Flatten(), inputs: ["pool"]),
        Node("fc", Linear(inputFeatures: 36, outputFeatures: 5), inputs: ["flatten"]),
      ], outputs: [.init("y", value: "fc")])
  }
}

@Suite("How weights begin")
struct InitializationTests {
  private func parameters(_ initialization: Initialization = .pyTorch, seed: UInt64 = 1) throws
    -> [String: Tensor]
  {
    let architecture = try Architecture(
      input: .init("x", shape: [nil, 8, 9, 9]),
      sequence: [
        ("conv", SampleNetwork.conv(8, 64, 3)), ("bn", BatchNorm2d(features: 64)),
        ("prelu", PReLU()), ("plain", PReLU(start: 0.1)), ("ln", LayerNorm([64, 7, 7])),
        ("gn", GroupNorm(groups: 2, channels: 64)), ("flatten", Flatten()),
        ("fc", Linear(inputFeatures: 3136, outputFeatures: 10)),
      ])
    var generator = SeededGenerator(seed: seed)
    return architecture.initialParameters(initialization, using: &generator)
  }

  @Test("is PyTorch's: even within ±1/√fanIn, scales 1, shifts 0, slopes 0.25")
  func pyTorch() throws {
    let found = try parameters()
    for (name, fanIn) in [
      ("conv.weight", 72), ("conv.bias", 72), ("fc.weight", 3136), ("fc.bias", 3136),
    ] {
      let values = try #require(found[name]).values
      let bound = 1 / Float(fanIn).squareRoot()
      #expect(values.allSatisfy { abs($0) <= bound }, "\(name)")
      // As many draws reach far, and are as far apart as even draws are.
      #expect(values.map { abs($0) }.max() ?? 0 > bound * 0.7, "\(name)")
    }
    let weights = try #require(found["conv.weight"]).values
    let variance = weights.reduce(0) { $0 + Double($1 * $1) } / Double(weights.count)
    #expect(abs(variance * 72 * 3 - 1) < 0.05)
    #expect(Set(found["bn.weight"]?.values ?? []) == [1])
    #expect(Set(found["bn.bias"]?.values ?? []) == [0])
    #expect(Set(found["bn.running_var"]?.values ?? []) == [1])
    #expect(found["prelu.weight"]?.values == [0.25] && found["plain.weight"]?.values == [0.1])
    for name in ["ln", "gn"] {
      #expect(Set(found["\(name).weight"]?.values ?? []) == [1])
      #expect(Set(found["\(name).bias"]?.values ?? []) == [0])
    }
  }

  @Test("follows from the seed, and others have their own spread")
  func seeds() throws {
    #expect(try parameters() == parameters())
    #expect(try parameters()["fc.weight"] != parameters(seed: 2)["fc.weight"])
    let normal = try #require(try parameters(.kaimingNormal)["conv.weight"]).values
    let variance = normal.reduce(0) { $0 + Double($1 * $1) } / Double(normal.count)
    #expect(abs(variance * 72 / 2 - 1) < 0.05)
    let even = try #require(try parameters(.xavierUniform)["fc.weight"]).values
    #expect(even.allSatisfy { abs($0) <= (6 / Float(3136 + 10)).squareRoot() })
  }

  @Test("a generator goes on from its state")
  func state() {
    var first = SeededGenerator(seed: 7, .order, 2)
    _ = first.next()
    var second = SeededGenerator(state: first.state)
    #expect(first.next() == second.next() && first == second)
  }

  @Test("seeds, uses and places do not stand for each other")
  func streams() {
    var states: Set<UInt64> = []
    var count = 0
    for seed in 0..<8 as Range<UInt64> {
      for use in SeededGenerator.Use.allCases {
        states.insert(SeededGenerator(seed: seed, use).state)
        count += 1
        for i in 0..<8 as Range<UInt64> {
          states.insert(SeededGenerator(seed: seed, use, i).state)
          for j in 0..<8 as Range<UInt64> {
            states.insert(SeededGenerator(seed: seed, use, i, j).state)
          }
          count += 9
        }
      }
    }
    #expect(states.count == count)
  }
}
