internal import Foundation
internal import VizCNN

/// Times of a training step: forward, loss, backward and the optimiser's update, on numbers that stay the same.
///
/// With a peer, the same steps are made by PyTorch, which a script asks; the losses of the first steps without
/// dropout have to agree with those in Float64 before anything is timed. Both have their turn several times, as the
/// machine may be slower for some seconds. Memory is the most that a process had at a time.
struct TrainingBench {
  let options: BenchOptions

  private struct Case {
    let name: String
    let net: String
    let batch: Int
    let input: [Int]
  }

  private static let cases = [
    Case(name: "mnist-cnn", net: "cnn", batch: 64, input: [1, 28, 28]),
    Case(name: "mnist-mlp", net: "mlp", batch: 64, input: [1, 28, 28]),
    Case(name: "cifar-resnet20", net: "resnet20", batch: 128, input: [3, 32, 32]),
    Case(name: "mnist-capsnet-small", net: "capsnet-small", batch: 64, input: [1, 28, 28]),
  ]

  private struct Question: Encodable {
    let name: String
    let weights: String
    /// Of the parameters, in the order of the layers.
    let names: [String]
    let source: String
    let shape: [Int]
    let labels: [Int]
    let jobs: Int
    let steps: Int
    let turn = TrainingBench.turn
  }

  private struct Answer: Decodable {
    /// In Float64, where they were asked for.
    let losses: [Double]
    /// Of some steps.
    let milliseconds: [Double]
    let megabytes: Double
  }

  private static let turns = 4
  private static let turn = Measurement.Turn(seconds: 0.4, runs: 3)

  private static let comparedSteps = 20
  /// Adam's first steps go by the signs of slopes: with larger ones what is nearly 0 would take another way in every
  /// library within 20 steps.
  private static let rate = 1e-4
  private static let tolerance = 1e-4

  func run() throws {
    let peer = try options.peer.map { try PeerProcess(command: $0) }
    print("medians in milliseconds\(peer.map { " beside " + $0.version } ?? "")\n")
    print(
      "network".padded(22)
        + (["batch", "jobs", "step", "steps/s", "forward", "backward", "update", "MB"]
        + (peer == nil ? [] : ["torch", "MB"])).map { $0.padded(10, right: true) }.joined()
        + (peer == nil ? "" : "×".padded(8, right: true)))
    var ratios: [Double] = []
    for benchCase in Self.cases where options.picks(benchCase.name) {
      for jobs in options.jobs {
        if let ratio = try measure(benchCase, jobs, peer) { ratios.append(ratio) }
      }
    }
    guard !ratios.isEmpty else { return }
    print("\ngeometric mean over \(ratios.count) of them \(Main.geometricMean(ratios).fixed(2))×")
  }

  /// A row of the table, and how many times as many steps as the peer.
  private func measure(
    _ benchCase: Case, _ jobs: Int, _ peer: PeerProcess?
  ) throws -> Double? {
    let architecture = try Zoo.entry(named: benchCase.net).architecture()
    var answer = try peer.map { try ask($0, benchCase, architecture, jobs) }
    var others = answer?.milliseconds ?? []
    PeakMemory.reset()
    var run = Run(architecture, benchCase.batch, benchCase.input, jobs: jobs)
    var times: [[Double]] = [[], [], []]
    var whole: [Double] = []
    for turn in 0..<Self.turns {
      if turn > 0, let peer {
        let next: Answer = try peer.ask(["turn": Self.turn])
        others += next.milliseconds
        answer = next
      }
      var isWarm = false
      _ = try Measurement.milliseconds(Self.turn) {
        let step = try run.step().times
        guard isWarm else {
          isWarm = true
          return
        }
        for (i, time) in step.enumerated() { times[i].append(time) }
        whole.append(step.reduce(0, +))
      }
    }
    let step = Measurement.median(of: whole)
    let other = answer.map { (Measurement.median(of: others), $0.megabytes) }
    let ratio = other.map { $0.0 / step }
    let cells =
      ["\(benchCase.batch)", "\(jobs)", step.fixed(2), (1000 / step).fixed(1)]
      + times.map { Measurement.median(of: $0).fixed(2) } + [PeakMemory.megabytes.fixed(1)]
      + (other.map { [$0.0.fixed(2), $0.1.fixed(1)] } ?? [])
    print(
      benchCase.name.padded(22) + cells.map { $0.padded(10, right: true) }.joined()
        + (ratio?.fixed(2).padded(8, right: true) ?? ""))
    return ratio
  }

