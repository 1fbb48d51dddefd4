/// The median time of a piece of work.
enum Measurement {
  /// Runs `body` until a fifth of a second has passed, at least five times after one to warm up.
  static func median(_ body: () throws -> Void) rethrows -> Double {
    try body()
    let clock = ContinuousClock()
    let start = clock.now
    var times: [Duration] = []
    while times.count < 5 || clock.now - start < .milliseconds(200) {
      times.append(try clock.measure { try body() })
    }
    let middle = times.sorted()[times.count / 2].components
    return Double(middle.seconds) * 1e3 + Double(middle.attoseconds) * 1e-15
  }
}
