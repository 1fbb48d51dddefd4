internal import Foundation

/// Another program that is asked case by case, such as a library of Python in a process of its own.
///
/// Question and answer are one line of JSON each; numbers go through files in a folder of their own.
final class PeerProcess {
  /// What the process said of itself when it began.
  struct Greeting: Decodable {
    let version: String
  }

  enum Failure: Error, CustomStringConvertible {
    case ended(command: String)
    case disagrees(String)

    var description: String {
      switch self {
      case .ended(let command): "the peer ended without an answer: \(command)"
      case .disagrees(let message): message
      }
    }
  }

  private(set) var version = ""
  private let folder: URL
  private let command: String
  private let process = Process()
  private let questions = Pipe()
  private let answers = Pipe()
  private var waiting = Data()

  /// Starts a command of the shell, such as `python3 scripts/opencv_peer.py`.
  init(command: String) throws {
    self.command = command
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("vizbench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "exec \(command)"]
    process.standardInput = questions
    process.standardOutput = answers
    try process.run()
    version = try Self.decode(Greeting.self, line()).version
  }

  deinit {
    try? questions.fileHandleForWriting.close()
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }

  /// Writes numbers where the other process finds them.
  func write(_ bytes: Data, named name: String) throws -> String {
    let file = folder.appendingPathComponent(name)
    try bytes.write(to: file)
    return file.path
  }

  func ask<Answer: Decodable>(_ question: some Encodable) throws -> Answer {
    try questions.fileHandleForWriting.write(
      contentsOf: try JSONEncoder().encode(question) + Data("\n".utf8))
    return try Self.decode(Answer.self, line())
  }

  /// The next line that the process writes.
  private func line() throws -> Data {
    while true {
      if let end = waiting.firstIndex(of: 10) {
        defer { waiting = Data(waiting[(end + 1)...]) }
        return Data(waiting[..<end])
      }
      let more = answers.fileHandleForReading.availableData
      guard !more.isEmpty else { throw Failure.ended(command: command) }
      waiting += more
    }
  }

  private static func decode<Value: Decodable>(_ type: Value.Type, _ line: Data) throws -> Value {
    try JSONDecoder().decode(type, from: line)
  }
}
