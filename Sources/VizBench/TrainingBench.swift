internal import VizCNN

/// Times of a training step: forward, loss, backward and the optimiser's update, on numbers that stay the same.
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
  ]

  func run() throws {
    print("network          batch  jobs   ms/step   steps/s   forward  backward    update")
    for benchCase in Self.cases where options.picks(benchCase.name) {
      for jobs in options.jobs { try measure(benchCase, jobs) }
    }
  }

  private func measure(_ benchCase: Case, _ jobs: Int) throws {
    let architecture = try Zoo.entry(named: benchCase.net).architecture()
    var generator = SeededGenerator(seed: 1)
    var parameters = architecture.initialParameters(using: &generator)
    var optimizer = Optimizer(.adam())
    let shape = Shape([benchCase.batch] + benchCase.input)
    let inputs = Tensor(
      shape: shape, values: (0..<shape.count).map { _ in 2 * generator.unit() - 1 })
    let labels = (0..<benchCase.batch).map { $0 % 10 }
    let context = ForwardContext(jobs: jobs)
    let (input, output) = (architecture.inputs[0].name, architecture.outputs[0])
    let clock = ContinuousClock()
    var times: [[Double]] = [[], [], [], []]
    let start = clock.now
    var step = 0
    while step < 6 || clock.now - start < .seconds(2) {
      let moments = try once()
      step += 1
      for i in 0..<3 { times[i].append((moments[i + 1] - moments[i]) / .milliseconds(1)) }
      times[3].append((moments[3] - moments[0]) / .milliseconds(1))
    }
    func once() throws -> [ContinuousClock.Instant] {
      var moments = [clock.now]
      let network = try Network(architecture, parameters: parameters)
      let recording = try network.recording(
        [input: inputs], mode: .training(seed: 1, step: step), context: context)
      guard let result = recording.outputs[output.name] else { return moments }
      let value = Loss.crossEntropy()(result, labels: labels)
      moments.append(clock.now)
      let updates = recording.updates
      let gradients = recording.gradients([output.value: value.gradient])
      moments.append(clock.now)
      optimizer.update(
        &parameters, gradients: gradients.parameters, rate: 1e-3, context: context)
      parameters.merge(updates) { $1 }
      moments.append(clock.now)
      return moments
    }
    let medians = times.map { $0.dropFirst(2).sorted()[($0.count - 2) / 2] }
    func cell(_ value: Double, _ digits: Int = 2) -> String {
      String(repeating: " ", count: max(0, 10 - value.fixed(digits).count)) + value.fixed(digits)
    }
    let name = benchCase.name + String(repeating: " ", count: 17 - benchCase.name.count)
    print(
      "\(name)\(benchCase.batch)\t\(jobs)" + cell(medians[3]) + cell(1000 / medians[3], 1)
        + cell(medians[0]) + cell(medians[1]) + cell(medians[2]))
  }
}
