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

  private static let words = [""] + verbs + ["dataset fetch", "dataset show"]

  @Test("reads as recorded", arguments: words)
  func readsAsRecorded(_ verb: String) throws {
    let place = try Workplace()
    let words = verb.split(separator: " ").map(String.init)
    let outcome = try Command.run(words + ["--help"], in: place.path)
    #expect(outcome.status == 0 && outcome.errors == "")
    let name = (["vizcnn"] + words).joined(separator: "-")
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
    for verb in Self.words {
      let words = verb.split(separator: " ").map(String.init)
      for line in try Command.run(words + ["--help"], in: place.path).lines {
        #expect(line.count <= 80, "\(line)")
      }
    }
  }
}
