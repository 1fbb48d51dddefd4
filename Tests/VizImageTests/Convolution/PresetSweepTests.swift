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

  @Test("with other values than the defaults equals the reference", arguments: edges)
  func otherValues(edge: EdgeMode) throws {
    let presets: [(name: String, [Double])] = [
      ("sobel-x", [5]), ("sobel-y", [7]), ("sobel", [5]), ("sobel", [7]), ("log", [0.3]),
      ("log", [2]), ("unsharp", [0.5, 20]), ("unsharp", [2, 0]), ("box", [1]), ("box", [2]),
      ("box", [6]), ("gaussian", [0.1]), ("gaussian", [4]), ("binomial", [1]), ("binomial", [15]),
      ("motion", [1, 0]), ("motion", [2, 90]), ("motion", [9.5, -35]), ("gabor", [2, 30, 4, 2, 0]),
      ("gabor", [0.5, 0, 1, 10, 45]),
    ]
    for (i, preset) in presets.enumerated() {
      for source in SampleType.allCases {
        let bank = try presetBank(preset.name, preset.1, depth: source)
        for (width, height) in [(1, 3), (17 + i, 5), (66, 2), (129, 31)] {
          let plane = Plane.random(
            width: width, height: height, type: source, seed: UInt64(width + i))
          let failures = try Trial(plane: plane, bank: bank, edge: edge)
            .failures(outputs: [SampleType.allCases[(i + width) % 4]])
          #expect(failures.isEmpty, "\(preset.name): \(failures.first ?? "")")
        }
      }
    }
  }
}
