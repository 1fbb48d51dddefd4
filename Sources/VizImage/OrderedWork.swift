internal import Synchronization
internal import VizKernels

/// Many pieces of work on a few threads, whose results are told in order.
public enum OrderedWork {
  /// Runs `work` for every index below `count`, on at most `jobs` threads at a time, and `finish` on
  /// what it leaves.
  ///
  /// A thread takes the next index as soon as it is free. `finish` is for writing: while it waits for
  /// the disk, another thread is at work. Results wait until those before them are told, so keep them
  /// small.
  ///
  /// `report` is called once for each index in rising order, never twice at a time; no further work
  /// is begun after it has returned false.
  public static func run<Draft, Result: Sendable>(
    count: Int, jobs: Int, _ work: @Sendable (Int) -> Draft,
    finish: @Sendable (Int, Draft) -> Result,
    report: @Sendable (Int, Result) -> Bool
  ) {
    let state = Mutex(OrderedResults<Result>(count: count))
    let places = Places(jobs)  // and for each of them a thread that may be writing
    ThreadPool.runOnThreads(min(2 * jobs, count)) {
      func next() -> (Int, Draft)? {
        places.taking { state.withLock { $0.takeIndex() }.map { ($0, work($0)) } }
      }
      while let (index, draft) = next() {
        let result = finish(index, draft)
        state.withLock { $0.add(result, at: index, report: report) }
      }
    }
  }
}

/// Results that are still to be told.
private struct OrderedResults<Result: Sendable> {
  let count: Int
  private var nextIndex = 0
  private var nextReport = 0
  private var waiting: [Int: Result] = [:]
  private var isStopped = false

  init(count: Int) {
    self.count = count
  }

  mutating func takeIndex() -> Int? {
    guard nextIndex < count, !isStopped else { return nil }
    nextIndex += 1
    return nextIndex - 1
  }

  mutating func add(_ result: Result, at index: Int, report: (Int, Result) -> Bool) {
    waiting[index] = result
    while !isStopped, let next = waiting.removeValue(forKey: nextReport) {
      isStopped = !report(nextReport, next)
      nextReport += 1
    }
  }
}
