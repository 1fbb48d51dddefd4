internal import Dispatch
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The only place that starts threads: Dispatch's pool, which lives as long as the process, and, for
/// work that waits for disks, threads of its own.
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

  /// Runs `body` on this thread and up to `count` − 1 others, which may sleep in it without keeping
  /// anybody from work.
  package static func runOnThreads(_ count: Int, _ body: @Sendable () -> Void) {
    withoutActuallyEscaping(body) { body in
      let work = Unmanaged.passRetained(ThreadWork(body))
      var threads: [pthread_t] = []
      for _ in 1..<max(count, 1) {
        var thread = pthread_t()
        let status = pthread_create(
          &thread, nil,
          { argument in
            if let argument {
              Unmanaged<ThreadWork>.fromOpaque(argument).takeUnretainedValue().body()
            }
            return nil
          }, work.toOpaque())
        if status == 0 { threads.append(thread) }  // fewer do as well
      }
      body()
      for thread in threads { pthread_join(thread, nil) }
      work.release()
    }
  }

  private final class ThreadWork: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
      self.body = body
    }
  }
}
