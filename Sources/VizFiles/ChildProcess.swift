@unsafe @preconcurrency internal import Glibc

/// Another program that runs beside this one, without a shell between them.
///
/// Its standard input is a file or nothing; what it writes is kept, the first 64 KiB of it.
package struct ChildProcess: ~Copyable {
  private let identifier: pid_t
  private let output: FileDescriptor
  private var text: [UInt8] = []
  /// The exit status; nil while the program runs.
  private var status: Int32?

  private static let mostText = 1 << 16

  /// Starts `program`, which is looked for as a shell does.
  ///
  /// - Throws: `ENOENT` where there is no such program.
  package init(
    _ program: String, _ arguments: [String], input: String = "/dev/null"
  ) throws(SystemError) {
    let (readEnd, writeEnd) = try Self.pipeEnds()
    let target = FileDescriptor(owning: writeEnd)
    do throws(SystemError) {
      let identifier = try Self.start(
        program, arguments, input: input, output: target.number)
      self.init(identifier: identifier, output: FileDescriptor(owning: readEnd))
    } catch {
      _ = close(readEnd)
      throw error
    }
  }

  private init(identifier: pid_t, output: consuming FileDescriptor) {
    self.identifier = identifier
    self.output = output
  }

  /// A pipe whose reader never waits: it looks for text between two looks at the program.
  private static func pipeEnds() throws(SystemError) -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    _ = try retrying { unsafe pipe(&ends) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    return (ends[0], ends[1])
  }

  private static func start(
    _ program: String, _ arguments: [String], input: String, output: Int32
  ) throws(SystemError) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)
    var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    var identifier: pid_t = 0
    let code = unsafe posix_spawnp(&identifier, program, &actions, nil, &words, environ)
    guard code == 0 else { throw SystemError(code: code) }
    return identifier
  }

  /// A program that nobody waits for any more is ended.
  deinit {
    guard status == nil else { return }
    _ = kill(identifier, SIGKILL)
    _ = waitpid(identifier, nil, 0)
  }

  /// Its exit status, 128 and the signal's number where one ended it; nil where it still runs after
  /// so many milliseconds.
  package mutating func status(within milliseconds: Int32) throws(SystemError) -> Int32? {
    if let status { return status }
    // The other end closes when the program ends.
    var request = pollfd(fd: output.number, events: Int16(POLLIN), revents: 0)
    _ = try retrying { unsafe poll(&request, 1, milliseconds) }
    var found: Int32 = 0
    let identifier = identifier
    let ended = try retrying { unsafe waitpid(identifier, &found, WNOHANG) }
    readText()
    guard ended != 0 else { return nil }
    let signal = found & 0x7F
    status = signal == 0 ? found >> 8 & 0xFF : 128 + signal
    return status
  }

  /// Its exit status, as soon as it ends.
  package mutating func finalStatus() throws(SystemError) -> Int32 {
    while true {
      if let status = try status(within: 1_000) { return status }
    }
  }

  /// What it has written, to standard output and to standard error.
  package var written: String { String(decoding: text, as: UTF8.self) }

  private mutating func readText() {
    // Where nothing is there yet, the call says so by an error.
    while let part = try? output.readPart(byteCount: 4096) {
      text += part.prefix(Self.mostText - text.count)
    }
  }
}
