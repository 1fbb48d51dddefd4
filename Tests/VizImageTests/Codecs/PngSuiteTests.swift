import Foundation
import Testing
import VizImage

@Suite("PngSuite", .enabled(if: CodecFixtures.data != nil, "VIZCNN_DATA is not set"))
struct PngSuiteTests {
  private func bytes(_ name: String) throws -> [UInt8] {
    try CodecFixtures.data("codec/pngsuite/" + name)
  }

  @Test("decodes every valid file to the samples of an independent decoder")
  func decodesAll() throws {
    let table = CodecFixtures.table("pngsuite.tsv")
    #expect(table.count == 161)
    for expected in table {
      let image = try ImageDecoder.decode(bytes(expected.name), appliesOrientation: false)
      let isRight =
        image.width == expected.width && image.height == expected.height
        && image.layout == expected.layout && image.sampleType == expected.sampleType
        && image.digest == expected.digest
      #expect(isRight, "\(expected.name): \(image.layout) \(image.sampleType)")
    }
  }

  @Test("refuses all 14 broken files")
  func refusesBroken() throws {
    let broken = [
      "xc1n0g08", "xc9n2c08", "xcrn0g04", "xcsn0g01", "xd0n2c08", "xd3n2c08", "xd9n2c08",
      "xdtn0g01", "xhdn0g08", "xlfn0g04", "xs1n0g01", "xs2n0g01", "xs4n0g01", "xs7n0g01",
    ]
    for name in broken {
      let file = try bytes(name + ".png")
      #expect(throws: ImageError.self, "\(name)") { try ImageDecoder.decode(file) }
    }
  }

  @Test("shows interlaced files as their twins that are not")
  func interlacedEqualsPlain() throws {
    let names = CodecFixtures.table("pngsuite.tsv").map(\.name)
    var pairs = 0
    for name in names where name.hasPrefix("basi") || (name.hasPrefix("s") && name.contains("i3p"))
    {
      var twin = name
      let at = twin.index(twin.startIndex, offsetBy: 3)
      twin.replaceSubrange(at...at, with: "n")
      let (interlaced, plain) = try (
        ImageDecoder.decode(bytes(name)), ImageDecoder.decode(bytes(twin))
      )
      // The sub-byte palettes of the size series differ between twins, the pictures do not.
      #expect(interlaced.isSame(as: plain), "\(name)")
      pairs += 1
    }
    #expect(pairs == 15 + 18)
  }
}

@Suite("EXIF set", .enabled(if: CodecFixtures.data != nil, "VIZCNN_DATA is not set"))
struct ExifSetTests {
  @Test("turns all eight orientations into one picture", arguments: ["Landscape", "Portrait"])
  func allUpright(_ scene: String) throws {
    let pictures = try (0...8).map {
      try ImageDecoder.decode(CodecFixtures.data("codec/exif-orientation/\(scene)_\($0).jpg"))
    }
    let first = pictures[0].samples(as: UInt8.self)
    for (index, picture) in pictures.enumerated() {
      #expect(picture.width == pictures[0].width && picture.height == pictures[0].height)
      let samples = picture.samples(as: UInt8.self)
      guard samples.count == first.count else { continue }
      let total = stride(from: 0, to: first.count, by: 7).reduce(0) {
        $0 + abs(Int(first[$1]) - Int(samples[$1]))
      }
      // Each was turned and compressed again by its maker.
      #expect(Double(total) / Double(first.count / 7) < 6, "\(scene)_\(index)")
    }
  }
}
