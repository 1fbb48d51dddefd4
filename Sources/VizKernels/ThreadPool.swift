internal import Dispatch
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The only place that starts threads: Dispatch's pool, which lives as long as the process.
package enum ThreadPool {
  /// Cores that this process may use.
  package static let processorCount = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

  /// Runs `body` once for every index below `count`, on at most `jobs` threads at a time.
  ///
  /// Which thread takes which index is not fixed, so `body` must write nothing but its own part.
  package static func run(count: Int, jobs: Int, _ body: @Sendable (Int) -> Void) {
    let workers = min(jobs, count)
    guard workers > 1 else {
      for index in 0..<count { body(index) }
      return
    }
    // Whoever is free takes the next index: the caller is at work while the other threads wake up.
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        body(index)
      }
    }
  }
}
