import Dispatch
import Foundation
import Testing
import VizCNN

/// The real binary, run in a folder of its own.
struct Command {
  /// What a run left behind.
  struct Outcome {
    let status: Int32
    let output: Data
    let errors: String
    /// Whether a signal ended it.
    let isKilled: Bool

    var text: String { String(decoding: output, as: UTF8.self) }
    var lines: [String] { text.split(separator: "\n").map(String.init) }
  }

  /// The built product beside this test bundle.
  static let path: String = {
    let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    let bundle = CommandLine.arguments.first.map { URL(filePath: $0).resolvingSymlinksInPath() }
    let folders = [tests, bundle].compactMap { $0?.deletingLastPathComponent() }
    let candidates = folders.flatMap { [$0, $0.deletingLastPathComponent()] }
      .map { $0.appending(path: "vizcnn").path }
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0) } ?? candidates[0]
  }()

  static func environment(_ changes: [String: String]) -> [String: String] {
    var environment = ProcessInfo.processInfo.environment
    for name in ["VIZCNN_ISA", "NO_COLOR", "TERM"] { environment[name] = nil }
    environment["COLUMNS"] = "80"
    return environment.merging(changes) { _, new in new }
  }

  /// Starts `vizcnn WORDS`, or another program that runs it; messages go to a file where no `errors` are given.
  static func start(
    _ words: [String], in folder: String, program: String = path, input: Data? = nil,
    errors: FileHandle? = nil, environment changes: [String: String] = [:]
  ) throws -> RunningCommand {
    try RunningCommand(
      words, folder: folder, program: program, input: input, errors: errors,
      environment: environment(changes))
  }

  static func run(
    _ words: [String], in folder: String, program: String = path, input: Data? = nil,
    environment changes: [String: String] = [:]
  ) throws -> Outcome {
    try start(words, in: folder, program: program, input: input, environment: changes).finish()
  }

  /// A line of shell with the binary in `$VIZCNN`.
  static func shell(_ line: String, in folder: String) throws -> Outcome {
    try run(["-c", line], in: folder, program: "/bin/sh", environment: ["VIZCNN": path])
  }
}

/// A run that is not over yet; its streams are files, so that no pipe fills up.
final class RunningCommand {
  let process = Process()
  private let streams = FileManager.default.temporaryDirectory
    .appending(path: "vizcnn-streams-\(UUID().uuidString)")

  init(
    _ words: [String], folder: String, program: String, input: Data?, errors: FileHandle?,
    environment: [String: String]
  ) throws {
    try FileManager.default.createDirectory(at: streams, withIntermediateDirectories: true)
    func file(_ name: String, _ data: Data = Data()) throws -> URL {
      let url = streams.appending(path: name)
      try data.write(to: url)
      return url
    }
    process.executableURL = URL(filePath: program)
    process.arguments = words
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = environment
    process.standardInput = try FileHandle(forReadingFrom: file("in", input ?? Data()))
    process.standardOutput = try FileHandle(forWritingTo: file("out"))
    let messages = try FileHandle(forWritingTo: file("err"))
    process.standardError = errors ?? messages
    try process.run()
  }

  deinit { try? FileManager.default.removeItem(at: streams) }

  /// Waits for the end; a run that takes two minutes is killed.
  func finish() throws -> Command.Outcome {
    let process = process
    let watchdog = DispatchWorkItem { kill(process.processIdentifier, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + 120, execute: watchdog)
    process.waitUntilExit()
    watchdog.cancel()
    return Command.Outcome(
      status: process.terminationStatus,
      output: try Data(contentsOf: streams.appending(path: "out")),
      errors: String(
        decoding: try Data(contentsOf: streams.appending(path: "err")), as: UTF8.self),
      isKilled: process.terminationReason == .uncaughtSignal)
  }
}

/// A folder that is gone after the test.
final class Workplace {
  let path: String

  /// With sides, a coloured picture is in it: `lane.png`, and the same as `lane.jpg`.
  init(width: Int = 0, height: Int = 0) throws {
    path = FileManager.default.temporaryDirectory.path + "/vizcnn-cli-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    // Unprivileged users of some tests work here too.
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: path)
    guard width > 0 else { return }
    try picture("lane.png", width: width, height: height)
    try picture("lane.jpg", width: width, height: height, as: .jpeg)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  subscript(name: String) -> String { path + "/" + name }

  /// Everything, hidden names too, sorted.
  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  func data(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: self[name])) }

  func image(_ name: String) throws -> Image { try ImageDecoder.decode(Array(data(name))) }

  func make(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: self[name]))
  }

  /// A road that every filter has something to say about; not marked as one of our results.
  func picture(
    _ name: String, width: Int, height: Int, seed: Int = 0, as format: ImageFormat = .png
  ) throws {
    var samples: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let noise = (x &* 7919 &+ y &* 104_729 &+ seed &* 31) % 23
        let isLine = abs(x - width / 2 - (y - height / 2) / 3) < 2
        for c in 0..<3 {
          samples.append(isLine ? 240 : UInt8(40 + 30 * c + noise + 60 * y / height))
        }
      }
    }
    let image = Image(width: width, height: height, layout: .rgb, samples: samples)
    let bytes = try ImageEncoder.encode(image, as: format)
    try Self.unmarked(bytes).write(to: URL(filePath: self[name]))
  }

  /// The bytes without the text that says who wrote them: spaces out its letters.
  private static func unmarked(_ bytes: [UInt8]) -> Data {
    guard let place = bytes.firstRange(of: Array("vizcnn".utf8)) else { return Data(bytes) }
    if bytes.starts(with: [0x89]) {
      // The chunk: length, "tEXt", "Software\0vizcnn", checksum.
      let chunk = (place.lowerBound - 9 - 8)..<(place.upperBound + 4)
      return Data(bytes[..<chunk.lowerBound] + bytes[chunk.upperBound...])
    }
    return Data(bytes[..<place.lowerBound] + Array("camera".utf8) + bytes[place.upperBound...])
  }
}
