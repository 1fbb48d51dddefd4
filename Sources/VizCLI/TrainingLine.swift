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

  init(_ messages: ConsoleOptions) {
    isQuiet = messages.quiet
    isLive = !messages.quiet && Console.isTerminal
    console = messages.console
    start = clock.now
  }

  mutating func show(_ event: TrainingRun.Event, _ trainer: Trainer) {
    switch event {
    case .step(let advance):
      pictures += advance.pictures
      let now = clock.now
      guard isLive, advance.epoch == nil, now - (lastShown ?? start) > .milliseconds(200) else {
        return
      }
      lastShown = now
      clear()
      console.write(text(trainer))
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

  private func text(_ trainer: Trainer) -> String {
    let state = trainer.state
    let left = trainer.stepsPerEpoch - state.step
    let perStep = seconds / Double(max(pictures / trainer.options.batchSize, 1))
    return "epoch \(state.epoch + 1)/\(trainer.options.epochs), step \(state.step)/"
      + "\(trainer.stepsPerEpoch): loss \(fixed(state.meanLoss, 4)), accuracy "
      + "\(fixed(100 * state.meanAccuracy, 2)) %, \(rate) images/s, "
      + "\(Int((perStep * Double(left)).rounded())) s left"
  }

  private func text(_ metrics: EpochMetrics, _ isBest: Bool, _ trainer: Trainer) -> String {
    var text =
      "epoch \(metrics.epoch)/\(trainer.options.epochs): loss \(fixed(metrics.loss, 4)), "
      + "accuracy \(fixed(100 * metrics.accuracy, 2)) %"
    if let loss = metrics.validationLoss, let accuracy = metrics.validationAccuracy {
      text +=
        "; held back: loss \(fixed(loss, 4)), accuracy \(fixed(100 * accuracy, 2)) %"
    }
    return text + ", \(rate) images/s" + (isBest ? ", the best so far" : "")
  }

  private var rate: Int { Int((Double(pictures) / max(seconds, 1e-9)).rounded()) }

  /// With a number of digits behind the point.
  private func fixed(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, abs(value) < 1e9 else { return "\(value)" }
    let scale = (0..<digits).reduce(1.0) { power, _ in power * 10 }
    let whole = Int((abs(value) * scale).rounded())
    let rest = String(whole % Int(scale))
    return (value < 0 ? "-" : "") + "\(whole / Int(scale))."
      + String(repeating: "0", count: digits - rest.count) + rest
  }
}
