import Testing
import VizImage
import VizRender

@Suite("PlaneRendering") struct PlaneRenderingTests {
  @Test("a plane of zeros is flat and neutral") func zerosAreNeutral() {
    let image = PlaneRendering.signed.image(
      of: Plane(width: 3, height: 2, samples: [Float](repeating: 0, count: 6)))
    let zero = Colormap.diverging.color(at: 0)
    #expect(image.samples(as: UInt8.self) == [UInt8](repeating: zero.red, count: 18))
    #expect(image.layout == .rgb)
  }

  @Test("the range is symmetric and its ends take the end colours") func rangeIsSymmetric() {
    let plane = Plane(width: 4, height: 1, samples: [-8, 0, 2, 8] as [Float])
    #expect(PlaneRendering.signed.range(of: plane) == -8...8)
    let values: [Double] = [-1, 0, 0.25, 1]
    #expect(pixels(plane, .signed) == values.map { Colormap.diverging.color(at: $0) })
  }

  @Test("zero is neutral at every magnitude") func zeroIsNeutralAtAnyScale() {
    for magnitude: Float in [
      .leastNonzeroMagnitude, .leastNormalMagnitude, 1e-9, 0.0104, 1, 1020, 3e9, 3e38,
    ] {
      let plane = Plane(width: 3, height: 1, samples: [-magnitude, 0, magnitude])
      #expect(pixels(plane, .signed)[1] == Colormap.diverging.color(at: 0), "\(magnitude)")
    }
  }

  @Test("NaN and infinities have colours of their own, and do not count for the range")
  func undefinedIsMarked() {
    let plane = Plane(
      width: 5, height: 1, samples: [.nan, .infinity, -.infinity, -4, 1] as [Float])
    #expect(PlaneRendering.signed.range(of: plane) == -4...4)
    let map = Colormap.diverging
    #expect(
      pixels(plane, .signed)
        == [
          map.undefinedColor, Colormap.infiniteColors.positive, Colormap.infiniteColors.negative,
          map.color(at: -1), map.color(at: 0.25),
        ])
    let empty = Plane(width: 2, height: 1, samples: [.nan, .infinity] as [Float])
    #expect(pixels(empty, .signed) == [map.undefinedColor, Colormap.infiniteColors.positive])
  }

  @Test("infinities are hatched in tiles, rising and falling, and nothing else is")
  func infinitiesAreHatched() throws {
    let plane = Plane(
      width: 4, height: 1, samples: [.infinity, -.infinity, .nan, 1] as [Float])
    let tile = GridTile(.plane(plane, .signed), caption: "")
    let plain = PlaneRendering.signed.raster(of: plane).enlarged(by: 12)
    let picture = try #require(tile.picture(minimum: 48, maximum: 480, theme: .light))
    #expect(picture.width == 48 && picture.height == 12)
    func isSame(_ x: Int, _ y: Int) -> Bool {
      let i = 3 * (y * 48 + x)
      return picture.pixels[i..<i + 3] == plain.pixels[i..<i + 3]
    }
    for y in 0..<12 {
      for x in 24..<48 { #expect(isSame(x, y), "\(x), \(y)") }
      // A stripe moves by a pixel from row to row, to the left for +∞ and to the right for −∞.
      for x in 1..<11 where y > 0 {
        #expect(isSame(x, y) == isSame(x + 1, y - 1), "\(x), \(y)")
        #expect(isSame(12 + x, y) == isSame(12 + x - 1, y - 1), "\(x), \(y)")
      }
    }
    for start in [0, 12] {
      let striped = (0..<144).count { !isSame(start + $0 % 12, $0 / 12) }
      #expect(striped == 72)
    }
  }

  @Test("an unsigned map runs from the least to the greatest value") func unsignedRange() {
    let plane = Plane(width: 3, height: 1, samples: [10, 20, 30] as [UInt8])
    let rendering = PlaneRendering(colormap: .gray)
    #expect(rendering.range(of: plane) == 10...30)
    #expect(pixels(plane, rendering).map(\.red) == [0, 128, 255])
    let fixed = PlaneRendering(colormap: .gray, range: 0...255)
    #expect(pixels(plane, fixed).map(\.red) == [10, 20, 30])
    let flat = Plane(width: 2, height: 1, samples: [7, 7] as [Int16])
    #expect(pixels(flat, rendering).map(\.red) == [0, 0])
  }

  @Test("a legend stands below the picture and changes none of its pixels") func legendIsBelow() {
    for (width, height) in [(300, 20), (1, 1), (16, 16), (640, 3)] {
      let samples = (0..<(width * height)).map { Float($0 % 7) - 3 }
      let plane = Plane(width: width, height: height, samples: samples)
      let plain = PlaneRendering.signed.image(of: plane)
      let whole = PlaneRendering.signed.image(of: plane, title: "sobel-x")
      #expect(whole.height > height && whole.width >= width)
      #expect(whole.width == width || width < 120, "\(width) grew to \(whole.width)")
      let left = (whole.width - width) / 2
      let (inner, outer) = (plain.samples(as: UInt8.self), whole.samples(as: UInt8.self))
      for y in 0..<height {
        let row = 3 * (y * whole.width + left)
        #expect(
          Array(outer[row..<(row + 3 * width)])
            == Array(inner[(3 * y * width)..<(3 * (y + 1) * width)]))
      }
    }
  }

  @Test("an 8000-pixel picture gets a legend that can be read at that size") func legendScales() {
    #expect(Legend.textSize(width: 16, height: 16) == 12)
    #expect(Legend.textSize(width: 8000, height: 6000) == 72)
    #expect(20...30 ~= Legend.textSize(width: 1600, height: 900))
  }

  private func pixels(_ plane: Plane, _ rendering: PlaneRendering) -> [Color] {
    let samples = rendering.image(of: plane).samples(as: UInt8.self)
    return stride(from: 0, to: samples.count, by: 3).map {
      Color(red: samples[$0], green: samples[$0 + 1], blue: samples[$0 + 2])
    }
  }
}
