internal import Glibc

/// A name beside the destination under which a file exists until it is renamed.
///
/// Whatever happens first, an error or an interrupt, the name is removed (`PendingNames`).
struct TemporaryName: ~Copyable {
  let path: String
  private let slot: PendingNames.Slot?
  private var exists = true

  /// Makes `.NAME.RANDOM.tmp` by a call that fails with `EEXIST` where the name is taken.
  init(
    beside destination: Destination, make: (String) throws(SystemError) -> Void
  ) throws(SystemError) {
    // The whole name stays within the 255 bytes that file systems allow.
    let start = String(decoding: destination.name.utf8.prefix(200), as: UTF8.self)
    var attempts = 0
    while true {
      let random = String(UInt64.random(in: 0..<(1 << 40)), radix: 36)
      let path = destination.folder + ".\(start).\(random).tmp"
      let slot = PendingNames.add(path)
      do {
        try make(path)
        self.path = path
        self.slot = slot
        return
      } catch {
        slot?.clear()
        attempts += 1
        if error.code != EEXIST || attempts == 100 { throw error }
      }
    }
  }

  deinit {
    if exists { _ = unsafe unlink(path) }
    slot?.clear()
  }

  /// Gives the file its final name, in place of a file that has it already.
  mutating func rename(to path: String) throws(SystemError) {
    _ = try retrying { unsafe Glibc.rename(self.path, path) }
    exists = false
  }

  /// Gives the file its final name; `EEXIST` where a file has it already.
  mutating func renameWithoutReplacing(to path: String) throws(SystemError) {
    try Self.rename(self.path, withoutReplacing: path)
    exists = false
  }

  /// Gives a file another name; `EEXIST` where a file has it already, also one that is just being made.
  static func rename(_ old: String, withoutReplacing new: String) throws(SystemError) {
    do {
      _ = try retrying { unsafe link(old, new) }
      _ = unsafe unlink(old)  // where that fails the file has two names, and the new one
    } catch  where error.code == EPERM || error.code == EOPNOTSUPP || error.code == EMLINK {
      // A file system without hard links cannot do both at once: look first, then rename.
      if try stat.notFollowing(new) != nil { throw SystemError(code: EEXIST) }
      _ = try retrying { unsafe Glibc.rename(old, new) }
    }
  }
}
