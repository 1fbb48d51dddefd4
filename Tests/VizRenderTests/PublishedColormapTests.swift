import Foundation
import Testing
import VizRender

@Suite("Published colour maps") struct PublishedColormapTests {
  @Test("viridis and magma are matplotlib's, to 2 of 255") func matplotlib() throws {
    let lines = try Fixture.text("colormaps.txt").split(separator: "\n").map {
      $0.split(separator: " ").map(String.init)
    }
    #expect(lines.count == 2)
    for line in lines {
      let map = try #require(Colormap.all.first { $0.name == line[0] })
      #expect(line.count == 257 && !map.isSigned)
      for (i, text) in line.dropFirst().enumerated() {
        let expected = Color(hex: try #require(UInt32(text, radix: 16)))
        let found = map.color(at: Double(i) / 255)
        let pairs = [
          (found.red, expected.red), (found.green, expected.green), (found.blue, expected.blue),
        ]
        #expect(
          pairs.allSatisfy { abs(Int($0) - Int($1)) <= 2 }, "\(map.name) at \(i): \(found), \(text)"
        )
      }
    }
  }

  // 255 − v, then the hueRotate matrix for 180°: [-0.574 1.43 0.144; 0.426 0.43 0.144; 0.426 1.43 -0.856].
  @Test("signed maps turn dark as a page's style turns them") func turnsDark() {
    let dark = Colormap.redBlue.onDark
    let expected = [(-1.0, 0xFFCFEE), (0, 0x080808), (1, 0xAFDAFF)] as [(Double, UInt32)]
    for (value, hex) in expected { #expect(dark.color(at: value) == Color(hex: hex)) }
    #expect(Colormap.viridis.onDark.name == "viridis")
    #expect(Colormap.divergingDark.onDark.name == "diverging-dark")
  }

  // ColorBrewer 2.0, diverging, eleven classes: the ends, the middle and those beside it.
  @Test(
    "ColorBrewer's maps meet its colours",
    arguments: [
      ("rdbu", [0x67001F, 0xFDDBC7, 0xF7F7F7, 0xD1E5F0, 0x053061] as [UInt32]),
      ("brbg", [0x543005, 0xF6E8C3, 0xF5F5F5, 0xC7EAE5, 0x003C30]),
    ])
  func colorBrewer(_ name: String, _ colors: [UInt32]) throws {
    let map = try #require(Colormap.all.first { $0.name == name })
    for (value, hex) in zip([-1, -0.2, 0, 0.2, 1], colors) {
      #expect(map.color(at: value) == Color(hex: hex), "\(name) at \(value)")
    }
    // Half way between two colours.
    let (low, high) = (map.color(at: 0), map.color(at: 0.2))
    let middle = map.color(at: 0.1)
    #expect(abs(2 * Int(middle.red) - Int(low.red) - Int(high.red)) <= 1)
  }

  @Test("ends keep zero at its colour") func ends() {
    #expect(Colormap.viridis.ends(for: 2...5) == 0...5)
    #expect(Colormap.viridis.ends(for: -2...5) == -2...5)
    #expect(Colormap.redBlue.ends(for: -2...5) == -5...5)
    #expect(Colormap.redBlue.ends(for: -7 ... -2) == -7...7)
    #expect(Colormap.redBlue.ends(for: 0...0) == 0...0)
    #expect(Colormap.standard(isNonNegative: true).name == "viridis")
    #expect(Colormap.standard(isNonNegative: false).name == "rdbu")
  }
}

/// Files beside the tests.
enum Fixture {
  static func text(_ name: String) throws -> String {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/\(name)")
    return try String(contentsOf: file, encoding: .utf8)
  }
}
