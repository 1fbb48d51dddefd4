import Foundation
import Testing

/// The help, word for word; `VIZCNN_RECORD=1` writes the snapshots anew.
@Suite("Help")
struct HelpTests {
  static let verbs = [
    "filter", "verify", "trace", "presets", "spectrum", "activations", "kernels", "predict",
    "layers",
    "run", "convert", "train", "evaluate", "augment", "dataset", "capsules",
  ]

  @Test("reads as recorded", arguments: [""] + verbs)
  func readsAsRecorded(_ verb: String) throws {
    let place = try Workplace()
    let words = verb.isEmpty ? ["--help"] : [verb, "--help"]
    let outcome = try Command.run(words, in: place.path)
    #expect(outcome.status == 0 && outcome.errors == "")
    let name = verb.isEmpty ? "vizcnn" : "vizcnn-\(verb)"
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Snapshots/\(name).txt")
    if ProcessInfo.processInfo.environment["VIZCNN_RECORD"] == "1" {
      try outcome.output.write(to: file)
      return
    }
    #expect(outcome.text == String(decoding: try Data(contentsOf: file), as: UTF8.self))
  }

  @Test("names every verb") func namesVerbs() throws {
    let place = try Workplace()
    let lines = try Command.run(["--help"], in: place.path).lines
    let start = try #require(lines.firstIndex(of: "SUBCOMMANDS:"))
    let named = lines[(start + 1)...].prefix { $0.hasPrefix("  ") }
      .filter { !$0.hasPrefix("   ") && !$0.hasPrefix("  See ") }
      .compactMap { $0.split(separator: " ").first.map(String.init) }
    #expect(named.sorted() == Self.verbs.sorted())
  }

  @Test("fits into 80 columns") func fitsIntoTerminals() throws {
    let place = try Workplace()
    for verb in Self.verbs {
      for line in try Command.run([verb, "--help"], in: place.path).lines {
        #expect(line.count <= 80, "\(line)")
      }
    }
  }
}
