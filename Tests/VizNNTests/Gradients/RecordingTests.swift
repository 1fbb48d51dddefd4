import Testing
import VizKernels
import VizNN
import VizTestSupport

@Suite("The way back through a network")
struct RecordingTests {
  private typealias Node = Architecture.Node

  /// x·x + x·x, where one value is read four times.
  @Test("gradients of a value that is read more than once are added up")
  func shared() throws {
    let architecture = try Architecture(
      inputs: [.init("x", shape: [3])],
      nodes: [
        Node("square", Mul(), inputs: ["x", "x"]),
        Node("twice", Add(), inputs: ["square", "square"]),
      ], outputs: [.init("y", value: "twice")])
    let network = try Network(architecture, parameters: [:])
    let x = Tensor(shape: [3], values: [1, -2, 3])
    let recording = try network.recording(["x": x], mode: .evaluation)
    #expect(recording.outputs["y"]?.values == [2, 8, 18])
    let found = recording.gradients(
      ["twice": Tensor(shape: [3], values: [1, 1, 10])], of: ["x", "square"])
    #expect(found.values["x"]?.values == [4, -8, 120])
    #expect(found.values["square"]?.values == [2, 2, 20])
  }

  @Test("a dense layer before a ReLU learns a batch as it is evaluated", arguments: [1, 7, 8, 65])
  func limitedDense(_ batch: Int) throws {
    let architecture = try Architecture(
      input: .init("x", shape: [nil, 37]),
      sequence: [("fc", Linear(inputFeatures: 37, outputFeatures: 19)), ("relu", ReLU())])
    var random = SplitMix64(seed: 71)
    let network = try Network(
      architecture, parameters: random.parameters(architecture.parameterShapes))
    let x = random.tensor([batch, 37])
    func output(_ mode: PassMode) throws -> [Float] {
      let recording = try network.recording(["x": x], mode: mode)
      return try #require(recording.outputs[architecture.outputs[0].name]).values
    }
    let (expected, found) = (try output(.evaluation), try output(.training(seed: 1, step: 0)))
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-4 })
    #expect(expected.contains(0) && found.allSatisfy { $0 >= 0 })
  }

  @Test("a loss of two values, and one that no path leads to")
  func several() throws {
    let architecture = try Architecture(
      inputs: [.init("a", shape: [1]), .init("b", shape: [1])],
      nodes: [
        Node("exp", Function(.exp), inputs: ["a"]), Node("neg", Function(.neg), inputs: ["exp"]),
        Node("other", Function(.neg), inputs: ["b"]),
      ], outputs: [.init("y", value: "neg")])
    let network = try Network(architecture, parameters: [:])
    let zero = Tensor(shape: [1], values: [0])
    let recording = try network.recording(["a": zero, "b": zero], mode: .evaluation)
    let one = Tensor(shape: [1], values: [1])
    let found = recording.gradients(["neg": one, "exp": one], of: ["a", "b"])
    #expect(found.values["a"]?.values == [0])
    #expect(found.values["b"]?.values == [0])
  }

  @Test("guided and deconvolution rules stand in for a layer's own way")
  func rules() throws {
    let architecture = try Architecture(
      input: .init("x", shape: [nil, 4]), sequence: [("relu", ReLU()), ("end", Identity())])
    let network = try Network(architecture, parameters: [:])
    let x = Tensor(shape: [1, 4], values: [1, 1, -1, -1])
    let gradient = Tensor(shape: [1, 4], values: [2, -2, 2, -2])
    func found(_ rule: GradientRule) throws -> [Float]? {
      let recording = try network.recording(["x": x], mode: .evaluation)
      return recording.gradients(["end": gradient], of: ["x"]) { node in
        node.layer is ReLU ? rule : .own
      }.values["x"]?.values
    }
    #expect(try found(.own) == [2, -2, 0, 0])
    #expect(try found(.guided) == [2, 0, 0, 0])
    #expect(try found(.deconvolution) == [2, 0, 2, 0])
  }

  /// Ten layers whose inputs are kept: whoever is asked for the rule of a layer sees what those behind it
  /// have given back, but for two gradients that took some of it.
  @Test("values are let go of on the way back")
  func freed() throws {
    let depth = 10
    let memory = TensorMemory()
    let context = ForwardContext(execution: Execution(jobs: 1), memory: memory)
    let architecture = try Architecture(
      input: .init("x", shape: [nil, 4096]),
      sequence: (0..<depth).map { ("f\($0)", Function(.sin)) })
    let network = try Network(architecture, parameters: [:])
    let x = Tensor(repeating: 0.5, shape: [1, 4096])
    let recording = try network.recording(["x": x], mode: .evaluation, context: context)
    let ones = Tensor(repeating: 1, shape: [1, 4096])
    var free: [Int] = []
    let found = recording.gradients(["f\(depth - 1)": ones], of: ["x"]) { _ in
      free.append(memory.freeCount)
      return .own
    }
    #expect(found.values["x"]?.count == 4096)
    #expect(free.count == depth)
    for (done, count) in free.enumerated() { #expect(count >= done - 2, "\(free)") }
  }

  @Test("the gradients of a network with skips are equal for any number of threads")
  func threads() throws {
    let network = try SampleNetwork.random(SampleNetwork.residual(height: 33))
    var random = SplitMix64(seed: 9)
    let x = random.tensor([5, 3, 33, 33])
    let weights = random.tensor([5, 5])
    for mode in [PassMode.evaluation, .training(seed: 3, step: 1)] {
      func found(_ jobs: Int) throws -> Recording.Gradients {
        let recording = try network.recording(
          ["image": x], mode: mode, context: ForwardContext(jobs: jobs))
        return recording.gradients(["norm": weights], of: ["image"])
      }
      let one = try found(1)
      #expect(one.parameters.count == network.architecture.parameterShapes.count { $0.isLearned })
      for jobs in [2, 3, 7] {
        let more = try found(jobs)
        #expect(more.values == one.values && more.parameters == one.parameters, "\(jobs) jobs")
      }
    }
  }

  @Test("batches of one number a channel have no statistics")
  func statistics() throws {
    let architecture = try Architecture(
      input: .init("x", shape: [nil, 2]), sequence: [("bn", BatchNorm1d(features: 2))])
    let network = try SampleNetwork.random(architecture)
    let x = Tensor(repeating: 1, shape: [1, 2])
    #expect(throws: NetworkError.self) {
      _ = try network.recording(["x": x], mode: .training(seed: 0, step: 0))
    }
    _ = try network.recording(["x": x], mode: .evaluation)
  }
}

