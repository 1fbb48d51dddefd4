internal import VizInput
public import VizNN

/// A network that learns from data, step by step.
///
///     var trainer = try Trainer(architecture, Loader(data), options: TrainingOptions())
///     while !trainer.isDone { try trainer.advance() }
///
/// The same options, data and machine give the same numbers, bit for bit, whatever the number of threads and
/// however often the run was stored and taken up again.
public struct Trainer: Sendable {
  public let architecture: Architecture
  public let loader: Loader
  public let split: DataSplit
  public let options: TrainingOptions
  /// What the network is judged by.
  public let objective: Objective
  public private(set) var state: TrainingState
  private let context: ForwardContext
  private let inputName: String
  private let workers: Int
  /// The batches of the epoch at hand.
  private var batches: BatchQueue

  /// Begins with `parameters` and, for those that are not among them, fresh ones, or where a stored state ended.
  ///
  /// `workers` threads make batches ahead of the network, which `jobs` threads compute.
  ///
  /// - Throws: where the network does not take the data's pictures, or gives other classes.
  public init(
    _ architecture: Architecture, _ loader: Loader, options: TrainingOptions,
    parameters: [String: Tensor] = [:], resuming state: TrainingState? = nil, jobs: Int? = nil,
    workers: Int = 0
  ) throws(TrainingError) {
    try Self.check(architecture, loader, options)
    self.architecture = architecture
    self.loader = loader
    self.options = options
    context = ForwardContext(jobs: jobs)
    inputName = architecture.inputs[0].name
    objective = architecture.objective(options.loss)
    split = DataSplit(loader.data, validation: options.validationShare, seed: options.seed)
    var generator = SeededGenerator(seed: options.seed, .parameters)
    self.state =
      state
      ?? TrainingState(
        parameters: architecture.initialParameters(using: &generator).merging(parameters) { $1 },
        optimizer: Optimizer(options.method, weightDecay: options.weightDecay),
        learningRate: LearningRate(options.rate, options.schedule),
        stopping: options.patience.map { EarlyStopping(patience: $0) })
    self.workers = workers
    batches = Self.batches(loader, split, options, self.state, workers: workers)
    try checkBatches()
    guard self.state.step < stepsPerEpoch else {
      throw .otherRun([
        .init(
          part: "number of pictures", expected: "\(stepsPerEpoch) steps an epoch",
          found: "step \(self.state.step)")
      ])
    }
  }

  /// The batches of the epoch that a state stands in, from its step on.
  private static func batches(
    _ loader: Loader, _ split: DataSplit, _ options: TrainingOptions, _ state: TrainingState,
    workers: Int
  ) -> BatchQueue {
    BatchQueue(
      loader, Loader.order(split.training, seed: options.seed, epoch: state.epoch),
      size: options.batchSize, seed: options.seed, epoch: state.epoch, from: state.step,
      workers: state.epoch < options.epochs ? workers : 0)
  }

  public var stepsPerEpoch: Int { batches.count }

  public var isDone: Bool {
    if state.epoch >= options.epochs { return true }
    guard let stopping = state.stopping, state.step == 0 else { return false }
    return stopping.badEpochs >= stopping.patience
  }

  /// The network as it is now.
  public func network() throws(TrainingError) -> Network {
    do {
      return try Network(architecture, parameters: state.parameters)
    } catch {
      throw .network(error)
    }
  }

  /// What a step has come to.
  public struct Advance: Sendable {
    /// The mean loss of the step's pictures.
    public let loss: Double
    public let pictures: Int
    /// Where the step was the last of an epoch.
    public let epoch: EpochMetrics?
  }

  /// Makes a step, and behind the last one of an epoch looks at the pictures that were held back.
  @discardableResult
  public mutating func advance() throws(TrainingError) -> Advance {
    let rate = currentRate
    let (value, pictures) = try learn(rate: rate)
    state.step += 1
    var metrics: EpochMetrics?
    if state.step == stepsPerEpoch { metrics = try finishEpoch(rate: rate) }
    return Advance(loss: value, pictures: pictures, epoch: metrics)
  }

  /// Steps that were made, of all epochs.
  public var stepCount: Int { state.epoch * stepsPerEpoch + state.step }

  public var currentRate: Double {
    state.learningRate.rate(
      epoch: state.epoch, step: stepCount, totalSteps: options.epochs * stepsPerEpoch)
  }

  /// - Returns: the mean loss, and how many pictures it is of.
  private mutating func learn(
    rate: Double
  ) throws(TrainingError) -> (loss: Double, pictures: Int) {
    let batch: Loader.Batch
    do {
      batch = try batches.batch(state.step)
    } catch {
      throw .data(error)
    }
    let recording = try recording(of: batch)
    let value = objective(
      architecture.ordered(recording.outputs), inputs: batch.inputs, labels: batch.labels)
    guard value.mean.isFinite else {
      if stepCount == 0 { throw .undefined(loss: value.mean) }
      throw .diverged(
        epoch: state.epoch + 1, step: state.step + 1, loss: value.mean, rate: rate)
    }
    let updates = recording.updates
    let gradients = recording.gradients(
      Dictionary(zip(architecture.outputs.map(\.value), value.gradients)) { $1 })
    state.optimizer.update(
      &state.parameters, gradients: gradients.parameters, rate: rate,
      clipping: options.clipping, context: context)
    state.parameters.merge(updates) { $1 }
    state.lossSum += value.samples.reduce(0, +)
    state.correct += value.correct
    state.seen += batch.labels.count
    return (value.mean, batch.labels.count)
  }

