#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A lock whose holders can sleep until another thread has changed what it guards.
final class Monitor: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    mutex.initialize(to: pthread_mutex_t())
    changed.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  func locked<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  /// Sleeps, inside of `locked`, until somebody tells of a change, or without cause.
  func sleep() { pthread_cond_wait(changed, mutex) }

  /// Wakes all that sleep.
  func tellOfChange() { pthread_cond_broadcast(changed) }
}

/// A number of places for threads that compute, while others wait for a disk.
package final class Places: @unchecked Sendable {
  private let monitor = Monitor()
  /// Guarded by `monitor`.
  private var free: Int

  package init(_ count: Int) {
    free = count
  }

  /// Runs `body` when a place is free.
  package func taking<Result>(_ body: () -> Result) -> Result {
    monitor.locked {
      while free == 0 { monitor.sleep() }
      free -= 1
    }
    defer {
      monitor.locked {
        free += 1
        monitor.tellOfChange()
      }
    }
    return body()
  }
}
