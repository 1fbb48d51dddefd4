internal import Glibc

/// Why the operating system refused, as its error number and its words.
public struct SystemError: Error, Equatable, Hashable, Sendable, CustomStringConvertible {
  /// The `errno` value.
  public let code: Int32

  public init(code: Int32) {
    self.code = code
  }

  /// What a device says that does not do what it should.
  package static let failingDevice = SystemError(code: EIO)

  /// The error of the call that failed last on this thread.
  static var last: SystemError { SystemError(code: errno) }

  /// Lower case, as a part of a sentence: `no space left on device`.
  public var description: String {
    guard let words = unsafe strerror(code) else { return "error \(code)" }
    let text = unsafe String(cString: words)
    // "Input/output error" starts a sentence; "EOF" or "NFS" would keep its capitals.
    guard text.dropFirst().first?.isLowercase == true else { return text }
    return text.prefix(1).lowercased() + text.dropFirst()
  }
}
