import Testing
import VizImage
import VizInput
import VizNN
import VizTestSupport

/// What torchvision has no numbers for: depths, gray and colour, alpha of other types, what is said.
@Suite("Prepared input")
struct PreparedInputTests {
  private static let gray = InputDescription(channels: 1, height: 2, width: 2)
  private static let color = InputDescription(channels: 3, height: 1, width: 2)

  @Test("says nothing where a picture fits as it is")
  func untouched() throws {
    let image = Image(
      width: 2, height: 2, layout: .gray, samples: [UInt8](arrayLiteral: 0, 51, 102, 255))
    let prepared = try Self.gray.prepared(image)
    #expect(prepared.notes.isEmpty)
    #expect(prepared.tensor == Tensor(shape: [1, 1, 2, 2], values: [0, 0.2, 0.4, 1]))
    #expect(prepared.picture.samples(as: UInt8.self) == [0, 51, 102, 255])
  }

  @Test("pixels become the range, the mean is taken away, the deviation divides")
  func scaling() throws {
    let image = Image(
      width: 2, height: 1, layout: .rgb, samples: [UInt8](arrayLiteral: 0, 255, 51, 255, 0, 102))
    var description = Self.color
    description.range = -1...1
    description.mean = [0, 0.5, -1]
    description.standardDeviation = [1, 0.5, 2]
    let values = try description.prepared(image).tensor.values
    let blue: [Float] = [-0.6, -0.2].map { (level: Float) in (level + 1) / 2 }
    #expect(values == [-1, 1, 1, -3] + blue)
    description = Self.color
    description.range = 0...255
    for value: UInt8 in 0...255 {
      let image = Image(
        width: 2, height: 1, layout: .rgb, samples: [UInt8](repeating: value, count: 6))
      #expect(try description.prepared(image).tensor.values[0] == Float(value))
    }
  }