@Suite("Dropout in training")
struct DropoutTrainingTests {
  private func masked(
    _ layer: Dropout, _ shape: Shape, step: Int, jobs: Int = 1
  ) throws -> (output: Tensor, gradient: Tensor) {
    let ones = Tensor(repeating: 1, shape: shape)
    let one = try OneLayer(layer, [ones], [:])
    let mode = PassMode.training(seed: 5, step: step)
    let context = ForwardContext(jobs: jobs)
    let recording = try one.network.recording(one.inputs, mode: mode, context: context)
    let output = try #require(recording.outputs["y"])
    let gradient = try #require(
      try one.gradients(weights: [ones], mode: mode, context: context)["x0"])
    return (output, gradient)
  }

  @Test("leaves out the share that it says, and makes the rest as much larger")
  func scale() throws {
    let (output, gradient) = try masked(Dropout(probability: 0.2), [100, 1000], step: 1)
    #expect(Set(output.values) == [0, 1.25])
    #expect(gradient == output)
    let share = Double(output.values.count { $0 == 0 }) / 100_000
    // Four deviations of √(0.2 · 0.8 / 100 000).
    #expect(abs(share - 0.2) < 0.0051)
  }

  @Test("draws anew in every step, and the same for any number of threads")
  func draws() throws {
    let layer = Dropout(probability: 0.5)
    let first = try masked(layer, [64, 1000], step: 1).output
    #expect(first != (try masked(layer, [64, 1000], step: 2).output))
    #expect(first == (try masked(layer, [64, 1000], step: 1, jobs: 3).output))
  }

  @Test("leaves out whole channels where it is Dropout2d, and everything or nothing at the ends")
  func channels() throws {
    let output = try masked(
      Dropout(probability: 0.5, dropsChannels: true), [8, 16, 5, 5], step: 1
    ).output
    let planes = stride(from: 0, to: output.count, by: 25).map {
      Set(output.values[$0..<$0 + 25])
    }
    #expect(planes.allSatisfy { $0.count == 1 } && Set(planes) == [[0], [2]])
    #expect(Set(try masked(Dropout(probability: 1), [2, 3], step: 1).output.values) == [0])
    #expect(Set(try masked(Dropout(probability: 0), [2, 3], step: 1).output.values) == [1])
  }
}
