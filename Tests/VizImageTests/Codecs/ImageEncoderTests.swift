import Testing
import VizImage

@Suite("ImageEncoder") struct ImageEncoderTests {
  @Test("PNG returns every layout and depth as it was", arguments: ChannelLayout.allCases)
  func pngIsLossless(_ layout: ChannelLayout) throws {
    for (width, height) in [(1, 1), (1, 40), (40, 1), (13, 9), (64, 64), (131, 67), (700, 500)] {
      for type in [SampleType.uint8, .uint16] {
        let image = Image.random(width: width, height: height, layout: layout, sampleType: type)
        let back = try ImageDecoder.decode(ImageEncoder.encode(image, as: .png))
        #expect(back.isSame(as: image), "\(width)×\(height) \(layout) \(type)")
      }
    }
  }

  @Test("up to 256 colours are written by a palette where that is shorter, and read as they were")
  func pngByPalette() throws {
    // Behind the signature, the chunk's length and name, two sides and the depth.
    let colorType = 25
    var random = CodecRandom(state: 5)
    for count in [2, 16, 255, 256, 257] {
      var samples: [UInt8] = []
      for i in 0..<120 * 90 {
        let color = i < count ? i : Int.random(in: 0..<count, using: &random)
        samples += [UInt8(color % 256), UInt8(color * 37 % 251), UInt8(color / 256)]
      }
      let image = Image(width: 120, height: 90, layout: .rgb, samples: samples)
      let png = try ImageEncoder.smallestPNG(of: image)
      #expect(png[colorType] == (count <= 256 ? 3 : 2), "\(count) colours")
      #expect(try png.count <= ImageEncoder.encode(image, as: .png).count)
      #expect(try ImageDecoder.decode(png).isSame(as: image), "\(count) colours")
    }
    let gray = Image.random(width: 9, height: 7, layout: .gray, sampleType: .uint8)
    #expect(try ImageEncoder.smallestPNG(of: gray) == ImageEncoder.encode(gray, as: .png))
  }

  @Test("PNG has the same bytes for any number of threads") func pngIsDeterministic() throws {
    let image = Image.random(width: 900, height: 1_100, layout: .rgb, sampleType: .uint8)
    let one = try ImageEncoder.encode(image, as: .png, options: EncodingOptions(jobs: 1))
    for jobs in [2, 3, 7] {
      let options = EncodingOptions(jobs: jobs)
      #expect(try ImageEncoder.encode(image, as: .png, options: options) == one, "\(jobs) jobs")
    }
    #expect(try ImageDecoder.decode(one).isSame(as: image))
  }

  @Test("PNG holds constant, noisy and striped rows longer than a window")
  func pngHoldsExtremes() throws {
    var random = CodecRandom(state: 3)
    let noise = (0..<70_000 * 6).map { _ in UInt8.random(in: 0...255, using: &random) }
    let flat = [UInt8](repeating: 200, count: 70_000 * 6)
    let stripes = (0..<70_000 * 6).map { UInt8($0 % 2 * 255) }
    for samples in [noise, flat, stripes] {
      for (width, height) in [(60_000, 7), (7, 60_000), (300, 1_400)] {
        let image = Image(
          width: width, height: height, layout: .gray,
          samples: Array(samples.prefix(width * height)))
        let back = try ImageDecoder.decode(ImageEncoder.encode(image, as: .png))
        #expect(back.isSame(as: image), "\(width)×\(height)")
      }
    }
  }

  @Test("PNG holds samples so unevenly frequent that Huffman codes reach their limit")
  func pngLimitsCodes() throws {
    // Sample k occurs 2ᵏ times: the tree is as deep as it has leaves. Shuffled small numbers of both
    // signs are best left unfiltered.
    var samples: [UInt8] = []
    for k in 0..<16 {
      let value = UInt8(bitPattern: Int8((16 - k) / 2 * (k % 2 == 0 ? 1 : -1)))
      samples += [UInt8](repeating: value, count: 1 << k)
    }
    var random = CodecRandom(state: 5)
    samples.shuffle(using: &random)
    for width in [samples.count, samples.count / 3, 1_000] {
      let rows = samples.count / width
      let image = Image(
        width: width, height: rows, layout: .gray, samples: Array(samples.prefix(width * rows)))
      #expect(try ImageDecoder.decode(ImageEncoder.encode(image, as: .png)).isSame(as: image))
    }
  }

