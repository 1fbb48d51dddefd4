internal import Foundation
internal import VizImage
internal import VizKernels

/// Another OpenCV in a process of its own, such as the one of Python: it is asked case by case.
///
/// Question and answer are one line of JSON each, pictures are files of raw samples.
final class OpenCVPeer {
  struct Answer: Decodable {
    let milliseconds: Double
    /// How far its result is from ours at most.
    let difference: Double
  }

  /// What the process said of itself when it began.
  struct Greeting: Decodable {
    let version: String
  }

  private struct Question: Encodable {
    let call: String
    let numbers: [Double]
    let jobs: Int
    let height: Int
    let width: Int
    let channels: Int
    let source: String
    let sourceType: String
    let result: String
    let resultType: String
  }

  private(set) var version = ""
  private let process = Process()
  private let questions = Pipe()
  private let answers = Pipe()
  private let folder: URL
  private var waiting = Data()

  enum Failure: Error, CustomStringConvertible {
    case ended(command: String)

    var description: String {
      switch self {
      case .ended(let command): "the peer ended without an answer: \(command)"
      }
    }
  }

  private let command: String

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
    version = try Self.decode(Greeting.self, line(of: command)).version
  }

  deinit {
    try? questions.fileHandleForWriting.close()
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }

  func measure(
    _ benchCase: FilterCase, source: BenchPicture, result: BenchPicture, jobs: Int
  ) throws -> Answer {
    let (call, numbers) = benchCase.opencv.words
    let files = ["source", "result"].map { folder.appendingPathComponent($0) }
    for (picture, file) in zip([source, result], files) {
      try Data(bytes: picture.storage.bytes, count: picture.byteCount).write(to: file)
    }
    let question = Question(
      call: call, numbers: numbers, jobs: jobs, height: source.height, width: source.width,
      channels: source.channels, source: files[0].path, sourceType: Self.name(source.sampleType),
      result: files[1].path, resultType: Self.name(result.sampleType))
    try questions.fileHandleForWriting.write(
      contentsOf: try JSONEncoder().encode(question) + Data("\n".utf8))
    return try Self.decode(Answer.self, line(of: command))
  }

  /// The next line that the process writes.
  private func line(of command: String) throws -> Data {
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

  /// As NumPy calls it.
  private static func name(_ type: SampleType) -> String {
    ["uint8", "uint16", "int16", "float32"][type.code]
  }
}
