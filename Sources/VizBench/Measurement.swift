/// How long a piece of work takes.
enum Measurement {
  /// The median of at least five runs, and of a fifth of a second.
  static func median(_ body: () throws -> Void) rethrows -> Double {
    median(of: try milliseconds(seconds: 0.2, runs: 5, body))
  }

  /// The times of at least so many runs, and of so many seconds, after one to warm up.
  static func milliseconds(
    seconds: Double, runs: Int, _ body: () throws -> Void
  ) rethrows -> [Double] {
    try body()
    let clock = ContinuousClock()
    let start = clock.now
    var times: [Double] = []
    while times.count < runs || clock.now - start < .seconds(seconds) {
      let time = try clock.measure { try body() }.components
      times.append(Double(time.seconds) * 1e3 + Double(time.attoseconds) * 1e-15)
    }
    return times
  }

  static func median(of times: [Double]) -> Double { times.sorted()[times.count / 2] }
}
