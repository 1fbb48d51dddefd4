internal import VizCNN

/// What a fetch has come to: a line that changes on a terminal, a line for every file elsewhere.
struct FetchLine {
  private let isQuiet: Bool
  private let isLive: Bool
  private let console: Console
  private let clock = ContinuousClock()
  private var start: ContinuousClock.Instant
  /// Bytes of the file at hand that were there before.
  private var before: Int?
  private var isShown = false
  private(set) var hasFetched = false

  init(_ messages: ConsoleOptions) {
    isQuiet = messages.quiet
    isLive = !messages.quiet && Console.isTerminal
    console = messages.console
    start = clock.now
  }

  mutating func show(_ event: DataFetch.Event) {
    if isQuiet { return }
    switch event {
    case .present: break
    case .began: (start, before) = (clock.now, nil)
    case .progress(let file, let byteCount):
      guard isLive else { return }
      let seconds = (clock.now - start) / .seconds(1)
      let first = before ?? byteCount
      before = first
      let rate = Double(byteCount - first) / max(seconds, 1e-9)
      clear()
      console.write(
        "\(file.name): \(byteSize(byteCount)) of \(byteSize(file.byteCount)), \(byteSize(Int(rate)))/s"
      )
      isShown = true
    case .fetched(let file):
      hasFetched = true
      clear()
      console.note("\(file.name): \(byteSize(file.byteCount)), checksum right")
    case .failed(let error):
      clear()
      console.warn("\(error); another server is tried")
    }
  }

  /// Takes the live line away.
  mutating func clear() {
    guard isShown else { return }
    console.write("\r\u{1B}[K")
    isShown = false
  }
}

/// Of bytes, by what is nearest: bytes, kB or MB.
func byteSize(_ byteCount: Int) -> String {
  func rounded(_ value: Double) -> String {
    decimal(value < 10 ? (value * 100).rounded() / 100 : (value * 10).rounded() / 10)
  }
  return byteCount < 1_000
    ? "\(byteCount) bytes"
    : byteCount < 1_000_000
      ? "\(rounded(Double(byteCount) / 1e3)) kB" : "\(rounded(Double(byteCount) / 1e6)) MB"
}
