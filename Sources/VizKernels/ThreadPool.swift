internal import Dispatch

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
    // Worker w takes every `workers`-th index: neighbours go to different threads, and the number
    // of threads stays at what was asked for.
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      var index = worker
      while index < count {
        body(index)
        index += workers
      }
    }
  }
}
