internal import Glibc
internal import Synchronization

/// What a command does about signals.
///
/// Libraries leave them alone: only a program's `main` calls this.
public enum ProcessSignals {
  /// Has writes fail with an error instead of ending the process.
  ///
  /// A reader that went away (SIGPIPE) and a file size limit (SIGXFSZ) then arrive as `writeFailed`.
  public static func ignoreWriteSignals() {
    _ = signal(SIGPIPE, SIG_IGN)
    _ = signal(SIGXFSZ, SIG_IGN)
  }

  /// Has an interrupted process remove its temporary files and exit with 128 + the signal's number:
  /// 130 after ctrl-C.
  ///
  /// Signals that the parent process had ignored, as `nohup` does, stay ignored; ones that it had
  /// merely blocked, as thread pools do, are let through.
  public static func removeTemporariesWhenInterrupted() {
    PendingNames.prepare()
    var unblocked = sigset_t()
    unsafe sigemptyset(&unblocked)
    for number in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&unblocked, number) }
    unsafe pthread_sigmask(SIG_UNBLOCK, &unblocked, nil)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      let before = signal(number) { number in
        PendingNames.removeAll()
        _exit(128 + number)
      }
      if unsafe unsafeBitCast(before, to: Int.self) == 1 {  // SIG_IGN
        _ = signal(number, SIG_IGN)
      }
    }
  }

  /// Has the first interrupt (ctrl-C, SIGTERM, SIGHUP) only be taken note of, for work that wants to store
  /// where it is; the second one ends the process as before.
  public static func noteFirstInterrupt() {
    isInterrupted.store(false, ordering: .relaxed)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      let before = signal(number) { number in
        guard ProcessSignals.isInterrupted.exchange(true, ordering: .relaxed) else { return }
        PendingNames.removeAll()
        _exit(128 + number)
      }
      if unsafe unsafeBitCast(before, to: Int.self) == 1 {  // SIG_IGN
        _ = signal(number, SIG_IGN)
      }
    }
  }

  /// Whether there was an interrupt since `noteFirstInterrupt`.
  public static var wasInterrupted: Bool { isInterrupted.load(ordering: .relaxed) }

  private static let isInterrupted = Atomic(false)
}
