import Foundation
import Testing
import VizImage

/// Compares pictures with committed ones; `VIZCNN_RECORD=1` writes them anew.
///
/// The files are binary PPM, which any viewer opens and this reader needs no decoder for.
enum Snapshot {
  static func check(
    _ image: Image, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/\(name).ppm")
    let pixels = image.samples(as: UInt8.self)
    let bytes = Data("P6\n\(image.width) \(image.height)\n255\n".utf8) + Data(pixels)
    if ProcessInfo.processInfo.environment["VIZCNN_RECORD"] == "1" {
      try bytes.write(to: file)
      return
    }
    let recorded = try Data(contentsOf: file)
    #expect(
      recorded.count == bytes.count, "\(name) has another size", sourceLocation: sourceLocation)
    guard recorded.count == bytes.count else { return }
    // The last bit of a sine may differ between C libraries, and with it one step of coverage.
    let worst = zip(recorded, bytes).map { abs(Int($0) - Int($1)) }.max() ?? 0
    #expect(worst <= 2, "\(name) differs by up to \(worst)", sourceLocation: sourceLocation)
  }
}
