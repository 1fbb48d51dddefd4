import Foundation

/// A terminal that a command can be given for its messages.
final class Terminal {
  private let reader: Int32
  /// The command's end.
  let end: FileHandle

  struct Missing: Error { let errno: Int32 }

  init(columns: Int) throws {
    reader = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var (lock, number): (Int32, Int32) = (0, 0)
    // TIOCSPTLCK takes the lock off, TIOCGPTN asks for the other end's number.
    guard reader >= 0, ioctl(reader, 0x4004_5431, &lock) == 0,
      ioctl(reader, 0x8004_5430, &number) == 0
    else { throw Missing(errno: errno) }
    let name = "/dev/pts/\(number)"
    let writer = open(name, O_RDWR | O_NOCTTY)
    guard writer >= 0 else { throw Missing(errno: errno) }
    var size = winsize(ws_row: 24, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    guard ioctl(writer, UInt(TIOCSWINSZ), &size) == 0 else { throw Missing(errno: errno) }
    end = FileHandle(fileDescriptor: writer, closeOnDealloc: true)
  }

  deinit { close(reader) }

  /// What was written until the words have come so often; at most for a minute.
  func read(until words: String, count: Int) -> String {
    var bytes: [UInt8] = []
    let deadline = Date(timeIntervalSinceNow: 60)
    while Date() < deadline {
      var poller = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
      guard poll(&poller, 1, 1_000) > 0 else { continue }
      var part = [UInt8](repeating: 0, count: 4_096)
      let length = Foundation.read(reader, &part, part.count)
      guard length > 0 else { break }
      bytes += part.prefix(length)
      let text = String(decoding: bytes, as: UTF8.self)
      if text.components(separatedBy: words).count > count { return text }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
