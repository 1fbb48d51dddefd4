import Testing
import VizImage
import VizRender

@Suite("Raster") struct RasterTests {
  private func raster(_ width: Int, _ height: Int) -> Raster {
    let pixels = (0..<(3 * width * height)).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    return Raster(width: width, height: height, pixels: pixels)
  }

  @Test("enlarging repeats pixels, reducing by the same factor gives them back")
  func enlargingIsUndone() {
    for (width, height) in [(1, 1), (3, 2), (5, 7)] {
      let small = raster(width, height)
      let large = small.enlarged(by: 4)
      #expect(large.width == 4 * width && large.height == 4 * height)
      let back = large.reduced(toWidth: width, height: height)
      #expect(back.pixels == small.pixels)
    }
  }

  @Test("reducing keeps a flat picture flat at any ratio") func flatStaysFlat() {
    let flat = Raster(width: 37, height: 23, pixels: [UInt8](repeating: 201, count: 37 * 23 * 3))
    for size in [1, 2, 5, 11, 22, 23] {
      #expect(flat.reduced(toWidth: size, height: size).pixels.allSatisfy { $0 == 201 })
    }
  }

  @Test("fitting enlarges by whole factors or reduces, never past the limits") func fitting() {
    #expect(raster(28, 28).fitted(minimum: 96, maximum: 480).width == 84)
    #expect(raster(96, 10).fitted(minimum: 96, maximum: 480).width == 96)
    #expect(raster(1000, 10).fitted(minimum: 96, maximum: 500).width == 500)
    #expect(raster(1000, 1).fitted(minimum: 96, maximum: 10).height == 1)
    #expect(raster(20, 20).fitted(minimum: 96, maximum: 50).width == 40)
  }

  @Test("every layout and sample type becomes 8-bit RGB") func imagesAreConverted() {
    let paper = Color(hex: 0x000000)
    func first(_ image: Image) -> [UInt8] { Array(Raster(image, over: paper).pixels.prefix(3)) }
    #expect(first(Image(width: 1, height: 1, layout: .gray, samples: [9] as [UInt8])) == [9, 9, 9])
    #expect(
      first(Image(width: 1, height: 1, layout: .grayAlpha, samples: [200, 0] as [UInt8]))
        == [0, 0, 0])
    #expect(
      first(Image(width: 1, height: 1, layout: .rgba, samples: [1, 2, 3, 255] as [UInt8]))
        == [1, 2, 3])
    #expect(
      first(Image(width: 1, height: 1, layout: .rgb, samples: [0, 65_535, 257] as [UInt16]))
        == [0, 255, 1])
    #expect(
      first(Image(width: 1, height: 1, layout: .rgb, samples: [.nan, 2, 0.5] as [Float]))
        == [0, 255, 128])
    #expect(
      first(Image(width: 1, height: 1, layout: .gray, samples: [-5] as [Int16])) == [0, 0, 0])
  }
}
