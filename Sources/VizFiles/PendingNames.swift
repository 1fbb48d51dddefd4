internal import Glibc
internal import Synchronization

/// The names of temporary files that exist at this moment, where a signal handler finds them.
///
/// A handler may neither allocate nor wait for a lock, so there is a fixed table of C strings, and
/// each slot changes hands by one atomic exchange: `free → filling → armed → free`, or
/// `armed → taken` by the handler, after which the process ends.
///
/// Where the table is full or a path is too long, a name is not listed; only an interrupt within the
/// same moment could then leave it behind.
enum PendingNames {
  private static let slots = (0..<64).map { _ in Slot() }

  /// Makes the table, which a signal handler must not do.
  static func prepare() {
    _ = slots.count
  }

  /// Lists a name; nil where it does not fit.
  static func add(_ path: String) -> Slot? {
    slots.first { $0.fill(path) }
  }

  /// Removes all listed files.
  ///
  /// For signal handlers: calls nothing but `unlink` and atomics.
  static func removeAll() {
    for slot in slots { slot.remove() }
  }

  @safe final class Slot: @unchecked Sendable {
    private static let capacity = 4096  // PATH_MAX
    private enum State {
      static let free = 0
      static let filling = 1
      static let armed = 2
      static let taken = 3
    }

    private let state = Atomic<Int>(State.free)
    private let path = UnsafeMutablePointer<CChar>.allocate(capacity: capacity)

    fileprivate func fill(_ newPath: String) -> Bool {
      guard newPath.utf8.count < Self.capacity, change(from: State.free, to: State.filling) else {
        return false
      }
      _ = unsafe strcpy(path, newPath)
      state.store(State.armed, ordering: .releasing)
      return true
    }

    /// Gives the slot back, unless a handler has taken it: then the process is about to end.
    func clear() {
      _ = change(from: State.armed, to: State.free)
    }

    fileprivate func remove() {
      if change(from: State.armed, to: State.taken) { _ = unsafe unlink(path) }
    }

    private func change(from old: Int, to new: Int) -> Bool {
      state.compareExchange(
        expected: old, desired: new, ordering: .acquiringAndReleasing
      ).exchanged
    }
  }
}