  private func recording(
    of batch: Loader.Batch
  ) throws(TrainingError) -> Recording {
    let network = try network()
    do {
      return try network.recording(
        [inputName: batch.inputs],
        mode: .training(seed: options.seed, step: stepCount, labels: batch.labels),
        context: context)
    } catch {
      throw .network(error)
    }
  }

  private mutating func finishEpoch(rate: Double) throws(TrainingError) -> EpochMetrics {
    let seen = Double(max(state.seen, 1))
    // The last step may be the one that went too far; where nothing is held back, its own pictures tell.
    let judged =
      split.validation.isEmpty ? Array(batches.order.suffix(options.batchSize)) : split.validation
    // Made while the pictures that are held back are judged.
    var next = state
    (next.epoch, next.step) = (state.epoch + 1, 0)
    let nextBatches = Self.batches(loader, split, options, next, workers: workers)
    let evaluation = try Evaluation(
      network(), Loader(loader.data, input: loader.input), indices: judged, loss: options.loss,
      context: context, workers: workers)
    guard evaluation.loss.isFinite else {
      throw .diverged(
        epoch: state.epoch + 1, step: state.step, loss: evaluation.loss, rate: rate)
    }
    let held = split.validation.isEmpty ? nil : evaluation
    let metrics = EpochMetrics(
      epoch: state.epoch + 1, rate: rate, loss: state.lossSum / seen,
      accuracy: Double(state.correct) / seen, validationLoss: held?.loss,
      validationAccuracy: held?.accuracy)
    state.history.append(metrics)
    state.learningRate.observe(metrics.choice)
    _ = state.stopping?.observe(metrics.choice)
    state.epoch += 1
    (state.step, state.lossSum, state.correct, state.seen) = (0, 0, 0, 0)
    batches = nextBatches
    return metrics
  }

  /// Whether batches of the sizes that there will be can be learned from, before the first of them is.
  private func checkBatches() throws(TrainingError) {
    let count = split.training.count
    let rest = count % options.batchSize
    for size in Set([min(options.batchSize, count), rest == 0 ? options.batchSize : rest]) {
      let input = loader.input
      let shape: Shape = [min(size, count), input.channels, input.height, input.width]
      do {
        try architecture.checkTraining([inputName: shape])
      } catch {
        guard size == 1, count > 1, options.batchSize > 1 else { throw .network(error) }
        throw .unsuitable(
          expected: "a --batch-size that leaves more than one picture for the last step, as "
            + "batch normalisation needs them",
          found: "\(options.batchSize), which leaves 1 of \(count)")
      }
    }
  }

  /// Whether the network takes one picture and says how much it is of each class, and perhaps draws it again.
  private static func check(
    _ architecture: Architecture, _ loader: Loader, _ options: TrainingOptions
  ) throws(TrainingError) {
    guard loader.data.classNames.count > 1 else {
      throw .data(.oneClass(name: loader.data.classNames[0], source: loader.data.source))
    }
    guard architecture.inputs.count == 1, 1...2 ~= architecture.outputs.count else {
      throw .unsuitable(
        expected: "a network with one input, an output of scores and perhaps one that draws the "
          + "input again",
        found: "\(architecture.inputs.count) inputs and \(architecture.outputs.count) outputs")
    }
    let input = loader.input
    let shape: Shape = [2, input.channels, input.height, input.width]
    let shapes: [String: Shape]
    do {
      shapes = try architecture.shapes(for: [architecture.inputs[0].name: shape])
    } catch {
      throw .network(error)
    }
    let classes = loader.data.classNames.count
    let found = architecture.outputs.compactMap { shapes[$0.value] }
    guard found[0] == [2, classes] else {
      throw .unsuitable(
        expected: "a network with \(classes) outputs, one for each class of \(loader.data.source)",
        found: found[0].dimensions.dropFirst().map(String.init).joined(separator: " × "))
    }
    try checkLoss(architecture, options)
    guard found.count == 1 || (found[1].count == shape.count && found[1][0] == 2) else {
      throw .unsuitable(
        expected: "a second output that draws the input of \(shape)", found: "one of \(found[1])")
    }
    guard architecture.parameterShapes.contains(where: \.isLearned) else {
      throw .unsuitable(expected: "a network with something to learn", found: "no parameters")
    }
  }

  /// Whether the loss is one of what the last layer gives.
  private static func checkLoss(
    _ architecture: Architecture, _ options: TrainingOptions
  ) throws(TrainingError) {
    let last = architecture.nodes.first { $0.name == architecture.outputs[0].value }?.layer
    switch options.loss ?? architecture.usualLoss {
    case .negativeLogLikelihood where !(last is LogSoftmax):
      throw .unsuitable(
        expected: "a network that ends in LogSoftmax, for the loss nll",
        found: last?.typeName ?? "none")
    case .crossEntropy where last is Softmax:
      throw .unsuitable(
        expected: "a network without Softmax at its end: cross-entropy has its own",
        found: "Softmax")
    default: return
    }
  }
}
