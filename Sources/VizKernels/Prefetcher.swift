#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Values in a row that threads of their own make ahead of whoever takes them.
///
/// Value i is `make(i)`, whoever makes it and when: how many workers there are shows in nothing but time. They are
/// at most `ahead` values in front of the last one that was taken. A value that nobody has begun when it is
/// asked for is made by who asks, so that without workers, or where the system gives no threads, all is
/// the same.
package final class Prefetcher<Value: Sendable>: Sendable {
  private let line: Line
  private let make: Making
  /// The threads, which end with this object.
  private let threads: [pthread_t]

  /// Makes a value; where it is no longer wanted, nil is as good and comes sooner.
  package typealias Making = @Sendable (_ index: Int, _ isWanted: () -> Bool) -> Value?

  package init(
    _ indices: Range<Int>, workers: Int, ahead: Int, make: @escaping Making
  ) {
    precondition(workers >= 0 && ahead > 0, "\(workers) workers, \(ahead) ahead")
    let line = Line(indices, ahead: ahead)
    self.line = line
    self.make = make
    threads = (0..<min(workers, indices.count)).compactMap { _ in
      ThreadPool.started {
        while let index = line.next() {
          line.put(make(index) { line.isWanted }, at: index)
        }
      }
    }
  }

  deinit {
    line.stop()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Value `index`; those before it are not kept for anybody.
  package func value(at index: Int) -> Value {
    if let value = line.take(index) { return value }
    guard let value = make(index, { true }) else {
      preconditionFailure("value \(index) was given up, and it is wanted")
    }
    return value
  }

  /// What is being made, and what is done.
  private final class Line: @unchecked Sendable {
    private let monitor = Monitor()
    private let ahead: Int
    private let end: Int
    // All that follows is guarded by `monitor`.
    /// The first that nobody has asked for.
    private var first: Int
    /// The first that no worker has begun.
    private var begun: Int
    private var done: [Int: Value] = [:]
    /// What callers sleep for.
    private var awaited: Set<Int> = []
    private var isStopped = false

    init(_ indices: Range<Int>, ahead: Int) {
      (first, begun, end) = (indices.lowerBound, indices.lowerBound, indices.upperBound)
      self.ahead = ahead
    }

    var isWanted: Bool { monitor.locked { !isStopped } }

    func stop() {
      monitor.locked {
        isStopped = true
        monitor.tellOfChange()
      }
    }

    /// For a worker: what to make next, as soon as there is room; nil where nothing is left.
    func next() -> Int? {
      monitor.locked {
        while !isStopped, begun < end, begun >= first + ahead { monitor.sleep() }
        guard !isStopped, begun < end else { return nil }
        begun += 1
        return begun - 1
      }
    }

    func put(_ value: Value?, at index: Int) {
      monitor.locked {
        // Somebody may have gone past it meanwhile.
        if let value, index >= first || awaited.contains(index) { done[index] = value }
        monitor.tellOfChange()
      }
    }

    /// For who uses values: value `index`, waited for where a worker is at it; nil where none is.
    func take(_ index: Int) -> Value? {
      monitor.locked {
        guard index >= first, index < end else { return nil }
        let isBegun = index < begun
        first = index + 1
        begun = max(begun, first)
        done = done.filter { $0.key >= index || awaited.contains($0.key) }
        monitor.tellOfChange()
        guard isBegun else { return nil }
        awaited.insert(index)
        while done[index] == nil { monitor.sleep() }
        awaited.remove(index)
        return done.removeValue(forKey: index)
      }
    }
  }
}
