internal import VizNN

/// What of the training pictures is learned from, and what is held back to choose by.
public struct DataSplit: Equatable, Sendable {
  /// Numbers of pictures, in their order.
  public let training: [Int]
  public let validation: [Int]

  /// Holds back a share of every class, drawn by the seed.
  ///
  /// Each class gives the nearest whole number of its pictures, but never its last.
  public init(_ data: DataSet, validation share: Double, seed: UInt64) {
    precondition(0..<1 ~= share, "a share of \(share)")
    var classes = [[Int]](repeating: [], count: data.classNames.count)
    for (i, label) in data.labels.enumerated() { classes[label].append(i) }
    var held = Set<Int>()
    for (label, var members) in classes.enumerated() {
      var generator = SeededGenerator(seed: seed, .split, UInt64(label))
      members.shuffle(using: &generator)
      let count = min((Double(members.count) * share).rounded(), Double(members.count - 1))
      held.formUnion(members.prefix(max(Int(count), 0)))
    }
    training = data.labels.indices.filter { !held.contains($0) }
    validation = held.sorted()
  }
}
