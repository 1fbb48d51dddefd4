internal import VizNN

/// What of the training pictures is learned from, and what is held back to choose by.
public struct DataSplit: Equatable, Sendable {
  /// Numbers of pictures, in their order.
  public let training: [Int]
  public let validation: [Int]

  /// Holds back a share of every class, drawn by the seed.
  ///
  /// Each class gives the nearest whole number of its pictures, but never its last. Where that is none of any class,
  /// the nearest whole number of all pictures is held back, one of a class: of the largest, and of equal ones the first.
  public init(_ data: DataSet, validation share: Double, seed: UInt64) {
    precondition(0..<1 ~= share, "a share of \(share)")
    var classes = [[Int]](repeating: [], count: data.classNames.count)
    for (i, label) in data.labels.enumerated() { classes[label].append(i) }
    let counts = Self.counts(classes.map(\.count), share)
    var held = Set<Int>()
    for (label, var members) in classes.enumerated() {
      var generator = SeededGenerator(seed: seed, .split, UInt64(label))
      members.shuffle(using: &generator)
      held.formUnion(members.prefix(counts[label]))
    }
    training = data.labels.indices.filter { !held.contains($0) }
    validation = held.sorted()
  }

  /// How many pictures each class gives.
  private static func counts(_ sizes: [Int], _ share: Double) -> [Int] {
    var counts = sizes.map { size in
      max(0, min(Int((Double(size) * share).rounded()), size - 1))
    }
    guard counts.allSatisfy({ $0 == 0 }) else { return counts }
    let wanted = Int((Double(sizes.reduce(0, +)) * share).rounded())
    // Every share is below one half, so that the largest remainders are those of the largest classes.
    let largest = sizes.indices.filter { sizes[$0] > 1 }
      .sorted { (sizes[$1], $0) < (sizes[$0], $1) }
    for label in largest.prefix(wanted) { counts[label] = 1 }
    return counts
  }
}
