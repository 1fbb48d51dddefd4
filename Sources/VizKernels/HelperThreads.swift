internal import CShims
internal import Dispatch
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Threads that live as long as the process and help whoever has work for them.
///
/// They help one caller at a time; who finds them busy works alone, for then the other cores have
/// something to do already. Filters of a small picture take less time than waking a thread, so a helper
/// that has finished stays awake for a moment, and nobody waits for one that has not begun when the
/// work is done.
final class HelperThreads: Sendable {
  static let shared = HelperThreads()

  /// Started when they are first asked for; belongs to whoever set `areBusy`.
  nonisolated(unsafe) private var helpers: [Helper] = []
  private let areBusy = Atomic(false)

  private static let most = 255

  /// Runs `body(0)` on this thread and, at the same time, `body(1)` up to `body(count)` on helpers; each
  /// helper has its number for life.
  func run(withUpTo count: Int, _ body: @Sendable (Int) -> Void) {
    guard !areBusy.exchange(true, ordering: .acquiring) else { return body(0) }
    // A system that gives no more threads leaves fewer helpers.
    while helpers.count < min(count, Self.most), let helper = Helper.started() {
      helpers.append(helper)
    }
    withoutActuallyEscaping(body) { body in
      let asked = helpers.prefix(count)
      for (i, helper) in asked.enumerated() { helper.ask { body(i + 1) } }
      body(0)
      for helper in asked { helper.dismiss() }
    }
    areBusy.store(false, ordering: .releasing)
  }
}

/// One thread, and what it is asked to do.
private final class Helper: Sendable {
  private enum State: UInt8, AtomicRepresentable {
    /// In want of work: on the watch, or asleep until `wakeUp`.
    case awake, asleep
    /// There is `work`, which the caller may still take back.
    case asked
    case working
    /// As `working`, with a caller who sleeps until `finished`.
    case awaited
  }

  /// How long to look for a change before going to sleep: longer than what lies between two layers.
  private static let patience = Duration.microseconds(150)
  /// Looks between two at the clock: how long a processor pauses at each differs by a factor of ten.
  private static let looksPerTime = 16

  private let state = Atomic(State.awake)
  /// The caller's while nobody is asked, the thread's while it works.
  nonisolated(unsafe) private var work: (@Sendable () -> Void)?
  private let wakeUp = DispatchSemaphore(value: 0)
  private let finished = DispatchSemaphore(value: 0)

  static func started() -> Helper? {
    let helper = Helper()
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Helper>.fromOpaque(argument).takeRetainedValue().live() }
        return nil
      }, Unmanaged.passRetained(helper).toOpaque())
    guard status == 0 else {
      Unmanaged.passUnretained(helper).release()
      return nil
    }
    pthread_detach(thread)
    return helper
  }

  func ask(_ work: @escaping @Sendable () -> Void) {
    self.work = work
    if state.exchange(.asked, ordering: .acquiringAndReleasing) == .asleep { wakeUp.signal() }
  }

  /// Takes the work back from a thread that has not begun; waits for one that has.
  func dismiss() {
    if changes(from: .asked, to: .awake) {
      work = nil
      return
    }
    while !changed(from: { $0 == .working }) {
      if changes(from: .working, to: .awaited) { return finished.wait() }
    }
  }

  private func live() -> Never {
    while true {
      watch()
      guard changes(from: .asked, to: .working) else { continue }
      work?()
      work = nil
      if state.exchange(.awake, ordering: .acquiringAndReleasing) == .awaited { finished.signal() }
    }
  }

  /// Returns when there is work, unless it is taken back at once.
  private func watch() {
    while !changed(from: { $0 != .asked }) {
      if changes(from: .awake, to: .asleep) { wakeUp.wait() }
    }
  }

  /// Waits for another state than those that `isOld` holds for; false where that takes too long.
  @inline(__always)
  private func changed(from isOld: (State) -> Bool) -> Bool {
    let end = ContinuousClock.now + Self.patience
    repeat {
      for _ in 0..<Self.looksPerTime {
        guard isOld(state.load(ordering: .acquiring)) else { return true }
        viz_relax()
      }
    } while ContinuousClock.now < end
    return false
  }

  private func changes(from old: State, to new: State) -> Bool {
    state.compareExchange(expected: old, desired: new, ordering: .acquiringAndReleasing).exchanged
  }
}
