internal import Foundation
internal import VizImage
internal import VizKernels

/// Another OpenCV in a process of its own, such as the one of Python.
struct OpenCVPeer {
  struct Answer: Decodable {
    let milliseconds: Double
    /// How far its result is from ours at most.
    let difference: Double
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

  private let process: PeerProcess
  var version: String { process.version }

  init(command: String) throws { process = try PeerProcess(command: command) }

  func measure(
    _ benchCase: FilterCase, source: BenchPicture, result: BenchPicture, jobs: Int
  ) throws -> Answer {
    func file(_ picture: BenchPicture, _ name: String) throws -> String {
      try process.write(Data(bytes: picture.storage.bytes, count: picture.byteCount), named: name)
    }
    let (call, numbers) = benchCase.opencv.words
    return try process.ask(
      Question(
        call: call, numbers: numbers, jobs: jobs, height: source.height, width: source.width,
        channels: source.channels, source: try file(source, "source"),
        sourceType: Self.name(source.sampleType), result: try file(result, "result"),
        resultType: Self.name(result.sampleType)))
  }

  /// As NumPy calls it.
  private static func name(_ type: SampleType) -> String {
    ["uint8", "uint16", "int16", "float32"][type.code]
  }
}
