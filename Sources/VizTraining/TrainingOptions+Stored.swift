public import VizFiles
internal import VizNN

extension TrainingOptions {
  /// Options that were stored, as `json` makes them; nil where they are none.
  ///
  /// One that a file does not have is younger than the file, and was as `unstored` has it.
  public init?(json: JSONValue) {
    do {
      try self.init(StoredMembers(json: json))
    } catch {
      return nil
    }
  }

  /// What a run was whose file is older than an option.
  static let unstored = TrainingOptions(epochs: 5, schedule: .constant)

  private init(_ stored: StoredMembers) throws(StoredMembers.Damage) {
    let usual = Self.unstored
    let seed = try stored.string("seed", else: "\(usual.seed)")
    let patience = try stored.int("patience", in: 0...1_000_000, else: 0)
    guard let seed = UInt64(seed) else { throw StoredMembers.Damage() }
    self.init(
      epochs: try stored.int("epochs", in: 1...1_000_000, else: usual.epochs),
      batchSize: try stored.int("batch_size", in: 1...Self.largestBatch, else: usual.batchSize),
      method: try Optimizer.Method(stored),
      weightDecay: try stored.number("weight_decay", in: 0...1, else: usual.weightDecay),
      rate: try stored.number("lr", in: Double.leastNonzeroMagnitude...(.greatestFiniteMagnitude)),
      schedule: try LearningRate.Schedule(stored), clipping: try GradientClipping?(stored),
      loss: try Loss?(stored), patience: patience == 0 ? nil : patience,
      validationShare: try stored.number("validation", in: 0...(1.0).nextDown), seed: seed)
  }
}

/// The members of options in a file, which may be anything.
private struct StoredMembers {
  /// Something that these options cannot be.
  struct Damage: Error {}

  let json: JSONValue

  func has(_ name: String) -> Bool { json[name] != nil }

  func string(_ name: String, else usual: String) throws(Damage) -> String {
    guard let value = json[name] else { return usual }
    guard let string = value.string else { throw Damage() }
    return string
  }

  func bool(_ name: String) throws(Damage) -> Bool {
    guard let bool = json[name]?.bool else { throw Damage() }
    return bool
  }

  func int(
    _ name: String, in range: ClosedRange<Int>, else usual: Int? = nil
  ) throws(Damage) -> Int {
    if let usual, !has(name) { return usual }
    guard let number = json[name]?.int, range.contains(number) else { throw Damage() }
    return number
  }

  func number(
    _ name: String, in range: ClosedRange<Double>, else usual: Double? = nil
  ) throws(Damage) -> Double {
    if let usual, !has(name) { return usual }
    guard let number = json[name]?.number, range.contains(number) else { throw Damage() }
    return number
  }
}

extension Optimizer.Method {
  fileprivate init(_ stored: StoredMembers) throws(StoredMembers.Damage) {
    switch try stored.string("optimizer", else: "") {
    case "sgd":
      self = .sgd(
        momentum: try stored.number("momentum", in: 0...1),
        isNesterov: try stored.bool("nesterov"))
    case "adam":
      self = .adam(
        beta1: try stored.number("beta1", in: 0...1), beta2: try stored.number("beta2", in: 0...1),
        epsilon: try stored.number("epsilon", in: 0...1))
    case "adamw":
      self = .adamW(
        beta1: try stored.number("beta1", in: 0...1), beta2: try stored.number("beta2", in: 0...1),
        epsilon: try stored.number("epsilon", in: 0...1))
    case "rmsprop":
      self = .rmsprop(
        alpha: try stored.number("alpha", in: 0...1),
        epsilon: try stored.number("epsilon", in: 0...1),
        momentum: try stored.number("momentum", in: 0...1))
    default: throw StoredMembers.Damage()
    }
  }
}

extension LearningRate.Schedule {
  fileprivate init(_ stored: StoredMembers) throws(StoredMembers.Damage) {
    let epochs = 1...1_000_000
    switch try stored.string("schedule", else: "constant") {
    case "constant": self = .constant
    case "step":
      self = .step(
        every: try stored.int("every", in: epochs), factor: try stored.number("factor", in: 0...1))
    case "cosine":
      self = .cosine(
        warmUpSteps: try stored.int("warm_up", in: 0...1_000_000_000),
        floor: try stored.number("floor", in: 0...(.greatestFiniteMagnitude)))
    case "plateau":
      self = .plateau(
        factor: try stored.number("factor", in: 0...1),
        patience: try stored.int("every", in: 0...1_000_000),
        threshold: try stored.number("threshold", in: 0...1))
    default: throw StoredMembers.Damage()
    }
  }
}

extension GradientClipping? {
  fileprivate init(_ stored: StoredMembers) throws(StoredMembers.Damage) {
    let limits = Double.leastNonzeroMagnitude...(.greatestFiniteMagnitude)
    if stored.has("clip_norm") {
      self = .norm(try stored.number("clip_norm", in: limits))
    } else if stored.has("clip_value") {
      self = .value(try stored.number("clip_value", in: limits))
    } else {
      self = nil
    }
  }
}

extension Loss? {
  fileprivate init(_ stored: StoredMembers) throws(StoredMembers.Damage) {
    switch try stored.string("loss", else: "auto") {
    case "auto": self = nil
    case "cross-entropy":
      self = .crossEntropy(smoothing: try stored.number("label_smoothing", in: 0...1))
    case "nll": self = .negativeLogLikelihood
    case "mse": self = .meanSquaredError
    case "margin":
      self = .margin(
        present: try stored.number("present", in: 0...1),
        absent: try stored.number("absent", in: 0...1),
        weight: try stored.number("weight", in: 0...1))
    default: throw StoredMembers.Damage()
    }
  }
}
