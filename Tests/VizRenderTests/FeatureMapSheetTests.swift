import Testing
import VizImage
import VizRender
import VizTestSupport

@Suite("FeatureMapSheet") struct FeatureMapSheetTests {
  private func maps(
    _ count: Int, width: Int, height: Int, in range: ClosedRange<Float> = 0...1
  ) -> [FeatureMap] {
    var random = SplitMix64(seed: UInt64(count))
    return (0..<count).map { i in
      FeatureMap(
        Plane(
          width: width, height: height,
          samples: (0..<(width * height)).map { _ in Float.random(in: range, using: &random) }),
        label: "\(i)")
    }
  }

  private func color(_ image: Image, _ x: Int, _ y: Int) -> Color {
    let samples = image.samples(as: UInt8.self)
    let i = 3 * (y * image.width + x)
    return Color(red: samples[i], green: samples[i + 1], blue: samples[i + 2])
  }

  @Test("the caption says what there is") func caption() {
    var sheet = FeatureMapSheet(
      name: "conv2",
      maps: [
        FeatureMap(
          Plane(width: 2, height: 3, samples: [0, 1, 2, 3, 4.37, 0] as [Float]), label: "0"),
        FeatureMap(
          Plane(width: 2, height: 3, samples: [Float](repeating: 0, count: 6)), label: "1",
          isDead: true),
      ], notes: ["RF 14×14"])
    #expect(sheet.caption == "conv2 · 2×3×2 · [0, 4.37] · scale layer · dead 1/2 · RF 14×14")
    sheet.maps[1] = FeatureMap(
      Plane(width: 2, height: 3, samples: [0, .nan, -1, .infinity, 0, 0] as [Float]), label: "1")
    sheet.scale = .map
    #expect(
      sheet.details == "2×3×2 · [−1, 4.37] · scale map · NaN or infinite 2 · RF 14×14")
    #expect(FeatureMapSheet(name: "x", maps: []).caption == "x · no maps · [0, 0] · scale layer")
  }

  @Test("small maps grow by a whole factor, with two pixels between them") func geometry() {
    // 11 · 5 = 55 is the least multiple that has 48 pixels; eight of them in a row.
    let image = FeatureMapSheet(name: "a", maps: maps(32, width: 11, height: 11)).image()
    #expect(image.width == 8 * 55 + 7 * 2 + 2 * 16)
    let bare = FeatureMapSheet(name: "a", maps: maps(32, width: 11, height: 11))
      .image(heading: false)
    #expect(bare.width == 8 * 55 + 7 * 2 + 2 && bare.height < image.height)
    for (count, columns) in [(3, 3), (9, 8), (64, 8), (65, 16), (256, 16), (257, 32)] {
      let image = FeatureMapSheet(name: "a", maps: maps(count, width: 48, height: 48))
        .image(heading: false)
      #expect(image.width == max(columns * 50, 362), "\(count)")
    }
  }

  @Test("every number becomes a square of its colour") func pixels() {
    let plane = Plane(width: 2, height: 2, samples: [0, 1, 2, 4] as [Float])
    var sheet = FeatureMapSheet(name: "a", maps: [FeatureMap(plane, label: "0")], columns: 1)
    let image = sheet.image(heading: false)
    for (i, value) in [0.0, 0.25, 0.5, 1].enumerated() {
      for (dx, dy) in [(0, 0), (23, 0), (0, 23), (23, 23)] {
        #expect(
          color(image, 1 + 24 * (i % 2) + dx, 1 + 24 * (i / 2) + dy)
            == Colormap.viridis.color(at: value), "\(i)")
      }
    }
    sheet.scale = .global(0...8)
    #expect(color(sheet.image(heading: false), 25, 25) == Colormap.viridis.color(at: 0.5))
  }

  @Test("scales: of the layer, of each map, and of signed numbers") func scales() {
    func sheet(_ a: Float, _ b: Float, _ scale: ScaleScope) -> Image {
      FeatureMapSheet(
        name: "a",
        maps: [a, b].map {
          FeatureMap(
            Plane(width: 48, height: 48, samples: [Float](repeating: $0, count: 2304)), label: "")
        }, scale: scale
      ).image(heading: false)
    }
    let layer = sheet(1, 4, .layer)
    #expect(color(layer, 20, 20) == Colormap.viridis.color(at: 0.25))
    #expect(color(layer, 70, 20) == Colormap.viridis.color(at: 1))
    #expect(color(sheet(1, 4, .map), 20, 20) == Colormap.viridis.color(at: 1))
    let signed = sheet(-2, 4, .layer)
    #expect(color(signed, 20, 20) == Colormap.redBlue.color(at: -0.5))
  }

  @Test("dead maps are framed, constant ones get a dot, NaN is magenta") func marks() {
    let flat = Plane(width: 48, height: 48, samples: [Float](repeating: 0, count: 2304))
    let one = Plane(width: 48, height: 48, samples: [Float](repeating: 1, count: 2304))
    var holes = [Float](repeating: 0, count: 2304)
    (holes[0], holes[1]) = (.nan, 1)
    let image = FeatureMapSheet(
      name: "a",
      maps: [
        FeatureMap(flat, label: "0", isDead: true), FeatureMap(one, label: "1"),
        FeatureMap(Plane(width: 48, height: 48, samples: holes), label: "2"),
      ]
    ).image(heading: false)
    #expect(
      color(image, 0, 20) == Theme.light.warning && color(image, 1, 20) == Theme.light.warning)
    #expect(color(image, 2, 20) == Colormap.viridis.color(at: 0))
    #expect(color(image, 51 + 4, 1 + 4) == Colormap.viridis.color(at: 1).readableInk)
    #expect(color(image, 101, 1) == Color(hex: 0xFF00FF))
  }

  @Test("pages of many or large maps keep a size that can be looked at") func largePages() {
    for (count, side) in [(2048, 7), (512, 14), (64, 224), (3, 1000), (1, 1), (1, 5000), (96, 55)] {
      let image = FeatureMapSheet(name: "a", maps: maps(count, width: side, height: side)).image()
      #expect(image.width <= 1920 && image.height <= 4800, "\(count) of \(side): \(image.height)")
    }
    let wide = FeatureMapSheet(name: "a", maps: maps(4, width: 3000, height: 1)).image()
    #expect(wide.width <= 1920)
  }

  @Test("drawn as it was recorded") func looksAsRecorded() throws {
    var sheet = FeatureMapSheet(
      name: "conv1", maps: maps(3, width: 6, height: 6, in: -1...2), notes: ["RF 3×3 stride 1"])
    try Snapshot.check(sheet.image(), "maps-light")
    sheet.theme = .dark
    sheet.scale = .map
    sheet.maps = maps(3, width: 6, height: 6)
    sheet.maps[1].isDead = true
    try Snapshot.check(sheet.image(), "maps-dark")
  }
}
