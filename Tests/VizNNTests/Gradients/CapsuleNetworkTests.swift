import Testing
import VizNN
import VizTestSupport

@Suite("A capsule network")
struct CapsuleNetworkTests {
  private static let labels = [2, 0, 1, 2]

  /// The network of `Fixtures/make_capsules.py`.
  private static func architecture() throws -> Architecture {
    typealias Node = Architecture.Node
    return try Architecture(
      inputs: [.init("input", shape: [nil, 1, 7, 7])],
      nodes: [
        Node("conv1", SampleNetwork.conv(1, 4, 3), inputs: ["input"]),
        Node("relu1", ReLU(), inputs: ["conv1"]),
        Node(
          "conv2", Conv2d(inputChannels: 4, outputChannels: 8, kernelSize: 3, stride: 2),
          inputs: ["relu1"]),
        Node("primary", PrimaryCapsules(length: 4), inputs: ["conv2"]),
        Node(
          "classes",
          CapsuleRouting(inputCapsules: 8, inputLength: 4, outputCapsules: 3, outputLength: 5),
          inputs: ["primary"]),
        Node("lengths", CapsuleLength(), inputs: ["classes"]),
        Node("mask", CapsuleMask(), inputs: ["classes"]),
        Node("fc1", Linear(inputFeatures: 15, outputFeatures: 6), inputs: ["mask"]),
        Node("relu2", ReLU(), inputs: ["fc1"]),
        Node("fc2", Linear(inputFeatures: 6, outputFeatures: 49), inputs: ["relu2"]),
        Node("sigmoid", Sigmoid(), inputs: ["fc2"]),
      ],
      outputs: [.init("output", value: "lengths"), .init("reconstruction", value: "sigmoid")])
  }

  private static func parameters(_ random: inout SplitMix64) throws -> [String: Tensor] {
    var parameters: [String: Tensor] = [:]
    for parameter in try architecture().parameterShapes {
      parameters[parameter.name] = random.tensor(parameter.shape, scale: 0.5)
    }
    return parameters
  }

  private static func step(
    _ network: Network, _ batch: Tensor, _ context: ForwardContext
  ) throws -> (value: Objective.Value, gradients: [String: Tensor]) {
    let recording = try network.recording(
      ["input": batch], mode: .training(seed: 0, step: 0, labels: labels), context: context)
    let architecture = network.architecture
    let value = architecture.objective()(
      architecture.ordered(recording.outputs), inputs: batch, labels: labels)
    let given = Dictionary(
      uniqueKeysWithValues: zip(architecture.outputs.map(\.value), value.gradients))
    return (value, recording.gradients(given).parameters)
  }

  @Test("losses of five steps, and the first one's gradients, are PyTorch's")
  func matchesPyTorch() throws {
    let fixture = try SafetensorsFixture("capsules.safetensors")
    let losses = try #require(fixture.tensors["losses"]?.values)
    #expect(losses.count == 5)
    for context in ForwardContext.usable {
      var random = SplitMix64(seed: 6)
      var parameters = try Self.parameters(&random)
      var optimizer = Optimizer(.sgd(momentum: 0.9))
      for (i, expected) in losses.enumerated() {
        let network = try Network(Self.architecture(), parameters: parameters)
        let (value, gradients) = try Self.step(network, random.tensor([4, 1, 7, 7]), context)
        // Roundings of five steps.
        #expect(abs(value.mean - Double(expected)) < 2e-6, "\(context.name), step \(i)")
        for (name, gradient) in gradients where i == 0 {
          let expected = try #require(fixture.tensors["gradient.\(name)"])
          // Hundreds of products, some of which cancel each other.
          let difference = firstDifference(gradient, expected, share: 1e-5)
          #expect(difference == nil, "\(context.name), \(name): \(difference ?? "")")
        }
        #expect(gradients.count == 9)
        optimizer.update(&parameters, gradients: gradients, rate: 0.5, context: context)
      }
    }
  }

