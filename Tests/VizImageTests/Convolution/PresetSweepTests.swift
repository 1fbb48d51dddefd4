import Testing
import VizImage
import VizTestSupport

/// Every preset that is made of kernels, under every edge mode, against the Float64 reference.
@Suite("Preset sweep")
struct PresetSweepTests {
  static let names = FilterRegistry.all.map(\.name).filter { name in
    if case .kernels = kind(name, .uint8) { true } else { false }
  }
  static let edges = EdgeMode.all + [.pad(37)]
  /// Straddles vectors of 8 to 64 samples.
  static let widths = [
    1, 2, 3, 4, 5, 7, 8, 9, 13, 15, 16, 17, 23, 31, 32, 33, 47, 63, 64, 65, 95, 127, 128, 129, 130,
  ]

  static func kind(_ name: String, _ depth: SampleType) -> FilterKind {
    do {
      return try FilterStep(preset: name).kind(depth: depth)
    } catch {
      preconditionFailure("\(error)")
    }
  }

  @Test("equals the reference", arguments: names, edges)
  func equalsReference(name: String, edge: EdgeMode) throws {
    var random = SplitMix64(seed: 7)
    for source in SampleType.allCases {
      guard case .kernels(let bank) = Self.kind(name, source) else { continue }
      for (i, width) in Self.widths.enumerated() {
        let height = Int.random(in: 1...6, using: &random)
        let plane = Plane.random(
          width: width, height: height, type: source, seed: UInt64(width * 100 + height))
        // All outputs at some sizes, one in turn at the others.
        let outputs =
          i % 8 == 0 ? SampleType.allCases : [SampleType.allCases[(i + source.byteCount) % 4]]
        let failures = try Trial(plane: plane, bank: bank, edge: edge).failures(outputs: outputs)
        #expect(failures.isEmpty, "\(failures.first ?? "")")
      }
    }
  }
}
