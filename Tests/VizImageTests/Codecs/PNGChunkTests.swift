import Testing
import VizImage

@Suite("Chunks of PNG files") struct PNGChunkTests {
  private struct Chunk {
    let name: String
    var data: [UInt8] = []

    var bytes: [UInt8] {
      let covered = Array(name.utf8) + data
      var sum = ~UInt32(0)
      for byte in covered {
        sum ^= UInt32(byte)
        for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xedb8_8320 : sum >> 1 }
      }
      return big(data.count) + covered + big(Int(~sum))
    }

    private func big(_ value: Int) -> [UInt8] {
      (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }
  }

  private let whole: [UInt8]
  private let chunks: [Chunk]

  init() throws {
    whole = try CodecFixtures.bytes("rgb.png")
    var chunks: [Chunk] = []
    var offset = 8
    while offset < whole.count {
      let length = whole[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      let data = offset + 8..<offset + 8 + length
      chunks.append(
        Chunk(
          name: String(decoding: whole[offset + 4..<offset + 8], as: UTF8.self),
          data: Array(whole[data])))
      offset = data.upperBound + 4
    }
    self.chunks = chunks
  }

  /// The file with chunks put in before each of a name.
  private func file(_ added: [Chunk], before name: String) -> [UInt8] {
    whole[..<8] + chunks.flatMap { $0.name == name ? added + [$0] : [$0] }.flatMap(\.bytes)
  }

  private func message(_ bytes: [UInt8]) -> String? {
    do throws(ImageError) {
      _ = try ImageDecoder.decode(bytes)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test("in an order that is not theirs are named") func order() throws {
    let header = try #require(chunks.first)
    let pixels = try #require(chunks.first { $0.name == "IDAT" })
    let text = Chunk(name: "tEXt", data: Array("a\0b".utf8))
    #expect(file([], before: "IEND") == whole)
    #expect(message(file([text], before: "IDAT")) == nil)
    #expect(message(file([text], before: "IHDR"))?.contains("header (chunk IHDR)") == true)
    #expect(message(file([header], before: "IDAT")) == "PNG chunk IHDR is not the first")
    #expect(message(file([header], before: "IEND")) == "PNG chunk IHDR is not the first")
    #expect(
      message(file([text, pixels], before: "IEND")) == "PNG chunks IDAT are not side by side")
    #expect(message(file([Chunk(name: "VIZC")], before: "IEND"))?.contains("VIZC") == true)
    let none = whole[..<8] + chunks.filter { $0.name != "IDAT" }.flatMap(\.bytes)
    #expect(message(Array(none)) == "PNG has no pixels (no IDAT chunk)")
  }

  @Test("are read as they come, however many there are") func many() throws {
    let texts = (0..<60_000).map { Chunk(name: $0 % 2 == 0 ? "tEXt" : "zTXt") }
    let pixels = (0..<60_000).map { _ in Chunk(name: "IDAT") }
    let picture = try ImageDecoder.decode(file(texts + pixels, before: "IDAT"))
    #expect(picture.isSame(as: try ImageDecoder.decode(whole)))
  }
}
