public import VizNN

/// How a network is to learn.
public struct TrainingOptions: Equatable, Sendable {
  public var epochs: Int
  public var batchSize: Int
  public var method: Optimizer.Method
  public var weightDecay: Double
  public var rate: Double
  public var schedule: LearningRate.Schedule
  public var clipping: GradientClipping?
  /// nil for what the network's last layer calls for.
  public var loss: Loss?
  /// Ends after so many epochs without a smaller loss.
  public var patience: Int?
  /// The share of the training pictures that is held back.
  public var validationShare: Double
  /// All that is random follows from it.
  public var seed: UInt64

  /// The most pictures of a step, in a file as on the command line.
  public static let largestBatch = 65_536

  public init(
    epochs: Int = 8, batchSize: Int = 64, method: Optimizer.Method = .adam(),
    weightDecay: Double = 0, rate: Double = 1e-3, schedule: LearningRate.Schedule = .cosine(),
    clipping: GradientClipping? = nil, loss: Loss? = nil, patience: Int? = nil,
    validationShare: Double = 0.1, seed: UInt64 = 0
  ) {
    precondition(epochs > 0 && batchSize > 0, "\(epochs) epochs of batches of \(batchSize)")
    self.epochs = epochs
    self.batchSize = batchSize
    self.method = method
    self.weightDecay = weightDecay
    self.rate = rate
    self.schedule = schedule
    self.clipping = clipping
    self.loss = loss
    self.patience = patience
    self.validationShare = validationShare
    self.seed = seed
  }
}

extension TrainingOptions {
  /// Whether more epochs leave the earlier ones as they were: a cosine ends with the last.
  public var canBeLonger: Bool {
    if case .cosine = schedule { false } else { true }
  }
}
