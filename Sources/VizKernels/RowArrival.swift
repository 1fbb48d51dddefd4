internal import Synchronization

/// How many rows of a picture are there, while one thread fills it and others use what is there.
package final class RowArrival: Sendable {
  /// All rows are there once it is `complete`.
  private let rows = Atomic(0)
  private let monitor = Monitor()

  private static let complete = Int.max
  private static let failed = -1

  package init() {}

  /// The rows before `count` are there.
  package func advance(to count: Int) { tell(count) }

  /// All rows are there.
  package func finish() { tell(Self.complete) }

  /// No further row comes: whoever waits gives up.
  package func fail() { tell(Self.failed) }

  private func tell(_ value: Int) {
    monitor.locked {
      rows.store(value, ordering: .releasing)
      monitor.tellOfChange()
    }
  }

  /// Waits until the rows before `count` are there; false where they never will be.
  package func wait(for count: Int) -> Bool {
    var there = rows.load(ordering: .acquiring)
    if there < count, there != Self.failed {
      monitor.locked {
        there = rows.load(ordering: .acquiring)
        while there < count, there != Self.failed {
          monitor.sleep()
          there = rows.load(ordering: .acquiring)
        }
      }
    }
    return there != Self.failed
  }
}
