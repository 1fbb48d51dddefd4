import Testing
import VizImage

@Suite("Pictures that are legal but not supported") struct UnsupportedPictureTests {
  /// Writes another value where a tag of a little-endian TIFF fixture has one of 16 bits.
  private func tiff(_ name: String, _ edits: [Int: Int]) throws -> [UInt8] {
    var bytes = try CodecFixtures.bytes(name)
    func number(_ at: Int, _ count: Int) -> Int {
      (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
    }
    let start = number(4, 4)
    for i in 0..<number(start, 2) {
      let entry = start + 2 + 12 * i
      guard let value = edits[number(entry, 2)] else { continue }
      (bytes[entry + 8], bytes[entry + 9]) = (UInt8(value & 0xff), UInt8(value >> 8))
    }
    return bytes
  }

  private func found(_ bytes: [UInt8]) -> String? {
    do {
      _ = try ImageDecoder.decode(bytes)
    } catch .unsupported(_, let found, _) {
      return found
    } catch {
      return "\(error)"
    }
    return nil
  }

  private enum Tag {
    static let bits = 258, compression = 259, photometric = 262, channels = 277, format = 339
  }

  @Test("TIFF: types of samples, colours and compression are named") func namesTIFF() throws {
    let cases: [([Int: Int], String)] = [
      ([Tag.bits: 8], "signed 8-bit samples"),
      ([Tag.bits: 32], "signed 32-bit samples"),
      ([Tag.bits: 32, Tag.format: 1], "unsigned 32-bit samples"),
      ([Tag.bits: 24, Tag.format: 3], "floating-point 24-bit samples"),
      ([Tag.bits: 64, Tag.format: 6], "complex 64-bit samples"),
      ([Tag.photometric: 0], "signed or floating-point samples where zero is white"),
      ([Tag.photometric: 3], "a palette for 16-bit samples"),
      ([Tag.photometric: 5, Tag.channels: 4], "16-bit samples of CMYK, YCbCr or CIELAB"),
      ([Tag.photometric: 32_844], "colours of kind 32844"),
      ([Tag.channels: 3], "3 channels"),
      ([Tag.compression: 34_712], "compression 34712"),
    ]
    #expect(found(try CodecFixtures.bytes("signed16.tif")) == nil)
    for (edits, words) in cases {
      #expect(found(try tiff("signed16.tif", edits)) == words)
    }
  }

  @Test("JPEG 2000: depths, signs and sizes of channels are named") func namesJPEG2000() throws {
    let bytes = try CodecFixtures.bytes("bits12.jp2")
    let start = try #require(bytes.firstRange(of: [0xff, 0x4f, 0xff, 0x51])?.lowerBound)
    func edited(_ offset: Int, _ value: UInt8) -> [UInt8] {
      var copy = bytes
      copy[start + offset] = value
      return copy
    }
    #expect(found(edited(42, 4)) == "unsigned 5-bit samples")
    #expect(found(edited(42, 0x8f)) == "signed 16-bit samples")
    #expect(found(edited(43, 2)) == "channels of different sizes")
    #expect(found(edited(41, 2)) == "2 channels")
  }

  @Test("BMP and WebP: what is inside is named") func namesOthers() throws {
    var bitmap = try CodecFixtures.bytes("rgb.bmp")
    bitmap[30] = 4
    #expect(found(bitmap) == "compression 4")
    var animation = try CodecFixtures.bytes("extended.webp")
    animation[20] |= 2
    #expect(found(animation) == "an animation")
  }
}