  @Test(
    "keeps the colour profile where it fits", arguments: [ImageFormat.png, .jpeg, .webp, .tiff])
  func keepsProfile(_ format: ImageFormat) throws {
    let profile = try CodecFixtures.bytes("profile.icc")
    for (layout, kept) in [(ChannelLayout.rgb, profile), (.gray, nil)]
      as [(ChannelLayout, [UInt8]?)]
    {
      var image = Image.random(width: 30, height: 20, layout: layout, sampleType: .uint8)
      image.metadata.iccProfile = profile
      let back = try ImageDecoder.decode(ImageEncoder.encode(image, as: format))
      #expect(back.metadata.iccProfile == kept, "\(layout)")
      image.metadata.iccProfile = nil
      let plain = try ImageDecoder.decode(ImageEncoder.encode(image, as: format))
      #expect(back.isSame(as: plain), "\(layout)")
    }
  }

  @Test("JPEG stays near the picture, nearer with more quality") func jpegQuality() throws {
    for layout in [ChannelLayout.gray, .rgb] {
      let image = Image.random(width: 64, height: 48, layout: layout, sampleType: .uint8)
      let errors = try [30, 75, 95].map { quality in
        let options = EncodingOptions(quality: quality)
        let back = try ImageDecoder.decode(ImageEncoder.encode(image, as: .jpeg, options: options))
        #expect(back.layout == layout)
        return zip(image.samples(as: UInt8.self), back.samples(as: UInt8.self)).reduce(0) {
          $0 + abs(Int($1.0) - Int($1.1))
        }
      }
      #expect(errors[0] > errors[1] && errors[1] > errors[2], "\(layout): \(errors)")
      #expect(errors[2] < 64 * 48 * layout.channels * 6, "\(layout): \(errors)")
    }
  }