  private func ask(
    _ peer: PeerProcess, _ benchCase: Case, _ architecture: Architecture, _ jobs: Int
  ) throws -> Answer {
    let plain = try Architecture(
      inputs: architecture.inputs,
      nodes: architecture.nodes.map { node in
        Architecture.Node(
          node.name, node.layer is Dropout ? Dropout(probability: 0) : node.layer,
          inputs: node.inputs)
      }, outputs: architecture.outputs)
    var run = Run(plain, benchCase.batch, benchCase.input, jobs: jobs)
    let network = try Network(plain, parameters: run.parameters)
    let weights = try Checkpoint(network: network).encoded(as: .safetensors)
    let answer: Answer = try peer.ask(
      Question(
        name: benchCase.name,
        weights: try peer.write(Data(weights), named: "weights.safetensors"),
        names: plain.parameterShapes.map(\.name),
        source: try peer.write(
          run.inputs.values.withUnsafeBytes { Data($0) }, named: "source"),
        shape: run.inputs.shape.dimensions, labels: run.labels, jobs: jobs,
        steps: Self.comparedSteps))
    for (i, expected) in answer.losses.enumerated() {
      let found = try run.step().loss
      guard abs(found - expected) <= Self.tolerance * max(1, expected) else {
        throw PeerProcess.Failure.disagrees(
          "\(benchCase.name): the loss of step \(i) is \(found) instead of \(expected)")
      }
    }
    return answer
  }

  /// A network that learns one batch again and again.
  private struct Run {
    let architecture: Architecture
    let inputs: Tensor
    let labels: [Int]
    private(set) var parameters: [String: Tensor]
    private let context: ForwardContext
    private let objective: Objective
    private var optimizer = Optimizer(.adam())
    private var steps = 0

    init(_ architecture: Architecture, _ batch: Int, _ input: [Int], jobs: Int) {
      self.architecture = architecture
      var generator = SeededGenerator(seed: 1)
      parameters = architecture.initialParameters(using: &generator)
      inputs = generator.tensor(Shape([batch] + input))
      labels = (0..<batch).map { $0 % 10 }
      context = ForwardContext(jobs: jobs)
      objective = architecture.objective()
    }

    /// The loss, and the milliseconds of forward, backward and update.
    mutating func step() throws -> (loss: Double, times: [Double]) {
      let clock = ContinuousClock()
      var moments = [clock.now]
      // No name for the network: who holds the parameters keeps them from being written where they are.
      let recording = try Network(architecture, parameters: parameters).recording(
        [architecture.inputs[0].name: inputs],
        mode: .training(seed: 1, step: steps, labels: labels), context: context)
      let value = objective(
        architecture.ordered(recording.outputs), inputs: inputs, labels: labels)
      moments.append(clock.now)
      let updates = recording.updates
      let gradients = recording.gradients(
        Dictionary(zip(architecture.outputs.map(\.value), value.gradients)) { $1 })
      moments.append(clock.now)
      optimizer.update(
        &parameters, gradients: gradients.parameters, rate: TrainingBench.rate, context: context)
      parameters.merge(updates) { $1 }
      moments.append(clock.now)
      steps += 1
      return (value.mean, zip(moments, moments.dropFirst()).map { ($1 - $0) / .milliseconds(1) })
    }
  }
}
