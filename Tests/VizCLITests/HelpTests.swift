import Foundation
import Testing

/// The help, word for word; `VIZCNN_RECORD=1` writes the snapshots anew.
@Suite("Help")
struct HelpTests {
  @Test(
    "reads as recorded",
    arguments: ["", "filter", "verify", "trace", "presets", "spectrum"])
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

  @Test("fits into 80 columns") func fitsIntoTerminals() throws {
    let place = try Workplace()
    for verb in ["filter", "verify", "trace", "presets", "spectrum"] {
      for line in try Command.run([verb, "--help"], in: place.path).lines {
        #expect(line.count <= 80, "\(line)")
      }
    }
  }
}
