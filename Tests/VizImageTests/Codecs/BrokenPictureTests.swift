import Testing
import VizImage

@Suite("Broken pictures") struct BrokenPictureTests {
  @Test("are refused at every length", arguments: CodecFixtures.expected)
  func refusesPrefixes(_ expected: CodecFixtures.Expected) throws {
    let bytes = try CodecFixtures.bytes(expected.name)
    let whole = try ImageDecoder.decode(bytes)
    let format = try ImageDecoder.header(of: bytes).format
    for count in 0..<bytes.count {
      guard let image = try? ImageDecoder.decode(Array(bytes[..<count])) else { continue }
      // The last number of a text may have lost digits.
      let isLastNumber = expected.name.hasPrefix("text") && count >= bytes.count - 3
      let isAllowed =
        format != .png && format != .jpeg && (image.isSame(as: whole) || isLastNumber)
      #expect(isAllowed, "\(expected.name) cut to \(count) of \(bytes.count) bytes")
    }
  }

  @Test("with a flipped bit never crash", arguments: CodecFixtures.expected)
  func survivesFlippedBits(_ expected: CodecFixtures.Expected) throws {
    let bytes = try CodecFixtures.bytes(expected.name)
    let isPNG = expected.name.hasSuffix(".png")
    var random = CodecRandom(state: expected.digest)
    let limits = ImageLimits(maximumPixels: 1_000_000)
    for _ in 0..<200 {
      let bit = Int.random(in: 0..<bytes.count * 8, using: &random)
      var broken = bytes
      broken[bit / 8] ^= 1 << (bit % 8)
      let image = try? ImageDecoder.decode(broken, limits: limits)
      // Every byte of a PNG is under a checksum or has one legal value.
      #expect(!isPNG || image == nil, "\(expected.name), bit \(bit)")
    }
  }

  @Test("with two heights have the first, in every reader") func hasFirstOfTwoHeights() throws {
    // Converted pixels are written by libtiff, as many rows as it has found.
    for name in ["ycbcr.tif", "cmyk.tif", "rgb.tif"] {
      let bytes = try CodecFixtures.bytes(name)
      let whole = try ImageDecoder.decode(bytes)
      #expect(try ImageDecoder.decode(withHeights([9, 1_000], bytes)).isSame(as: whole), "\(name)")
      for heights in [[1_000, 9], [8, 9], [10, 9]] {
        let other = withHeights(heights, bytes)
        #expect(try ImageDecoder.header(of: other).height == heights[0], "\(name)")
        let image = try? ImageDecoder.decode(other)
        #expect(image == nil || image?.height == heights[0], "\(name), heights \(heights)")
      }
    }
  }

  /// A little-endian TIFF file with these entries for the height of its picture.
  private func withHeights(_ heights: [Int], _ bytes: [UInt8]) -> [UInt8] {
    func little(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    func number(_ at: Int, _ count: Int) -> Int {
      (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
    }
    let start = number(4, 4)
    let entries = (0..<number(start, 2)).map { i in
      Array(bytes[start + 2 + 12 * i..<start + 14 + 12 * i])
    }
    let changed = entries.flatMap { entry in
      entry.starts(with: little(257, 2))
        ? heights.map { little(257, 2) + little(3, 2) + little(1, 4) + little($0, 4) }
        : [entry]
    }
    let directory = little(changed.count, 2) + changed.flatMap(\.self) + little(0, 4)
    return bytes[..<4] + little(bytes.count, 4) + bytes[8...] + directory
  }

  @Test(
    "with bytes behind their end are read as if these were not there",
    arguments: [
      "rgb.png", "baseline.jpg", "rgb.ppm", "rgb.bmp", "rgb.tif", "lossless.webp",
    ])
  func toleratesTrailingBytes(_ name: String) throws {
    let bytes = try CodecFixtures.bytes(name)
    let whole = try ImageDecoder.decode(bytes)
    #expect(try ImageDecoder.decode(bytes + [1, 2, 3]).isSame(as: whole))
  }
}
