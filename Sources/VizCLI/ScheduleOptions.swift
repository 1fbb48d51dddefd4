internal import ArgumentParser
internal import VizCNN

/// How large the steps are, from the first to the last.
struct ScheduleOptions: ParsableArguments {
  enum Schedule: String, CaseIterable, Sendable { case constant, step, cosine, plateau }

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How the learning rate goes: constant, step, cosine or plateau (default: cosine).",
      valueName: "name"),
    completion: .list(Schedule.allCases.map(\.rawValue)), transform: oneOf(Schedule.self))
  var schedule: Schedule?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Of cosine: steps of the warm-up before it (default: 0).", valueName: "n"),
    transform: wholeNumber(in: 0...1_000_000_000))
  var warmUp: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Of step: epochs between two; of plateau: epochs of patience (default: 10).", valueName: "n"),
    transform: wholeNumber(in: 0...1_000_000))
  var every: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Of step and plateau: what the rate is multiplied with (default: 0.1).", valueName: "x"),
    transform: number(in: 0..<1))
  var factor: Double?
}

extension ScheduleOptions {
  func schedule(over old: LearningRate.Schedule) -> LearningRate.Schedule {
    let base = schedule.map { $0 == Schedule(old) ? old : $0.usual } ?? old
    switch base {
    case .constant: return base
    case .step(let oldEvery, let old): return .step(every: every ?? oldEvery, factor: factor ?? old)
    case .cosine(let old, let floor): return .cosine(warmUpSteps: warmUp ?? old, floor: floor)
    case .plateau(let old, let patience, let threshold):
      return .plateau(factor: factor ?? old, patience: every ?? patience, threshold: threshold)
    }
  }

  /// Whether all that is said is for the schedule that there is.
  func check(for used: LearningRate.Schedule) throws {
    let schedule = Schedule(used)
    let hasSteps = schedule == .step || schedule == .plateau
    for (option, isGiven, isUsed, place) in [
      ("--warm-up", warmUp != nil, schedule == .cosine, "--schedule cosine"),
      ("--every", every != nil, hasSteps, "--schedule step and plateau"),
      ("--factor", factor != nil, hasSteps, "--schedule step and plateau"),
    ] where isGiven && !isUsed {
      throw ValidationError("\(option) is for \(place).")
    }
    if schedule == .step, every == 0 {
      throw ValidationError(
        "--every 0 is for --schedule plateau; steps are an epoch or more apart.")
    }
  }
}

extension ScheduleOptions.Schedule {
  init(_ schedule: LearningRate.Schedule) {
    switch schedule {
    case .constant: self = .constant
    case .step: self = .step
    case .cosine: self = .cosine
    case .plateau: self = .plateau
    }
  }

  var usual: LearningRate.Schedule {
    switch self {
    case .constant: .constant
    case .step: .step(every: 10)
    case .cosine: .cosine()
    case .plateau: .plateau()
    }
  }
}
