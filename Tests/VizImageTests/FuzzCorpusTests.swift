import Foundation
import Testing
import VizTestSupport

/// Inputs that led a fuzzer into code that others had not reached.
@Suite("Fuzz corpus")
struct FuzzCorpusTests {
  @Test("inputs that a fuzzer found interesting have no findings", arguments: FuzzTarget.allCases)
  func hasNoFindings(target: FuzzTarget) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/Fuzz/\(target.rawValue)")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    #expect(files.count >= 10)
    for file in files {
      let findings = target.findings(in: Array(try Data(contentsOf: file)))
      #expect(findings.isEmpty, "\(file.lastPathComponent): \(findings)")
    }
  }
}
