import Testing
import VizImage
import VizTestSupport

@Suite("Animated PNG") struct AnimatedPNGTests {
  private struct Chunk {
    let name: String
    let data: [UInt8]
  }

  private func chunks(of file: [UInt8]) -> [Chunk] {
    var chunks: [Chunk] = []
    var offset = 8
    while offset < file.count {
      let length = file[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      let name = String(decoding: file[offset + 4..<offset + 8], as: UTF8.self)
      chunks.append(Chunk(name: name, data: Array(file[offset + 8..<offset + 8 + length])))
      offset += length + 12
    }
    return chunks
  }

  private func random(_ seed: UInt64, height: Int) -> Image {
    var random = SplitMix64(seed: seed)
    return Image(
      width: 400, height: height, layout: .rgb,
      samples: (0..<(1200 * height)).map { _ in UInt8.random(in: 0...255, using: &random) })
  }

  @Test("has every picture with its data, in the order of the numbers")
  func frames() throws {
    // The data of a picture are several strips from 262 144 bytes on.
    let pictures = (0..<3).map { random($0, height: 500) }
    var animation = AnimatedPNG()
    for (i, picture) in pictures.enumerated() {
      try animation.append(picture, milliseconds: 300 + i)
    }
    let file = animation.encoded
    let all = chunks(of: file)
    #expect(all.prefix(3).map(\.name) == ["IHDR", "tEXt", "acTL"] && all.last?.name == "IEND")
    #expect(all[2].data == [0, 0, 0, 3, 0, 0, 0, 0])
    // Who knows no animation reads the first; all checksums are looked at.
    #expect(
      try ImageDecoder.decode(file).samples(as: UInt8.self) == pictures[0].samples(as: UInt8.self))
    let numbered = all.filter { ["fcTL", "fdAT"].contains($0.name) }
    for (i, chunk) in numbered.enumerated() {
      #expect(chunk.data.prefix(4).reduce(0) { $0 << 8 | Int($1) } == i)
    }
    var found: [[UInt8]] = []
    for chunk in all {
      switch chunk.name {
      case "fcTL":
        let delay = 300 + found.count
        #expect(
          chunk.data.dropFirst(4) == [
            0, 0, 1, 144, 0, 0, 1, 244, 0, 0, 0, 0, 0, 0, 0, 0, UInt8(delay >> 8),
            UInt8(delay & 255), 3, 232, 0, 0,
          ])
        found.append([])
      case "IDAT": found[found.count - 1] += chunk.data
      case "fdAT": found[found.count - 1] += chunk.data.dropFirst(4)
      default: break
      }
    }
    // A picture's data are those of a file of its own.
    for (picture, data) in zip(pictures, found) {
      let own = try chunks(of: ImageEncoder.encode(picture, as: .png))
      #expect(own.filter { $0.name == "IDAT" }.flatMap(\.data) == data)
    }
    #expect(found.count == 3)
  }

  @Test("has the same bytes for any number of threads")
  func threads() throws {
    func file(_ jobs: Int) throws -> [UInt8] {
      var animation = AnimatedPNG(options: EncodingOptions(texts: [("Title", "Größe")], jobs: jobs))
      for seed in 0..<2 { try animation.append(random(UInt64(seed), height: 700), milliseconds: 0) }
      return animation.encoded
    }
    #expect(try file(1) == file(3))
  }
}
