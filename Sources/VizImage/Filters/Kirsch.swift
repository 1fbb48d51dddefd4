/// The strongest response of one kernel turned to eight compass directions.
///
///     max over d of Σ kᵈ · p,   k⁰ = [5 5 5; −3 0 −3; −3 −3 −3], turned by 45° each time
///
/// - Source: Kirsch 1971.
enum Kirsch {
  static let entry = FilterEntry(
    name: "kirsch", summary: "Strongest of eight compass directions: bold edges",
    runsOnGray: true
  ) { _ in .kernels(.maximum(directions)) }

  /// North first, then counter-clockwise.
  static let directions: [Kernel] = (0..<8).map { turn in
    // The ring around the centre, counter-clockwise from the top right.
    let ring = [(0, 2), (0, 1), (0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2)]
    var rows = [[Double]](repeating: [-3, -3, -3], count: 3)
    rows[1][1] = 0
    for step in 0..<3 {
      let (i, j) = ring[(turn + step) % 8]
      rows[i][j] = 5
    }
    return Kernel(rows: rows)
  }
}
