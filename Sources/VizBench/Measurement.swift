/// How long a piece of work takes.
enum Measurement {
  /// The median of at least five runs, and of a fifth of a second.
  static func median(_ body: () throws -> Void) rethrows -> Double {
    median(of: try milliseconds(Turn(seconds: 0.2, runs: 5), body))
  }

  /// How long one library is measured before the next one is.
  struct Turn: Encodable {
    /// The least of both, after a run to warm up.
    let seconds: Double
    let runs: Int
  }

  /// The times of the runs of a turn.
  static func milliseconds(_ turn: Turn, _ body: () throws -> Void) rethrows -> [Double] {
    try body()
    let clock = ContinuousClock()
    let start = clock.now
    var times: [Double] = []
    while times.count < turn.runs || clock.now - start < .seconds(turn.seconds) {
      let time = try clock.measure { try body() }.components
      times.append(Double(time.seconds) * 1e3 + Double(time.attoseconds) * 1e-15)
    }
    return times
  }

  static func median(of times: [Double]) -> Double { times.sorted()[times.count / 2] }
}
