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
