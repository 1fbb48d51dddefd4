/// “12 of 40 pictures” on a terminal, once work has outlasted a second.
struct ProgressLine: Sendable {
  private let count: Int
  private let isOn: Bool
  private let start = ContinuousClock.now
  private var isShown = false

  init(count: Int, quiet: Bool) {
    self.count = count
    isOn = count > 1 && !quiet && Console.isTerminal
  }

  mutating func show(done: Int) {
    guard isOn, done < count, ContinuousClock.now - start > .seconds(1) else { return }
    Console(color: .never).write("\(done) of \(count) pictures")
    isShown = true
  }

  /// Takes the line away, before something else is printed.
  mutating func clear() {
    guard isShown else { return }
    Console(color: .never).write("\r\u{1B}[K")
    isShown = false
  }
}
