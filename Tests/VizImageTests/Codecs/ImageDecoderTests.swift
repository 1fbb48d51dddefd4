import Testing
import VizImage

@Suite("ImageDecoder") struct ImageDecoderTests {
  @Test("decodes to the samples that the fixture's maker states", arguments: CodecFixtures.expected)
  func decodesFixture(_ expected: CodecFixtures.Expected) throws {
    let image = try ImageDecoder.decode(
      CodecFixtures.bytes(expected.name), appliesOrientation: false)
    #expect(image.width == expected.width && image.height == expected.height)
    #expect(image.layout == expected.layout)
    #expect(image.sampleType == expected.sampleType)
    #expect(image.digest == expected.digest, "\(image.sampleBytes.prefix(24))")
  }

  @Test("has every fixture in its table") func tableIsWhole() {
    #expect(CodecFixtures.expected.count == 62)
  }

  @Test(
    "turns pictures upright as their metadata says",
    arguments: ["baseline.jpg", "rgba.png", "extended.webp", "oriented.tif"])
  func appliesOrientation(_ name: String) throws {
    let bytes = try CodecFixtures.bytes(name)
    let stored = try ImageDecoder.decode(bytes, appliesOrientation: false)
    let upright = try ImageDecoder.decode(bytes)
    #expect((stored.width, stored.height) == (13, 9))
    #expect(upright.isSame(as: stored.oriented(by: .rotatedClockwise)))
  }

  @Test(
    "keeps the colour profile",
    arguments: ["rgb.png", "baseline.jpg", "extended.webp", "rgb.tif"])
  func keepsProfile(_ name: String) throws {
    let image = try ImageDecoder.decode(CodecFixtures.bytes(name))
    #expect(image.metadata.iccProfile == (try CodecFixtures.bytes("profile.icc")))
  }

  @Test("reads the header alone", arguments: CodecFixtures.expected)
  func readsHeader(_ expected: CodecFixtures.Expected) throws {
    let header = try ImageDecoder.header(of: CodecFixtures.bytes(expected.name))
    #expect((header.width, header.height) == (expected.width, expected.height))
    let fileExtension = expected.name.split(separator: ".")[1]
    #expect(header.format == ImageFormat(pathExtension: String(fileExtension)))
  }

  @Test("refuses sizes above the limits before it takes memory") func refusesHugeSizes() {
    let tight = ImageLimits(maximumPixels: 116)
    for expected in CodecFixtures.expected where expected.width == 13 {
      #expect(
        throws: ImageError.tooLarge(width: 13, height: 9, limit: tight), "\(expected.name)"
      ) { try ImageDecoder.decode(CodecFixtures.bytes(expected.name), limits: tight) }
    }
  }

  @Test("names what a file is that it cannot read") func namesUnknownFormats() {
    #expect(throws: ImageError.unknownFormat(found: "the file is empty")) {
      try ImageDecoder.decode([])
    }
    #expect(throws: ImageError.unknownFormat(found: "it is a GIF")) {
      try ImageDecoder.decode(Array("GIF89a".utf8))
    }
    #expect(throws: ImageError.unknownFormat(found: "it starts with the bytes 01 02 03")) {
      try ImageDecoder.decode([1, 2, 3])
    }
  }

  @Test("says what is wrong in words") func saysWhatIsWrong() throws {
    let jpeg = try CodecFixtures.bytes("baseline.jpg")
    #expect(message(Array(jpeg.dropLast(2))) == "JPEG ends early (no EOI marker)")
    var png = try CodecFixtures.bytes("gray16.png")
    #expect(message(Array(png.dropLast(12))) == "PNG ends early (no IEND chunk)")
    png[50] ^= 1
    #expect(message(png) == "PNG chunk IDAT has a wrong checksum")
    let bitmap = try CodecFixtures.bytes("rgb.bmp")
    #expect(
      message(Array(bitmap.dropLast())) == "BMP ends early (413 of 414 bytes)")
  }

  private func message(_ bytes: [UInt8]) -> String? {
    do {
      _ = try ImageDecoder.decode(bytes)
      return nil
    } catch {
      return error.description
    }
  }
}
