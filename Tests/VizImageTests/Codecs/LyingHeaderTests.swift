import Testing
import VizImage

@Suite("Lying headers") struct LyingHeaderTests {
  enum Case: String, CaseIterable {
    case png, bmp, packedBMP, coreBMP, pbm, pgm, ppm, pam, pfm, radiance, sunRaster, tiff, jpeg2000

    /// A header of these sides, and nothing behind it that would fit them.
    func header(_ side: Int) -> [UInt8] {
      switch self {
      case .png: LyingHeaderTests.png(side)
      case .bmp: LyingHeaderTests.bmp(side, bits: 24, compression: 0)
      case .packedBMP: LyingHeaderTests.bmp(side, bits: 8, compression: 1)
      case .coreBMP: LyingHeaderTests.coreBMP(side)
      case .pbm: text("P4\n\(side) \(side)\n")
      case .pgm: text("P2\n\(side) \(side)\n255\n1 2 3\n")
      case .ppm: text("P6\n\(side) \(side)\n255\n12")
      case .pam: text("P7\nWIDTH \(side)\nHEIGHT \(side)\nDEPTH 4\nMAXVAL 65535\nENDHDR\n")
      case .pfm: text("PF\n\(side) \(side)\n-1.0\n")
      case .radiance: text("#?RADIANCE\n\n-Y \(side) +X \(side)\n")
      case .sunRaster: bytes([0x59, 0xa6, 0x6a, 0x95], big(side, 4), big(side, 4))
      case .tiff: LyingHeaderTests.tiff(side)
      case .jpeg2000:
        bytes(
          [0xff, 0x4f, 0xff, 0x51, 0, 47, 0, 0], big(side, 4), big(side, 4), big(0, 4), big(0, 4))
      }
    }
  }

  private static func png(_ side: Int) -> [UInt8] {
    let data = bytes(text("IHDR"), big(side, 4), big(side, 4), [8, 2, 0, 0, 0])
    var checksum = ~UInt32(0)
    for byte in data {
      checksum ^= UInt32(byte)
      for _ in 0..<8 {
        checksum = checksum & 1 == 1 ? checksum >> 1 ^ 0xedb8_8320 : checksum >> 1
      }
    }
    return bytes(
      [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13], data,
      big(Int(~checksum), 4))
  }

  private static func bmp(_ side: Int, bits: Int, compression: Int) -> [UInt8] {
    bytes(
      text("BM"), little(0, 8), little(54, 4), little(40, 4), little(side, 4), little(side, 4),
      little(1, 2), little(bits, 2), little(compression, 4), [UInt8](repeating: 0, count: 20))
  }

  private static func coreBMP(_ side: Int) -> [UInt8] {
    bytes(
      text("BM"), little(0, 8), little(26, 4), little(12, 4), little(side, 2), little(side, 2),
      little(1, 2), little(24, 2))
  }

  private static func tiff(_ side: Int) -> [UInt8] {
    let entries = [256, 257].map {
      bytes(little($0, 2), little(4, 2), little(1, 4), little(side, 4))
    }
    return bytes(
      text("II"), little(42, 2), little(8, 4), little(2, 2), entries[0], entries[1], little(0, 4))
  }

  @Test("meet the limit before anything calls the file damaged", arguments: Case.allCases)
  func meetLimits(_ format: Case) {
    let limits = ImageLimits()
    let sides = format == .coreBMP ? [60_000, 65_535] : [60_000, 65_535, 100_000]
    for side in sides {
      #expect(throws: ImageError.tooLarge(width: side, height: side, limit: limits)) {
        try ImageDecoder.decode(format.header(side))
      }
    }
    let tight = ImageLimits(maximumPixels: 99)
    #expect(throws: ImageError.tooLarge(width: 10, height: 10, limit: tight)) {
      try ImageDecoder.decode(format.header(10), limits: tight)
    }
    // Within the limits it is what it is: cut short.
    #expect(throws: ImageError.self) { try ImageDecoder.decode(format.header(16_000)) }
  }

  @Test("of JPEG and WebP meet it too, whose sides are shorter") func shorterSides() {
    let jpeg = bytes(
      [0xff, 0xd8, 0xff, 0xc0, 0, 11, 8], big(65_535, 2), big(60_000, 2), [1, 1, 0x11, 0])
    let riff = bytes(text("RIFF"), little(4_000, 4), text("WEBP"))
    let lossy = bytes(
      riff, text("VP8 "), little(3_980, 4), [0, 0, 0, 0x9d, 1, 0x2a], little(16_383, 2),
      little(16_383, 2))
    let lossless = bytes(
      riff, text("VP8L"), little(3_980, 4), [0x2f], little(16_382 | 16_382 << 14, 4),
      [0, 0, 0, 0, 0])
    let extended = bytes(
      riff, text("VP8X"), little(10, 4), little(0, 4), little(99_999, 3), little(99_999, 3))
    let cases: [([UInt8], Int, Int)] = [
      (jpeg, 60_000, 65_535), (lossy, 16_383, 16_383), (lossless, 16_383, 16_383),
      (extended, 100_000, 100_000),
    ]
    for (bytes, width, height) in cases {
      #expect(throws: ImageError.tooLarge(width: width, height: height, limit: ImageLimits())) {
        try ImageDecoder.decode(bytes)
      }
    }
  }
}

private func bytes(_ parts: [UInt8]...) -> [UInt8] { parts.flatMap { $0 } }

private func text(_ text: String) -> [UInt8] { Array(text.utf8) }

private func little(_ value: Int, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

private func big(_ value: Int, _ count: Int) -> [UInt8] { little(value, count).reversed() }
