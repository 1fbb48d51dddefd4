public import VizFiles
public import VizNN

/// What was measured in an epoch.
public struct EpochMetrics: Equatable, Sendable {
  /// From 1.
  public let epoch: Int
  public let rate: Double
  /// Means over the pictures that were learned from, while they were; accuracies are shares of 1.
  public let loss: Double
  public let accuracy: Double
  /// Over those that were held back, at the end; nil where none are.
  public let validationLoss: Double?
  public let validationAccuracy: Double?

  /// What the best epoch is chosen by.
  public var choice: Double { validationLoss ?? loss }

  /// By the names that checkpoints and `metrics.jsonl` have.
  public var values: [(name: String, value: Double)] {
    [("epoch", Double(epoch)), ("lr", rate), ("loss", loss), ("accuracy", accuracy)]
      + (validationLoss.map { [("val_loss", $0)] } ?? [])
      + (validationAccuracy.map { [("val_accuracy", $0)] } ?? [])
  }
}

/// Everything that a run's next step follows from.
///
/// Random numbers have no state of their own: each follows from the seed, the step and its place.
public struct TrainingState: Sendable {
  public internal(set) var parameters: [String: Tensor]
  public internal(set) var optimizer: Optimizer
  public internal(set) var learningRate: LearningRate
  public internal(set) var stopping: EarlyStopping?
  /// Epochs that are done, and steps of the one after them.
  public internal(set) var epoch = 0
  public internal(set) var step = 0
  public internal(set) var history: [EpochMetrics] = []
  /// Sums over the steps of this epoch.
  var lossSum = 0.0
  var correct = 0
  var seen = 0

  /// Over the steps of this epoch so far.
  public var meanLoss: Double { lossSum / Double(max(seen, 1)) }
  public var meanAccuracy: Double { Double(correct) / Double(max(seen, 1)) }

  /// The epoch with the smallest loss of choice, from 1; of equal ones the first.
  public var bestEpoch: Int? {
    history.min { $0.choice < $1.choice }?.epoch
  }
}

// MARK: - Storing

extension TrainingState {
  /// Names of tensors that are remembered: `optimizer.0.conv1.weight`.
  private static func name(_ slot: Int, _ parameter: String) -> String {
    "optimizer.\(slot).\(parameter)"
  }

  /// Numbers that are no parameters; `parameters` are stored as a network's always are.
  public var json: JSONValue {
    .object([
      ("epoch", .int(epoch)), ("step", .int(step)), ("loss_sum", .number(lossSum)),
      ("correct", .int(correct)), ("seen", .int(seen)), ("steps", .int(optimizer.steps)),
      ("plateau_factor", .number(learningRate.plateau.factor)),
      ("plateau_best", .number(learningRate.plateau.best)),
      ("plateau_bad", .int(learningRate.plateau.badEpochs)),
      ("stopping_best", stopping.map { .number($0.best) } ?? .null),
      ("stopping_bad", stopping.map { .int($0.badEpochs) } ?? .null),
      (
        "history",
        .array(history.map { .object($0.values.map { ($0.name, .number($0.value)) }) })
      ),
    ])
  }

  /// What the optimiser remembers, by names of their own.
  public var tensors: [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for (parameter, memory) in optimizer.memories {
      for (slot, tensor) in memory.enumerated() { tensors[Self.name(slot, parameter)] = tensor }
    }
    return tensors
  }

  /// The state of a run that was stored; nil where it is none, or none of a run with these options.
  public init?(
    _ json: JSONValue, tensors: [String: Tensor], network: Network, options: TrainingOptions
  ) {
    guard let epoch = json["epoch"]?.int, let step = json["step"]?.int,
      let lossSum = json["loss_sum"]?.number, let correct = json["correct"]?.int,
      let seen = json["seen"]?.int, let steps = json["steps"]?.int,
      let factor = json["plateau_factor"]?.number, let bad = json["plateau_bad"]?.int,
      let epochs = json["history"]?.elements, epoch >= 0, step >= 0, steps >= 0, seen >= 0,
      0...seen ~= correct, 0...1 ~= factor, bad >= 0
    else { return nil }
    // Numbers of a file may be too large to be multiplied, or to make an array of.
    let most = step.multipliedReportingOverflow(by: options.batchSize)
    let history = epochs.compactMap(EpochMetrics.init)
    guard !most.overflow, seen <= most.partialValue, epoch == epochs.count,
      history.map(\.epoch) == epochs.indices.map({ $0 + 1 })
    else { return nil }
    let empty = Optimizer(options.method, weightDecay: options.weightDecay)
    var memories: [String: [Tensor]] = [:]
    for parameter in network.architecture.parameterShapes where parameter.isLearned {
      let found = (0..<empty.memoryCount).compactMap {
        tensors[Self.name($0, parameter.name)]
      }
      guard found.count == (steps == 0 ? 0 : empty.memoryCount),
        found.allSatisfy({ $0.shape == parameter.shape })
      else { return nil }
      if !found.isEmpty { memories[parameter.name] = found }
    }
    parameters = network.parameters
    optimizer = Optimizer(
      options.method, weightDecay: options.weightDecay, steps: steps, memories: memories)
    learningRate = LearningRate(
      options.rate, options.schedule,
      plateau: LearningRate.Plateau(
        factor: factor, best: json["plateau_best"]?.number ?? .infinity, badEpochs: bad))
    stopping = options.patience.map {
      EarlyStopping(
        patience: $0, best: json["stopping_best"]?.number ?? .infinity,
        badEpochs: json["stopping_bad"]?.int ?? 0)
    }
    (self.epoch, self.step, self.history) = (epoch, step, history)
    (self.lossSum, self.correct, self.seen) = (lossSum, correct, seen)
  }
}

extension EpochMetrics {
  fileprivate init?(_ json: JSONValue) {
    guard let epoch = json["epoch"]?.int, let rate = json["lr"]?.number,
      let loss = json["loss"]?.number, let accuracy = json["accuracy"]?.number
    else { return nil }
    self.init(
      epoch: epoch, rate: rate, loss: loss, accuracy: accuracy,
      validationLoss: json["val_loss"]?.number, validationAccuracy: json["val_accuracy"]?.number)
  }
}
