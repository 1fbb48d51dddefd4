import Testing
import VizImage
import VizRender
import VizTestSupport

@Suite("Sheets of vectors, probabilities and kernels") struct SheetTests {
  private func random(_ count: Int, seed: UInt64 = 1) -> [Float] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in Float.random(in: -1...1, using: &random) }
  }

  private func color(_ image: Image, _ x: Int, _ y: Int) -> Color {
    let samples = image.samples(as: UInt8.self)
    let i = 3 * (y * image.width + x)
    return Color(red: samples[i], green: samples[i + 1], blue: samples[i + 2])
  }

  @Test("kernels by a scale from outside have its colours, not their own range's")
  func globalKernels() {
    var sheet = KernelSheet(name: "conv", weights: [0.5], inputs: 1, width: 1, height: 1)
    let middle = { (image: Image) in color(image, 40, image.height - 90) }
    #expect(middle(sheet.image()) == Colormap.redBlue.color(at: 1))
    sheet.scale = .global(-1...0.25)
    #expect(middle(sheet.image()) == Colormap.redBlue.color(at: 0.5))
  }

  @Test("kernels grow on pages of one size and by one scale")
  func growth() throws {
    let moments = (0..<3).map {
      KernelGrowth.Moment(step: 10 * $0, weights: [Float($0) / 4, -1.25 * Float($0), 0, 0.123_45])
    }
    let growth = KernelGrowth(name: "conv", moments: moments, inputs: 1, width: 2, height: 2)
    let bytes = try growth.animation()
    #expect(try growth.animation(jobs: 3) == bytes)
    let first = try ImageDecoder.decode(bytes)
    let both = growth.beforeAndAfter()
    #expect(both.width == first.width && both.height == 2 * first.height)
    // The upper half is the first picture.
    let half = first.samples(as: UInt8.self)
    #expect(Array(both.samples(as: UInt8.self).prefix(half.count)) == half)
    let place = try #require(bytes.firstRange(of: Array("acTL".utf8)))
    #expect(bytes[place.upperBound..<(place.upperBound + 8)] == [0, 0, 0, 3, 0, 0, 0, 0])
  }

  @Test("a vector's cells have the colours of its numbers") func vectorCells() {
    let sheet = VectorSheet(name: "fc", values: [0, 1, 2, .nan])
    #expect(sheet.caption == "fc · 4 · [0, 2] · NaN or infinite 1")
    let image = sheet.image(heading: false)
    // The strip begins behind the margin of one pixel; its cells are 48 wide.
    let left = 1
    for (i, value) in [0.0, 0.5, 1, .nan].enumerated() {
      #expect(color(image, left + 48 * i + 2, 3) == Colormap.viridis.color(at: value), "\(i)")
    }
  }

  @Test("vectors of any length become pages of sane size") func vectorSizes() {
    for count in [0, 1, 2, 16, 17, 256, 257, 1000, 4096, 25_088, 150_528] {
      let image = VectorSheet(name: "v", values: random(count)).image()
      #expect(
        image.width <= 2500 && image.height <= 2500, "\(count): \(image.width)×\(image.height)")
    }
  }

  @Test("the longest bar is marked, the first of equal ones; NaN never") func bars() {
    func winner(_ shares: Double...) -> Int? {
      BarChart(bars: shares.map { Bar("x", share: $0) }).winner
    }
    #expect(winner(0.1, 0.7, 0.2) == 1 && winner(0.5, 0.5) == 0 && winner(.nan, 0.1) == 1)
    #expect(winner() == nil && winner(.nan) == nil)
    for share in [-1, 0, 1e-9, 0.5, 1, 7, .nan, .infinity, 1e300] {
      #expect(BarChart(bars: [Bar("a name", share: share)]).image().width > 300)
    }
    #expect(BarChart.percent(0.91237) == "91.24 %" && BarChart.percent(1e-6) == "<0.01 %")
    #expect(BarChart.percent(0) == "0.00 %" && BarChart.percent(.nan) == "NaN")
  }

  @Test("kernels are shown whole, or the caption says what is not") func kernelCaptions() {
    func caption(_ filters: Int, _ inputs: Int, _ side: Int) -> String {
      KernelSheet(
        name: "k", weights: [Float](repeating: 0.5, count: filters * inputs * side * side),
        inputs: inputs, width: side, height: side
      ).caption
    }
    #expect(caption(8, 1, 3) == "k · 8×1×3×3 · [0.5, 0.5] · scale layer")
    #expect(caption(8, 3, 3).hasSuffix("true colour, red, green, blue"))
    #expect(caption(512, 16, 1).hasSuffix("filters in rows, inputs in columns"))
    #expect(caption(64, 16, 3) == "k · 64×16×3×3 · [0.5, 0.5] · scale layer")
    #expect(
      caption(65, 17, 3).hasSuffix("64 of 65 filters, 16 of 17 inputs: those of the greatest norms")
    )
  }

  @Test("of deep kernels those with the greatest norms are chosen") func strongestKernels() {
    var weights = [Float](repeating: 0.01, count: 80 * 20 * 4)
    // Input 19 of filter 79 is what must be seen.
    for tap in 0..<4 { weights[(79 * 20 + 19) * 4 + tap] = -1 }
    let image = KernelSheet(name: "k", weights: weights, inputs: 20, width: 2, height: 2)
      .image(heading: false)
    let end = Colormap.redBlue.color(at: -1)
    let samples = image.samples(as: UInt8.self)
    let found = stride(from: 0, to: samples.count, by: 3).count {
      samples[$0] == end.red && samples[$0 + 1] == end.green && samples[$0 + 2] == end.blue
    }
    #expect(found >= 24 * 24)
  }

  @Test("a page holds the 64 filters of the greatest norms, a sheet all of them")
  func cutsPages() throws {
    let weights = (0..<(70 * 9)).map { Float($0 / 9) }
    let sheet = KernelSheet(name: "k", weights: weights, inputs: 1, width: 3, height: 3)
    #expect(sheet.isCutOnPage)
    let tiles = try sheet.tiles().tiles
    #expect(tiles.map(\.label) == (6..<70).map(String.init))
    let few = KernelSheet(
      name: "k", weights: Array(weights.prefix(64 * 9)), inputs: 1, width: 3, height: 3)
    #expect(try !few.isCutOnPage && few.tiles().tiles.count == 64)
    // Zeros have nothing to show.
    #expect(try few.tiles().tiles.map(\.isDead) == [true] + [Bool](repeating: false, count: 63))
  }

  @Test("a colour filter's first panel is its true colour, zero in the middle") func trueColor() {
    let weights: [Float] = [1, -1, 0]
    let image = KernelSheet(name: "k", weights: weights, inputs: 3, width: 1, height: 1)
      .image(heading: false)
    let samples = image.samples(as: UInt8.self)
    let expected: [UInt8] = [255, 0, 128]
    let found = stride(from: 0, to: samples.count, by: 3).count {
      Array(samples[$0..<($0 + 3)]) == expected
    }
    #expect(found >= 46 * 46)
  }

  @Test("kernels of every shape and strange weights are drawn") func kernelsOfAnyShape() {
    for (filters, inputs, width, height) in [
      (1, 1, 1, 1), (1, 1, 1, 9), (2, 3, 11, 11), (300, 1, 3, 3), (2048, 512, 1, 1), (5, 7, 31, 2),
      (2, 2, 255, 255), (70, 64, 7, 7),
    ] {
      var weights = random(filters * inputs * width * height)
      weights[0] = .nan
      let image = KernelSheet(
        name: "k", weights: weights, inputs: inputs, width: width, height: height,
        labels: ["f0 ≈ 0.97 · sobel-x"], scale: filters == 5 ? .map : .layer
      ).image()
      #expect(
        image.width <= 1920 && image.height <= 4800, "\(filters)×\(inputs)×\(height)×\(width)")
    }
  }

  @Test("drawn as they were recorded") func lookAsRecorded() throws {
    try Snapshot.check(
      VectorSheet(name: "fc1", values: random(4), theme: .dark).image(), "vector-dark")
    try Snapshot.check(
      BarChart(
        title: "Prediction", bars: [Bar("seven", share: 0.93), Bar("one", share: 0.0701)]
      ).image(), "bars-light")
    try Snapshot.check(
      KernelSheet(
        name: "conv1", weights: random(27), inputs: 3, width: 3, height: 3,
        labels: ["f0 ≈ −0.93 · sobel-x"]
      ).image(), "kernels-light")
  }
}
