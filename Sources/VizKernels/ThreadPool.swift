internal import CShims
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The way to several threads: helpers that live as long as the process, and, for work that waits for
/// disks, threads of its own.
package enum ThreadPool {
  /// Cores that this process may use.
  package static let processorCount = max(1, Int(viz_processor_count()))

  /// Runs `body` once for every index below `count`, on at most `jobs` threads at a time.
  ///
  /// Each thread begins with a share of its own, the same in every call: what it wrote the last time is
  /// still in its core's cache. Then it helps with the others' shares. Which thread takes which index is
  /// not fixed, so `body` must write nothing but its own part.
  package static func run(count: Int, jobs: Int, _ body: @Sendable (Int) -> Void) {
    let workers = min(jobs, count)
    guard workers > 1 else {
      for index in 0..<count { body(index) }
      return
    }
    let shares = Shares(count: count, among: workers)
    HelperThreads.shared.run(withUpTo: workers - 1) { worker in
      for turn in 0..<workers {
        let share = (worker + turn) % workers
        while let index = shares.next(of: share) { body(index) }
      }
    }
  }

  /// As `run`, with `body` called for pieces of `size` that a length is cut into; the last may be shorter.
  package static func runPieces(
    of length: Int, size: Int, jobs: Int, _ body: @Sendable (Range<Int>) -> Void
  ) {
    run(count: (length + size - 1) / size, jobs: jobs) { i in
      body(i * size..<min((i + 1) * size, length))
    }
  }

  /// As `run`, and whoever is free takes the least index that nobody has taken: for work that waits for
  /// what smaller indices bring.
  package static func runInOrder(count: Int, jobs: Int, _ body: @Sendable (Int) -> Void) {
    let workers = min(jobs, count)
    guard workers > 1 else {
      for index in 0..<count { body(index) }
      return
    }
    let all = Shares(count: count, among: 1)
    HelperThreads.shared.run(withUpTo: workers - 1) { _ in
      while let index = all.next(of: 0) { body(index) }
    }
  }

  /// Runs `body` on this thread and up to `count` − 1 others, which may sleep in it without keeping
  /// anybody from work.
  package static func runOnThreads(_ count: Int, _ body: @Sendable () -> Void) {
    withoutActuallyEscaping(body) { body in
      let threads = (1..<max(count, 1)).compactMap { _ in started(body) }  // fewer do as well
      body()
      for thread in threads { pthread_join(thread, nil) }
    }
  }

  /// A thread that runs `body` and has to be joined; nil where the system gives none.
  static func started(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
    let work = Unmanaged.passRetained(ThreadWork(body))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<ThreadWork>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, work.toOpaque())
    guard status == 0 else {
      work.release()
      return nil
    }
    return thread
  }

  private final class ThreadWork: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
      self.body = body
    }
  }

  /// Indices in contiguous shares, each handed out in order.
  private final class Shares: Sendable {
    private let taken: [Taken]
    private let count: Int

    private final class Taken: Sendable {
      let count = Atomic(0)
    }

    init(count: Int, among shares: Int) {
      self.count = count
      taken = (0..<shares).map { _ in Taken() }
    }

    func next(of share: Int) -> Int? {
      let first = share * count / taken.count
      let end = (share + 1) * count / taken.count
      let index = first + taken[share].count.wrappingAdd(1, ordering: .relaxed).oldValue
      return index < end ? index : nil
    }
  }
}
