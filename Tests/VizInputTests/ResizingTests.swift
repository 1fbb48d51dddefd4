import Testing
import VizImage
import VizInput
import VizTestSupport

/// Beside what Pillow says (`PillowTests`): laws, and the sample types that Pillow does not resize.
@Suite("Resizing")
struct ResizingTests {
  private static func noise(_ width: Int, _ height: Int, _ layout: ChannelLayout) -> [UInt8] {
    var random = SplitMix64(seed: UInt64(width * 1000 + height))
    return (0..<width * height * layout.channels).map { _ in
      UInt8.random(in: 0...255, using: &random)
    }
  }

  @Test("to the same size changes nothing")
  func same() {
    let samples = Self.noise(9, 5, .rgb)
    let image = Image(width: 9, height: 5, layout: .rgb, samples: samples)
    #expect(image.resized(width: 9, height: 5).samples(as: UInt8.self) == samples)
    let numbers = samples.map { Float($0) - 100 } + [.nan, .infinity, -.infinity]
    let float = Image(width: 46, height: 3, layout: .gray, samples: numbers)
    let resized = float.resized(width: 46, height: 3).samples(as: Float.self)
    #expect(zip(resized, numbers).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN })
  }

  @Test("one colour stays that colour at every size")
  func constant() {
    for value: UInt8 in [0, 1, 127, 254, 255] {
      for (width, height) in [(1, 1), (3, 200), (64, 7)] {
        let image = Image(
          width: width, height: height, layout: .gray,
          samples: [UInt8](repeating: value, count: width * height))
        for (newWidth, newHeight) in [(1, 1), (2, 3), (100, 31), (7, 150)] {
          let samples = image.resized(width: newWidth, height: newHeight).samples(as: UInt8.self)
          #expect(samples == [UInt8](repeating: value, count: newWidth * newHeight))
        }
      }
    }
  }

  @Test("a mirrored picture becomes the mirrored result")
  func mirrored() {
    let (width, height) = (23, 4)
    let samples = Self.noise(width, height, .gray)
    func flipped(_ samples: [UInt8], _ width: Int) -> [UInt8] {
      stride(from: 0, to: samples.count, by: width).flatMap {
        samples[$0..<$0 + width].reversed()
      }
    }
    for newWidth in [1, 5, 22, 24, 60] {
      func resized(_ samples: [UInt8]) -> [UInt8] {
        Image(width: width, height: height, layout: .gray, samples: samples)
          .resized(width: newWidth, height: 4).samples(as: UInt8.self)
      }
      let pairs = zip(resized(flipped(samples, width)), flipped(resized(samples), newWidth))
      // Centres are rounded differently from either end, which may show at ties.
      #expect(pairs.allSatisfy { abs(Int($0) - Int($1)) <= 1 }, "\(width) to \(newWidth)")
    }
  }

  @Test("16-bit samples become what 8-bit ones do, but for the rounding")
  func sixteenBit() {
    let bytes = Self.noise(31, 17, .rgb)
    let image = Image(width: 31, height: 17, layout: .rgb, samples: bytes)
    let wide = Image(
      width: 31, height: 17, layout: .rgb, samples: bytes.map { UInt16($0) * 257 })
    let signed = Image(
      width: 31, height: 17, layout: .rgb, samples: bytes.map { Int16(Int($0) * 257 - 32_768) })
    for (width, height) in [(7, 9), (40, 3), (31, 17)] {
      let levels = image.resized(width: width, height: height).samples(as: UInt8.self)
      for other in [wide, signed] where (width, height) != (31, 17) {
        let resized = other.resized(width: width, height: height)
        #expect(resized.sampleType == .float)
        let numbers = resized.samples(as: Float.self)
        // Half a step in each of the two passes.
        #expect(zip(levels, numbers).allSatisfy { abs(Float($0) - $1 * 255) < 1.001 })
      }
    }
  }

  @Test("no sample that has no weight is looked at")
  func infinities() {
    let image = Image(
      width: 4, height: 1, layout: .gray, samples: [Float.infinity, 1, 3, Float.nan])
    // The weights of the middle two are ¼ and ¾ of neighbours; the outer ones count for 1, 2 and 7, 8.
    let numbers = image.resized(width: 8, height: 1).samples(as: Float.self)
    #expect(numbers[3] == 1.5 && numbers[4] == 2.5)
    #expect(numbers[0] == .infinity && numbers[7].isNaN)
  }
}
