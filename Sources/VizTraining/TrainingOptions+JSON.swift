public import VizFiles
internal import VizNN

extension TrainingOptions {
  /// As the files of a run have them, by the names of the command's options: `batch_size`.
  public var json: JSONValue { .object(members) }

  private var members: [(String, JSONValue)] {
    [("epochs", .int(epochs)), ("batch_size", .int(batchSize))] + method.members
      + [("weight_decay", .number(weightDecay)), ("lr", .number(rate))] + schedule.members
      + (clipping?.members ?? []) + (loss?.members ?? [("loss", .string("auto"))])
      + (patience.map { [("patience", .int($0))] } ?? [])
      + [("validation", .number(validationShare)), ("seed", .string("\(seed)"))]
  }

  /// What has to be the same for a run to go on, and is not so in options that were stored.
  ///
  /// How long a run lasts may change, except under a cosine, which depends on the number of epochs. An option that
  /// a file does not have is younger than the file, and was as `unstored` has it. Of another optimiser, schedule or
  /// loss nothing but the name is told: what goes with it follows.
  public func differences(from stored: JSONValue) -> [TrainingError.Difference] {
    let (wanted, found) = (members, stored.members ?? [])
    let usual = Self.unstored.members
    let free: Set = canBeLonger ? ["patience", "epochs"] : ["patience"]
    let names =
      wanted.map(\.0) + found.map(\.0).filter { name in !wanted.contains { $0.0 == name } }
    var differences: [(name: String, TrainingError.Difference)] = names.compactMap { name in
      let expected = Self.word(name, in: wanted) ?? Self.unsaid[name] ?? "none"
      let found =
        Self.word(name, in: found) ?? Self.word(name, in: usual) ?? Self.unsaid[name] ?? "none"
      if expected == found || free.contains(name) { return nil }
      return (name, .init(part: Self.part(name), expected: expected, found: found))
    }
    // Smoothing makes `auto` a cross-entropy.
    if differences.contains(where: { $0.name == "label_smoothing" }) {
      differences.removeAll {
        $0.name == "loss" && Set([$0.1.expected, $0.1.found]) == ["auto", "cross-entropy"]
      }
    }
    for (name, companions) in Self.companions where differences.contains(where: { $0.name == name })
    {
      differences.removeAll { companions.contains($0.name) }
    }
    return differences.map(\.1)
  }

  /// What goes with the name of an optimiser, a schedule or a loss.
  private static let companions: [(name: String, companions: Set<String>)] = [
    ("optimizer", ["momentum", "nesterov", "alpha", "beta1", "beta2", "epsilon"]),
    ("schedule", ["every", "factor", "warm_up", "floor", "threshold"]),
    ("loss", ["label_smoothing", "present", "absent", "weight"]),
  ]
  /// What there is where nothing is said, and nothing is written into a file.
  private static let unsaid = ["label_smoothing": "0"]
  /// Members that only the library sets; all others are options of the command.
  private static let hasNoOption: Set = [
    "alpha", "beta1", "beta2", "epsilon", "floor", "threshold", "present", "absent", "weight",
  ]

  private static func part(_ name: String) -> String {
    hasNoOption.contains(name) ? name : "--" + name.replacing("_", with: "-")
  }

  /// A member's value as somebody would write it behind the option.
  private static func word(_ name: String, in members: [(String, JSONValue)]) -> String? {
    guard let value = members.last(where: { $0.0 == name })?.1 else { return nil }
    switch value {
    case .null: return nil
    case .bool(let isSaid): return isSaid ? "yes" : "no"
    default: return value.string ?? value.text
    }
  }
}

extension Optimizer.Method {
  fileprivate var members: [(String, JSONValue)] {
    switch self {
    case .sgd(let momentum, let isNesterov):
      [
        ("optimizer", .string("sgd")), ("momentum", .number(momentum)),
        ("nesterov", .bool(isNesterov)),
      ]
    case .adam(let beta1, let beta2, let epsilon):
      [("optimizer", .string("adam"))] + Self.members(beta1, beta2, epsilon)
    case .adamW(let beta1, let beta2, let epsilon):
      [("optimizer", .string("adamw"))] + Self.members(beta1, beta2, epsilon)
    case .rmsprop(let alpha, let epsilon, let momentum):
      [
        ("optimizer", .string("rmsprop")), ("alpha", .number(alpha)),
        ("epsilon", .number(epsilon)), ("momentum", .number(momentum)),
      ]
    }
  }

  private static func members(
    _ beta1: Double, _ beta2: Double, _ epsilon: Double
  ) -> [(String, JSONValue)] {
    [("beta1", .number(beta1)), ("beta2", .number(beta2)), ("epsilon", .number(epsilon))]
  }
}

extension LearningRate.Schedule {
  fileprivate var members: [(String, JSONValue)] {
    switch self {
    case .constant: [("schedule", .string("constant"))]
    case .step(let every, let factor):
      [("schedule", .string("step")), ("every", .int(every)), ("factor", .number(factor))]
    case .cosine(let warmUpSteps, let floor):
      [
        ("schedule", .string("cosine")), ("warm_up", .int(warmUpSteps)), ("floor", .number(floor)),
      ]
    case .plateau(let factor, let patience, let threshold):
      [
        ("schedule", .string("plateau")), ("every", .int(patience)), ("factor", .number(factor)),
        ("threshold", .number(threshold)),
      ]
    }
  }
}

extension GradientClipping {
  fileprivate var members: [(String, JSONValue)] {
    switch self {
    case .norm(let limit): [("clip_norm", .number(limit))]
    case .value(let limit): [("clip_value", .number(limit))]
    }
  }
}

extension Loss {
  fileprivate var members: [(String, JSONValue)] {
    switch self {
    case .crossEntropy(let smoothing):
      [("loss", .string("cross-entropy")), ("label_smoothing", .number(smoothing))]
    case .negativeLogLikelihood: [("loss", .string("nll"))]
    case .meanSquaredError: [("loss", .string("mse"))]
    case .margin(let present, let absent, let weight):
      [
        ("loss", .string("margin")), ("present", .number(present)), ("absent", .number(absent)),
        ("weight", .number(weight)),
      ]
    }
  }
}
