internal import VizCNN

/// “judging lane.jpg: gaussian 45 %” on a terminal, once the judge has taken a second.
final class JudgeProgress {
  private let name: String
  private let isOn: Bool
  private let start = ContinuousClock.now
  private var shown = ""

  init(_ name: String, quiet: Bool) {
    self.name = name
    isOn = !quiet && Console.isTerminal
  }

  func show(_ work: String, done: Int, total: Int) {
    guard isOn, ContinuousClock.now - start > .seconds(1) else { return }
    let text = "judging \(name): \(work) \(100 * done / max(1, total)) %"
    guard text != shown else { return }
    Console(color: .never).write("\r\u{1B}[K\(text)")
    shown = text
  }

  /// Takes the line away, before something else is printed.
  func clear() {
    guard !shown.isEmpty else { return }
    Console(color: .never).write("\r\u{1B}[K")
    shown = ""
  }
}
