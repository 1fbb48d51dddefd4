import Foundation
import VizCheckpoint
import VizFiles

/// The files beside make_fixtures.py, and what torch reads from them.
enum Fixtures {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures").path

  static func path(_ name: String) -> String { folder + "/" + name }

  static func bytes(_ name: String) throws -> [UInt8] { try FileContents.read(path(name)) }

  /// All files of weights that the scripts write.
  static let names: [String] = {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return all.filter { name in
      // Of the fixtures one is too long to be cut at every byte; its format has shorter ones.
      [".pt", ".ckpt", ".safetensors"].contains { name.hasSuffix($0) }
        && name != "operators.safetensors"
    }.sorted()
  }()

  struct Numbers: Decodable, Equatable {
    let shape: [Int]
    let values: [Float]

    enum Keys: CodingKey { case shape, values }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Keys.self)
      shape = try container.decode([Int].self, forKey: .shape)
      values = try container.decode([Double].self, forKey: .values).map(Float.init)
    }
  }

  /// By `file`, or `file?key`: the tensors by name.
  static func expected() throws -> [String: [String: Numbers]] {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(
      [String: [String: Numbers]].self, from: Data(bytes("expected.json")))
  }
}
