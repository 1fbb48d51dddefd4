import Testing
import VizFiles
import VizInput
import VizNN
import VizTestSupport
import VizTraining

@Suite("Training")
struct TrainerTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try scratch.makeDigits(120)
  }

  private func data() throws -> DataSet { try DataSource("mnist:\(scratch.path)").read(.training) }

  private var options: TrainingOptions {
    TrainingOptions(
      epochs: 3, batchSize: 16, method: .adam(), rate: 0.01, schedule: .constant,
      validationShare: 0.2, seed: 11)
  }

  private func trainer(
    _ options: TrainingOptions, resuming: TrainingState? = nil, jobs: Int = 2
  ) throws -> Trainer {
    try Trainer(
      SmallNetwork.convolutional(), Loader(data()), options: options, resuming: resuming,
      jobs: jobs)
  }

  @Test("ten pictures are learned by heart")
  func overfit() throws {
    try scratch.makeDigits(10)
    var trainer = try trainer(
      TrainingOptions(epochs: 60, batchSize: 10, rate: 0.02, validationShare: 0, seed: 1))
    let first = try trainer.advance().loss
    while !trainer.isDone { try trainer.advance() }
    let result = try Evaluation(trainer.network(), Loader(data()))
    #expect(result.accuracy == 1)
    #expect(result.loss < first / 20)
    #expect(trainer.state.history.count == 60)
    #expect(trainer.state.history[0].validationLoss == nil)
  }

  @Test("the same seed gives the same bits, whatever the number of threads")
  func repeats() throws {
    func end(_ jobs: Int, seed: UInt64 = 11) throws -> TrainingState {
      var options = options
      options.seed = seed
      var trainer = try trainer(options, jobs: jobs)
      while !trainer.isDone { try trainer.advance() }
      return trainer.state
    }
    let first = try end(1)
    for jobs in [1, 2, 5] {
      let again = try end(jobs)
      #expect(again.parameters == first.parameters && again.history == first.history)
    }
    #expect(try end(1, seed: 12).parameters != first.parameters)
  }

  @Test("a state that is stored and taken up goes on bit for bit, at every step")
  func resumes() throws {
    for method in [Optimizer.Method.adam(), .sgd(momentum: 0.9), .rmsprop(momentum: 0.5)] {
      var options = options
      options.method = method
      options.schedule = .plateau(factor: method == .adam() ? 0 : 0.5, patience: 0)
      options.patience = 5
      var whole = try trainer(options)
      var parts = try trainer(options)
      while !whole.isDone {
        try whole.advance()
        try parts.advance()
        let text = parts.state.json.text
        let network = try parts.network()
        let stored = try #require(
          try TrainingState(
            JSONValue(json: Array(text.utf8)), tensors: parts.state.tensors, network: network,
            options: options))
        parts = try trainer(options, resuming: stored)
      }
      #expect(parts.isDone && parts.state.parameters == whole.state.parameters)
      #expect(parts.state.history == whole.state.history)
      #expect(parts.state.json.text == whole.state.json.text)
    }
  }

  @Test("a state of another network or of nothing is none")
  func foreignStates() throws {
    var trainer = try trainer(options)
    try trainer.advance()
    let network = try trainer.network()
    let (json, tensors) = (trainer.state.json, trainer.state.tensors)
    #expect(TrainingState(json, tensors: tensors, network: network, options: options) != nil)
    #expect(TrainingState(.null, tensors: tensors, network: network, options: options) == nil)
    #expect(TrainingState(json, tensors: [:], network: network, options: options) == nil)
    guard let members = json.members else {
      Issue.record("a state that is no object")
      return
    }
    let optional: Set<String> = ["plateau_best", "stopping_best", "stopping_bad"]
    for i in members.indices where !optional.contains(members[i].0) {
      var rest = members
      rest.remove(at: i)
      #expect(
        TrainingState(.object(rest), tensors: tensors, network: network, options: options) == nil,
        "without \(members[i].0)")
    }
  }

  @Test("a loss that is no number ends the run, with the place")
  func diverges() throws {
    var options = options
    (options.method, options.rate) = (.sgd(momentum: 0.9), 1e30)
    var trainer = try trainer(options)
    let before = trainer.state.parameters
    var found: TrainingError?
    var last = before
    while found == nil, !trainer.isDone {
      last = trainer.state.parameters
      do throws(TrainingError) { try trainer.advance() } catch { found = error }
    }
    guard case .diverged(let epoch, let step, let loss, 1e30)? = found else {
      Issue.record("\(String(describing: found))")
      return
    }
    #expect(epoch == 1 && step >= 2 && !loss.isFinite)
    // The step that failed has changed nothing.
    #expect(trainer.state.parameters.mapValues(\.bits) == last.mapValues(\.bits))
    #expect(last.mapValues(\.bits) != before.mapValues(\.bits))
  }

  @Test("a loss that is no number before anything was learned is not blamed on the rate")
  func undefined() throws {
    let architecture = try SmallNetwork.convolutional()
    var generator = SeededGenerator(seed: 1)
    var parameters = architecture.initialParameters(using: &generator)
    parameters["fc.weight"] = Tensor(repeating: .infinity, shape: [10, 96])
    var trainer = try Trainer(
      architecture, Loader(data()), options: options, parameters: parameters, jobs: 1)
    let error = #expect(throws: TrainingError.self) { try trainer.advance() }
    guard case .undefined(let loss)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(!loss.isFinite && error?.hint?.contains("--lr") == false)
    #expect(
      error?.description.hasPrefix("the loss of the first step is ") == true
        && error?.description.hasSuffix(", before anything was learned") == true)
  }

  @Test("early stopping ends a run, and the best epoch is the one with the smallest loss")
  func stops() throws {
    var options = options
    (options.epochs, options.patience, options.rate) = (200, 2, 0.05)
    var trainer = try trainer(options)
    while !trainer.isDone { try trainer.advance() }
    let history = trainer.state.history
    #expect(history.count < 200)
    let best = try #require(trainer.state.bestEpoch)
    #expect(best == history.count - 2)
    #expect(history[best - 1].choice == history.map(\.choice).min())
  }

  @Test("networks that do not fit the data are told")
  func unsuitable() throws {
    let data = try data()
    for sequence in [
      [("flatten", Flatten()), ("fc", Linear(inputFeatures: 64, outputFeatures: 9))],
      [("flatten", Flatten()), ("fc", Linear(inputFeatures: 63, outputFeatures: 10))],
      [("flatten", Flatten())],
    ] as [[(String, any Layer)]] {
      #expect(throws: (any Error).self) {
        let architecture = try Architecture(
          input: .init("x", shape: [nil, 1, nil, nil]), sequence: sequence)
        _ = try Trainer(architecture, Loader(data), options: TrainingOptions())
      }
    }
  }

  private func refusal(
    _ layers: [any Layer], _ change: (inout TrainingOptions) -> Void
  ) throws -> TrainingError? {
    var options = options
    change(&options)
    let architecture = try Architecture(
      input: .init("x", shape: [nil, 1, 8, 8]),
      sequence: layers.enumerated().map { ("n\($0)", $1) })
    let loader = try Loader(data())
    do throws(TrainingError) {
      _ = try Trainer(architecture, loader, options: options)
      return nil
    } catch {
      return error
    }
  }

  @Test("a last batch of one picture is told before the first step, where layers need more")
  func lastBatch() throws {
    let layers: [any Layer] = [
      Flatten(), Linear(inputFeatures: 64, outputFeatures: 10), BatchNorm1d(features: 10),
    ]
    // 120 pictures: 7 batches of 17, and one.
    let found = try refusal(layers) { ($0.batchSize, $0.validationShare) = (17, 0) }
    guard case .unsuitable(_, "17, which leaves 1 of 120")? = found else {
      Issue.record("\(String(describing: found))")
      return
    }
    #expect(try refusal(layers) { ($0.batchSize, $0.validationShare) = (16, 0) } == nil)
    #expect(
      try refusal(Array(layers.dropLast())) {
        ($0.batchSize, $0.validationShare) = (17, 0)
      } == nil)
  }

  @Test("a loss of something else than what the last layer gives is told")
  func losses() throws {
    let dense: [any Layer] = [Flatten(), Linear(inputFeatures: 64, outputFeatures: 10)]
    func found(_ layers: [any Layer], _ loss: Loss?) throws -> String? {
      guard case .unsuitable(_, let found)? = try refusal(layers, { $0.loss = loss }) else {
        return nil
      }
      return found
    }
    #expect(try found(dense, .negativeLogLikelihood) == "Linear")
    #expect(try found(dense + [Softmax(dimension: 1)], nil) == "Softmax")
    #expect(try found(dense + [LogSoftmax(dimension: 1)], .negativeLogLikelihood) == nil)
    #expect(try found(dense, .meanSquaredError) == nil)
  }

  @Test("a last step that went too far is told where nothing is held back, too")
  func ruined() throws {
    var options = options
    (options.method, options.rate) = (.sgd(), 1e38)
    (options.batchSize, options.validationShare, options.epochs) = (120, 0, 1)
    var trainer = try trainer(options)
    #expect {
      try trainer.advance()
    } throws: { error in
      if case .diverged(1, _, _, 1e38)? = error as? TrainingError { return true }
      return false
    }
  }

  @Test("classes are known by their names")
  func names() throws {
    let data = try data()
    let names = Array(data.classNames.reversed()) + ["more"]
    let other = try data.numbered(as: names)
    #expect(other.classNames == names && other.labels == data.labels.map { 9 - $0 })
    #expect(try data.numbered(as: data.classNames).labels == data.labels)
    #expect(
      throws: DatasetError.unsuitable(
        source: data.source, expected: "classes of the network, 0, 1, 2, 3, 4, 5, 6, 7",
        found: "8, 9")
    ) {
      try data.numbered(as: Array(data.classNames.prefix(8)))
    }
  }

  @Test("what is found of pictures adds up")
  func evaluation() throws {
    let trainer = try trainer(options)
    let result = try Evaluation(trainer.network(), Loader(data()))
    #expect(result.count == 120)
    let table = result.confusion
    #expect(table.map { $0.reduce(0, +) } == Array(repeating: 12, count: 10))
    let right = (0..<10).reduce(0) { $0 + table[$1][$1] }
    #expect(result.accuracy == Double(right) / 120)
    #expect(result.mistakes.count == 120 - right)
    let losses = result.mistakes.map(\.loss)
    #expect(losses == losses.sorted(by: >))
    let mean = result.verdicts.reduce(0) { $0 + $1.loss } / 120
    #expect(result.loss == mean)
  }
}

extension Tensor {
  /// NaN equals itself.
  fileprivate var bits: [UInt32] { values.map(\.bitPattern) }
}