  @Test("colour becomes VizImage's gray, gray is repeated for colour, and both are said")
  func channels() throws {
    let pixels: [UInt8] = [255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30]
    let image = Image(width: 2, height: 2, layout: .rgb, samples: pixels)
    let prepared = try Self.gray.prepared(image)
    #expect(prepared.notes == ["colour → gray"])
    #expect(
      prepared.picture.samples(as: UInt8.self) == image.grayscale.samples(as: UInt8.self))
    #expect(prepared.picture.layout == .gray)
    let gray = Image(width: 2, height: 1, layout: .gray, samples: [UInt8](arrayLiteral: 0, 255))
    let repeated = try Self.color.prepared(gray)
    #expect(repeated.notes == ["gray → red, green and blue alike"])
    #expect(repeated.picture.samples(as: UInt8.self) == [0, 0, 0, 255, 255, 255])
    #expect(repeated.tensor.values == [0, 1, 0, 1, 0, 1])
  }

  @Test("16-bit samples span the range, Float is taken as it is")
  func depths() throws {
    let wide = Image(
      width: 2, height: 2, layout: .gray, samples: [UInt16](arrayLiteral: 0, 13_107, 257, 65_535))
    #expect(try Self.gray.prepared(wide).tensor.values == [0, 0.2, Float(1) / 255, 1])
    let signed = Image(
      width: 2, height: 2, layout: .gray,
      samples: [Int16](arrayLiteral: -32_768, -19_661, 0, 32_767))
    #expect(
      try Self.gray.prepared(signed).tensor.values == [0, 0.2, Float(32_768) / 65_535, 1])
    let float = Image(
      width: 2, height: 2, layout: .gray, samples: [Float](arrayLiteral: -1, 0.3, 7, .infinity))
    #expect(try Self.gray.prepared(float).tensor.values == [-1, 0.3, 7, .infinity])
  }

  @Test("alpha lies over white in every depth")
  func alpha() throws {
    let bytes: [UInt8] = [0, 255, 0, 0, 100, 51, 7, 128]
    let expected: [UInt8] = [0, 255, 224, 131]  // 255 − (255 − 100) / 5; 255 − 248 · 128 / 255
    let image = Image(width: 2, height: 2, layout: .grayAlpha, samples: bytes)
    let prepared = try Self.gray.prepared(image)
    #expect(prepared.notes == ["transparent pixels over white"])
    #expect(prepared.picture.samples(as: UInt8.self) == expected)
    let wide = Image(
      width: 2, height: 2, layout: .grayAlpha, samples: bytes.map { UInt16($0) * 257 })
    let float = Image(
      width: 2, height: 2, layout: .grayAlpha, samples: bytes.map { Float($0) / 255 })
    let signed = Image(
      width: 2, height: 2, layout: .grayAlpha, samples: bytes.map { Int16(Int($0) * 257 - 32_768) })
    for other in [wide, float, signed] {
      let values = try Self.gray.prepared(other).tensor.values
      // Half a step of 8 bit.
      #expect(zip(values, expected).allSatisfy { abs($0 * 255 - Float($1)) <= 0.501 })
    }
    let opaque = Image(
      width: 2, height: 1, layout: .rgba, samples: [UInt8](arrayLiteral: 1, 2, 3, 255, 4, 5, 6, 255)
    )
    #expect(try Self.color.prepared(opaque).notes.isEmpty)
  }

  @Test("what is resized, cropped and padded is said in that order")
  func notes() throws {
    let image = Image(
      width: 64, height: 48, layout: .gray, samples: [UInt8](repeating: 9, count: 64 * 48))
    var description = InputDescription(channels: 1, height: 32, width: 32)
    #expect(
      try description.prepared(image).notes
        == ["resized 64×48 → 42×32", "cropped to the middle 32×32"])
    description.resizeSide = 30
    #expect(
      try description.prepared(image).notes
        == ["resized 64×48 → 40×30", "cropped to the middle 32×30", "black around it, to 32×32"])
    description = InputDescription(channels: 1, height: 24, width: 32)
    #expect(try description.prepared(image).notes == ["resized 64×48 → 32×24"])
    description = InputDescription(channels: 1, height: 10, width: 40)
    #expect(
      try description.prepared(image).notes
        == ["resized 64×48 → 40×30", "cropped to the middle 40×10"])
  }

  @Test("a picture of one line takes no more memory than what is seen of it")
  func narrow() throws {
    let line = Image(
      width: 1, height: 65_535, layout: .gray, samples: [UInt8](repeating: 200, count: 65_535))
    let prepared = try InputPreset.imagenet.input.prepared(line)
    #expect(prepared.tensor.shape == [1, 3, 224, 224])
    #expect(prepared.notes.contains("resized 1×65535 → 256×16776960"))
    #expect(prepared.picture.samples(as: UInt8.self).allSatisfy { $0 == 200 })
  }

  @Test("channels that no picture has, and sizes without limit, are refused")
  func refused() {
    let image = Image(width: 1, height: 1, layout: .gray, samples: [UInt8](arrayLiteral: 0))
    for channels in [2, 4, 4096] {
      #expect(throws: InputError.channels(channels)) {
        try InputDescription(channels: channels, height: 1, width: 1).prepared(image)
      }
    }
    for (width, height, side) in [(1 << 13, 1 << 14, 1), (1 << 27, 1, 1), (1, 1, 1 << 40)] {
      let description = InputDescription(
        channels: 1, height: height, width: width, resizeSide: side)
      #expect(throws: InputError.self) { try description.prepared(image) }
    }
  }

  @Test("pictures are stacked to a batch")
  func batch() {
    let first = Tensor(shape: [1, 1, 1, 2], values: [1, 2])
    let both = Tensor(shape: [2, 1, 1, 2], values: [3, 4, 5, 6])
    #expect(
      Tensor.stacked([first, both]) == Tensor(shape: [3, 1, 1, 2], values: [1, 2, 3, 4, 5, 6]))
    #expect(Tensor.stacked([both]) == both)
  }

  @Test("the presets' means and deviations are those of the data", .needsData)
  func statistics() throws {
    let digits = try LabelledPictures.mnist("train", count: 60_000).pictures
    try check(InputPreset.mnist, digits, within: 5e-5)  // four digits are written down
    // 20,000 of the 50,000 pictures: means differ by about σ / √20,000.
    let photos = try ["data_batch_1", "data_batch_2"].flatMap {
      try LabelledPictures.cifar10($0, count: 10_000).pictures
    }
    try check(InputPreset.cifar10, photos, within: 2e-3)
  }

  private func check(_ preset: InputPreset, _ pictures: [Image], within tolerance: Double) throws {
    let channels = preset.input.channels
    var sums = [(Double, Double)](repeating: (0, 0), count: channels)
    for picture in pictures {
      for (i, sample) in picture.samples(as: UInt8.self).enumerated() {
        let level = Double(sample) / 255
        sums[i % channels].0 += level
        sums[i % channels].1 += level * level
      }
    }
    let count = Double(pictures.reduce(0) { $0 + $1.width * $1.height })
    for (c, sum) in sums.enumerated() {
      let mean = sum.0 / count
      let deviation = (sum.1 / count - mean * mean).squareRoot()
      #expect(abs(mean - preset.input.mean[c]) < tolerance, "\(preset.name) \(c): \(mean)")
      #expect(
        abs(deviation - preset.input.standardDeviation[c]) < tolerance,
        "\(preset.name) \(c): \(deviation)")
    }
  }
}