  @Test(
    "formats without loss return what they hold",
    arguments: [
      (ImageFormat.tiff, [ChannelLayout.gray, .rgb, .rgba], [SampleType.uint8, .uint16, .float]),
      (.bmp, [.gray, .rgb], [.uint8]),
      (.pnm, [.gray, .rgb], [.uint8, .uint16]),
      (.pgm, [.gray], [.uint8, .uint16]),
      (.ppm, [.rgb], [.uint8, .uint16]),
      (.sunraster, [.gray, .rgb], [.uint8]),
      (.pam, [.gray, .grayAlpha, .rgb, .rgba], [.uint8, .uint16]),
      (.pfm, [.gray, .rgb], [.float]),
      (.jpeg2000, [.gray, .rgb, .rgba], [.uint8, .uint16]),
    ])
  func losslessFormats(
    _ format: ImageFormat, _ layouts: [ChannelLayout], _ types: [SampleType]
  ) throws {
    for layout in layouts {
      for type in types {
        let image = Image.random(width: 97, height: 65, layout: layout, sampleType: type)
        let back = try ImageDecoder.decode(ImageEncoder.encode(image, as: format))
        #expect(
          back.isSame(as: image), "\(format) \(layout) \(type): \(back.layout) \(back.sampleType)")
      }
    }
  }

  @Test("PPM is colour and PGM gray, whatever the picture") func netpbmKinds() throws {
    let gray = Image(width: 3, height: 1, layout: .gray, samples: [0, 255, 255] as [UInt8])
    let ppm = try ImageEncoder.encode(gray, as: .ppm)
    #expect(
      ppm == Array("P6\n# vizcnn\n3 1\n255\n".utf8) + [0, 0, 0] + [UInt8](repeating: 255, count: 6))
    #expect(
      try ImageEncoder.encode(gray, as: .pgm) == Array("P5\n# vizcnn\n3 1\n255\n".utf8) + [
        0, 255, 255,
      ])
    #expect(try ImageEncoder.encode(gray, as: .pnm).starts(with: Array("P5".utf8)))
    let rgb = try #require(gray.laidOut(as: .rgb))
    #expect(try ImageEncoder.encode(rgb, as: .pnm).starts(with: Array("P6".utf8)))
    for format in [ImageFormat.pgm, .pbm] {
      #expect(throws: ImageError.notRepresentable(format: format.name, detail: "colours")) {
        try ImageEncoder.encode(rgb, as: format)
      }
    }
  }

  @Test("PBM holds black and white, and nothing between") func bilevel() throws {
    let samples = (0..<11 * 3).map { UInt8($0 % 3 == 0 ? 0 : 255) }
    let image = Image(width: 11, height: 3, layout: .gray, samples: samples)
    let file = try ImageEncoder.encode(image, as: .pbm)
    #expect(file.starts(with: Array("P4\n# vizcnn\n11 3\n".utf8) + [0b1001_0010, 0b0100_0000]))
    #expect(try ImageDecoder.decode(file).isSame(as: image))
    let shade = Image(width: 1, height: 1, layout: .gray, samples: [7] as [UInt8])
    #expect(throws: ImageError.self) { try ImageEncoder.encode(shade, as: .pbm) }
  }

  @Test("WebP and Radiance return the picture nearly") func lossyFormats() throws {
    for (format, type) in [(ImageFormat.webp, SampleType.uint8), (.radiance, .float)] {
      let image = Image.random(width: 40, height: 30, layout: .rgb, sampleType: type)
      let options = EncodingOptions(quality: 100)
      let back = try ImageDecoder.decode(ImageEncoder.encode(image, as: format, options: options))
      #expect((back.width, back.height, back.layout) == (40, 30, .rgb))
      let (a, b) = (image.converted(to: .uint8), back.converted(to: .uint8))
      let total = zip(a.sampleBytes, b.sampleBytes).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
      #expect(total < 40 * 30 * 3 * 20, "\(format): \(total)")
    }
  }

  @Test("Float becomes 16 bits in PNG and 8 in JPEG, clamped") func floatIsScaled() throws {
    let values: [Float] = [0, 1, 0.5, -3, 7, .nan, .infinity, 1 / 65_535]
    let image = Image(width: 8, height: 1, layout: .gray, samples: values)
    let png = try ImageDecoder.decode(ImageEncoder.encode(image, as: .png))
    #expect(png.samples(as: UInt16.self) == [0, 65_535, 32_768, 0, 65_535, 0, 65_535, 1])
    let jpeg = try ImageDecoder.decode(ImageEncoder.encode(image, as: .jpeg))
    #expect(jpeg.sampleType == .uint8)
  }

  @Test("alpha is left out only where it is opaque") func alphaIsNotLost() throws {
    let opaque = Image(width: 1, height: 1, layout: .rgba, samples: [9, 9, 9, 255] as [UInt8])
    let clear = Image(width: 1, height: 1, layout: .rgba, samples: [9, 9, 9, 254] as [UInt8])
    for format in [ImageFormat.jpeg, .pnm, .bmp] {
      #expect(try ImageDecoder.decode(ImageEncoder.encode(opaque, as: format)).layout == .rgb)
      #expect(
        throws: ImageError.notRepresentable(format: format.name, detail: "transparent pixels")
      ) { try ImageEncoder.encode(clear, as: format) }
    }
    let signed = Image(width: 1, height: 1, layout: .gray, samples: [-1] as [Int16])
    for format in ImageFormat.allCases {
      #expect(throws: ImageError.self) { try ImageEncoder.encode(signed, as: format) }
    }
  }

  @Test("what was written here is known again") func marksItsFiles() throws {
    let image = Image.random(width: 20, height: 10, layout: .rgb, sampleType: .uint8)
    let white = Image(
      width: 9, height: 1, layout: .gray, samples: [UInt8](repeating: 255, count: 9))
    for format in [ImageFormat.png, .jpeg, .pbm, .pgm, .ppm, .pnm, .pam] {
      let isGray = format == .pbm || format == .pgm
      let file = try ImageEncoder.encode(isGray ? white : image, as: format)
      #expect(ImageMarker.wasWrittenByUs(file), "\(format)")
      for count in 0..<file.count { _ = ImageMarker.wasWrittenByUs(Array(file[..<count])) }
    }
    for expected in CodecFixtures.expected {
      #expect(!ImageMarker.wasWrittenByUs(try CodecFixtures.bytes(expected.name)))
    }
  }

  @Test("PNG carries texts, also beyond ASCII") func carriesTexts() throws {
    let image = Image.random(width: 4, height: 4, layout: .gray, sampleType: .uint8)
    let options = EncodingOptions(texts: [("Legend", "blue: −1"), ("Filter", "sobel-x")])
    let file = try ImageEncoder.encode(image, as: .png, options: options)
    #expect(try ImageDecoder.decode(file).isSame(as: image))
    for text in ["iTXtLegend\0\0\0\0\0blue: −1", "tEXtFilter\0sobel-x", "tEXtSoftware\0vizcnn"] {
      #expect(file.firstRange(of: Array(text.utf8)) != nil, "\(text)")
    }
  }
}
