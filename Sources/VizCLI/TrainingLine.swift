internal import VizCNN

/// What a run has come to: a line that changes on a terminal, a line for every epoch elsewhere.
struct TrainingLine {
  private let isQuiet: Bool
  private let isLive: Bool
  private let console: Console
  private let clock = ContinuousClock()
  private var start: ContinuousClock.Instant
  private var lastShown: ContinuousClock.Instant?
  private var isShown = false
  /// Of the epoch at hand.
  private var pictures = 0
  private let runStart: ContinuousClock.Instant
  /// Of the run, as far as this process makes it.
  private var steps = 0

  init(_ messages: ConsoleOptions) {
    isQuiet = messages.quiet
    isLive = !messages.quiet && Console.isTerminal
    console = messages.console
    start = clock.now
    runStart = start
  }

  mutating func show(_ event: TrainingRun.Event, _ trainer: Trainer) {
    switch event {
    case .step(let advance):
      pictures += advance.pictures
      steps += 1
      let now = clock.now
      guard isLive, advance.epoch == nil, now - (lastShown ?? start) > .milliseconds(200) else {
        return
      }
      lastShown = now
      clear()
      console.write(text(trainer, width: Console.width ?? 80))
      isShown = true
    case .epoch(let metrics, let isBest):
      clear()
      if !isQuiet { console.note(text(metrics, isBest, trainer)) }
      (pictures, start) = (0, clock.now)
    }
  }

  /// Takes the live line away.
  mutating func clear() {
    guard isShown else { return }
    console.write("\r\u{1B}[K")
    isShown = false
  }

  private var seconds: Double { (clock.now - start) / .seconds(1) }

  /// One line of a terminal: what there is no room for is left out, the least important first.
  private func text(_ trainer: Trainer, width: Int) -> String {
    let state = trainer.state
    let share = 100 * state.step / trainer.stepsPerEpoch
    var parts = [
      (rank: 0, text: "epoch \(state.epoch + 1)/\(trainer.options.epochs), \(share) %"),
      (rank: 2, text: "loss \(fixed(state.meanLoss, digits: 4))"),
      (rank: 3, text: "accuracy \(fixed(100 * state.meanAccuracy, digits: 2)) %"),
      (rank: 4, text: "\(rate) images/s"),
      (rank: 1, text: "\(timeLeft(trainer)) left"),
    ]
    func line() -> String {
      let texts = parts.map(\.text)
      return texts[0] + (texts.count > 1 ? ": " : "") + texts.dropFirst().joined(separator: ", ")
    }
    while parts.count > 1, line().count >= width {
      parts.remove(at: parts.indices.max { parts[$0].rank < parts[$1].rank } ?? 0)
    }
    return String(line().prefix(max(width - 1, 1)))
  }

  /// Until all epochs are done, by what steps, looks at held back pictures and files have taken so far.
  private func timeLeft(_ trainer: Trainer) -> String {
    let left = trainer.options.epochs * trainer.stepsPerEpoch - trainer.stepCount
    let spent = (clock.now - runStart) / .seconds(1)
    let seconds = Int((spent / Double(max(steps, 1)) * Double(max(left, 0))).rounded())
    switch seconds {
    case ..<60: return "\(seconds) s"
    case ..<3600: return "\(seconds / 60) min \(seconds % 60) s"
    default: return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
    }
  }

  private func text(_ metrics: EpochMetrics, _ isBest: Bool, _ trainer: Trainer) -> String {
    var text =
      "epoch \(metrics.epoch)/\(trainer.options.epochs): loss \(fixed(metrics.loss, digits: 4)), "
      + "accuracy \(fixed(100 * metrics.accuracy, digits: 2)) %"
    if let loss = metrics.validationLoss, let accuracy = metrics.validationAccuracy {
      text +=
        "; held back: loss \(fixed(loss, digits: 4)), accuracy \(fixed(100 * accuracy, digits: 2)) %"
    }
    return text + ", \(rate) images/s" + (isBest ? ", the best so far" : "")
  }

  /// Images a second; of slow networks in tenths and hundredths.
  private var rate: String {
    let rate = Double(pictures) / max(seconds, 1e-9)
    return fixed(rate, digits: rate < 1 ? 2 : rate < 10 ? 1 : 0)
  }
}