  @Test("it calls for the margin loss, and its second output for the squared distance")
  func objective() throws {
    let objective = try Self.architecture().objective()
    #expect(objective == Objective(.margin(), reconstruction: 0.0005))
    let scores = Tensor(shape: [2, 2], values: [0.5, 0.3, 0.2, 1])
    let inputs = Tensor(shape: [2, 1, 1, 2], values: [0, 1, 0.5, 0])
    let drawn = Tensor(shape: [2, 2], values: [1, 1, 0.5, 4])
    let value = objective([scores, drawn], inputs: inputs, labels: [0, 1])
    let samples = [0.16 + 0.5 * 0.04 + 0.0005 * 1, 0.5 * 0.01 + 0.0005 * 16]
    for (found, expected) in zip(value.samples, samples) { #expect(abs(found - expected) < 1e-7) }
    #expect(abs(value.mean - (samples[0] + samples[1]) / 2) < 1e-7 && value.correct == 2)
    let slopes = value.gradients[1].values
    for (found, expected) in zip(slopes, [0.0005, 0, 0, 0.002] as [Float]) {
      #expect(abs(found - expected) < 1e-9)
    }
    #expect(objective([scores], inputs: inputs, labels: [0, 1]).gradients.count == 1)
  }

  @Test("the label chooses the capsule while it learns, the length afterwards")
  func mask() throws {
    let capsules = Tensor(shape: [2, 2, 2], values: [3, 4, 0, 1, 1, 0, 0, 1])
    let mask = CapsuleMask()
    let context = ForwardContext(jobs: 1)
    let chosen = mask.forwardInTraining(
      [capsules], [:], TrainingContext(context: context, seed: 0, labels: [1, 1]))
    #expect(chosen.outputs[0].values == [0, 0, 0, 1, 0, 0, 0, 1])
    #expect(mask.run([capsules])[0].values == [3, 4, 0, 0, 1, 0, 0, 0])
    let one = try OneLayer(mask, [capsules], [:])
    let gradients = try one.gradients(
      weights: [Tensor(shape: [2, 4], values: [1, 2, 3, 4, 5, 6, 7, 8])],
      mode: .training(seed: 0, step: 0, labels: [1, 0]), context: context)
    #expect(gradients["x0"]?.values == [0, 0, 3, 4, 5, 6, 0, 0])
  }

  @Test("gradients are the same bits for any number of threads")
  func threads() throws {
    var random = SplitMix64(seed: 12)
    let layer = CapsuleRouting(
      inputCapsules: 37, inputLength: 8, outputCapsules: 5, outputLength: 16)
    let input = random.tensor([39, 37, 8])
    let one = try OneLayer(layer, [input], random.parameters(layer.parameterShapes))
    let weights = [random.tensor([39, 5, 16])]
    let first = try one.gradients(weights: weights, context: ForwardContext(jobs: 1))
    for jobs in [2, 3, 7] {
      let found = try one.gradients(weights: weights, context: ForwardContext(jobs: jobs))
      #expect(found == first, "\(jobs) threads")
    }
  }

  @Test("a picture is routed the same alone and among others")
  func neighbours() throws {
    var random = SplitMix64(seed: 13)
    let layer = CapsuleRouting(inputCapsules: 7, inputLength: 5, outputCapsules: 3, outputLength: 6)
    let parameters = random.parameters(layer.parameterShapes)
    // A whole vector of pictures, and two in one for few.
    let (count, input) = (18, random.tensor([18, 7, 5], scale: 3))
    let weight = random.tensor([18, 3, 6])
    for context in ForwardContext.usable {
      func found(_ pictures: Range<Int>) throws -> [[Float]] {
        let part = input.pictures(pictures)
        let gradients = try OneLayer(layer, [part], parameters).gradients(
          weights: [weight.pictures(pictures)], context: context)
        let gradient = try #require(gradients["x0"])
        return zip(
          layer.forward(part, parameters, context).rows, gradient.rows
        ).map { $0 + $1 }
      }
      let all = try found(0..<count)
      for n in 0..<count {
        #expect(try found(n..<n + 1) == [all[n]], "\(context.name), picture \(n)")
      }
    }
  }
}

extension Tensor {
  fileprivate func pictures(_ range: Range<Int>) -> Tensor {
    Tensor(
      shape: Shape([range.count] + shape.dimensions.dropFirst()),
      values: Array(rows[range].joined()))
  }

  /// Each picture's numbers.
  fileprivate var rows: [[Float]] {
    let (values, length) = (values, shape.count / shape[0])
    return (0..<shape[0]).map { Array(values[$0 * length..<($0 + 1) * length]) }
  }
}
