import Testing
import VizImage
import VizKernels
import VizReference
import VizTestSupport

@Suite("Filter chains")
struct FilterChainTests {
  private func step(_ name: String, _ values: [Double] = []) throws -> FilterStep {
    try FilterStep(preset: name, values: values)
  }

  private func image(
    _ type: SampleType, _ layout: ChannelLayout, width: Int = 41, height: Int = 17
  ) -> Image {
    let planes = (0..<layout.colorChannels).map {
      Plane.random(width: width, height: height, type: type, seed: UInt64($0 + 1))
    }
    let alpha = Plane.random(width: width, height: height, type: type, seed: 99)
    return Image(
      planes: planes, alpha: layout.hasAlpha ? alpha : nil,
      metadata: ImageMetadata(iccProfile: [1, 2, 3]))
  }

  @Test("do not round between steps", arguments: [EdgeMode.extend, .pad(0), .mirror, .crop])
  func noRounding(edge: EdgeMode) throws {
    let gaussian = try presetBank("gaussian", [1.4])
    for type in [SampleType.uint8, .uint16, .float] {
      let image = image(type, .gray)
      let plane = image.colorPlanes[0]
      let chain = try FilterChain(
        [step("gaussian", [1.4]), step("sobel")], options: FilterOptions(edge: edge))
      let result = try chain.apply(to: image, output: .float)
      let blurred = try ReferencePlane(plane).response(to: gaussian, edge: edge)
      let exact = try blurred.response(to: presetBank("sobel"), edge: edge)
      let largest = plane.values.map { abs($0) }.max() ?? 0
      // 81 + 12 Float32 roundings of values up to Σ|k| · max|p| = 8 · largest, in each gradient.
      let tolerance = 94 * 0x1p-23 * 8 * largest * 1.5
      #expect(result.planes[0].width == exact.width)
      for (ours, truth) in zip(result.planes[0].values, exact.values) {
        #expect(abs(ours - truth) <= tolerance, "\(type)")
      }
      guard type.isInteger else { continue }
      let rounded = try chain.apply(to: image)
      #expect(rounded.planes[0].sampleType == type)
      for (ours, truth) in zip(rounded.planes[0].values, exact.values) {
        #expect(
          OracleExpectation.within(tolerance)
            .accepts(ours, exact: truth, as: ReferenceSampleType(type)))
      }
    }
  }

  @Test("give median and canny rounded samples")
  func roundedSamples() throws {
    for type in [SampleType.uint8, .uint16] {
      let image = image(type, .gray)
      let blurred = try image.colorPlanes[0].convolved(with: .gaussian(sigma: 1), output: .float)
      let rounded = blurred.converted(to: type)
      let median = try FilterChain([step("gaussian", [1]), step("median", [5])]).apply(to: image)
      #expect(median.planes[0].bytes == (try rounded.median(size: 5)).bytes)
      let highest = type.range.upperBound
      let canny = try FilterChain([step("gaussian", [1]), step("canny", [30, 90])])
        .apply(to: image)
      let edges = try rounded.cannyEdges(
        low: 30 / 255 * highest, high: 90 / 255 * highest, highest: highest)
      #expect(canny.planes[0].bytes == edges.bytes)
    }
  }

  @Test("go on from a median without losing its type")
  func afterMedian() throws {
    let image = image(.uint8, .gray)
    let chain = try FilterChain([step("median"), step("sobel-x")])
    let result = try chain.apply(to: image, output: .int16)
    let expected = try image.colorPlanes[0].median(size: 3)
      .convolved(with: .sobelX(), output: .int16)
    #expect(result.planes[0].bytes == expected.bytes)
  }

  @Test("turn colour to gray once, before the first step, where a derivative asks for it")
  func grayFirst() throws {
    for layout in [ChannelLayout.rgb, .rgba] {
      let image = image(.uint8, layout)
      let chain = try FilterChain([step("gaussian", [1]), step("sobel-x")])
      #expect(chain.startsGray)
      let result = try chain.apply(to: image, output: .float)
      #expect(result.planes.count == 1)
      let gray = Image(planes: [image.grayscale])
      let expected = try chain.apply(to: gray, output: .float)
      #expect(result.planes[0].bytes == expected.planes[0].bytes)
      #expect(result.alpha?.values == image.alphaPlane?.values)
      #expect(result.metadata == image.metadata)
    }
    for name in FilterRegistry.all.map(\.name) {
      let isDerivative =
        try FilterStep(preset: name).kind(depth: .uint8).bank?.kernels.allSatisfy(\.isZeroSum)
      if isDerivative == true { #expect(try step(name).runsOnGray, "\(name)") }
    }
    #expect(FilterStep(kernel: .sobelX()).runsOnGray)
    #expect(!FilterStep(kernel: .box(size: 3)).runsOnGray)
    #expect(!(try FilterChain([step("gaussian")])).startsGray)
    let gray = FilterOptions(color: .gray)
    #expect(try FilterChain([step("gaussian")], options: gray).startsGray)
  }

  @Test("keep the channels where asked")
  func perChannel() throws {
    let image = image(.uint16, .rgba)
    let chain = try FilterChain(
      [step("sobel-y")], options: FilterOptions(color: .perChannel))
    let result = try chain.apply(to: image)
    #expect(result.planes.count == 3)
    for (ours, plane) in zip(result.planes, image.colorPlanes) {
      #expect(ours.bytes == (try plane.convolved(with: .sobelY())).bytes)
    }
    #expect(result.responseCount == 3 * 41 * 17)
  }

  @Test(
    "treat every channel as a picture of its own, with every preset",
    arguments: FilterRegistry.all.map(\.name).filter { $0 != "gray" })
  func everyPresetPerChannel(name: String) throws {
    for (type, edge) in [
      (SampleType.uint8, EdgeMode.extend), (.uint16, .wrap), (.int16, .pad(5)), (.float, .mirror),
      (.uint8, .crop), (.uint8, .renormalize),
    ] {
      let chain = try FilterChain(
        [step(name)], options: FilterOptions(edge: edge, color: .perChannel, alpha: .filter))
      for layout in [ChannelLayout.grayAlpha, .rgb, .rgba] {
        let image = image(type, layout, width: 131, height: 33)
        let planes = image.colorPlanes + [image.alphaPlane].compactMap(\.self)
        guard let result = try? chain.apply(to: image) else {
          #expect(throws: ImageError.self) { try chain.apply(to: Image(planes: [planes[0]])) }
          continue
        }
        let found = result.planes + [result.alpha].compactMap(\.self)
        let expected = try planes.map {
          try chain.apply(to: Image(planes: [$0]), jobs: 1).planes[0]
        }
        #expect(found.map(\.bytes) == expected.map(\.bytes), "\(type) \(edge) \(layout)")
      }
    }
  }

  @Test("keep, filter or drop alpha, cropped with the picture", arguments: EdgeMode.all)
  func alpha(edge: EdgeMode) throws {
    let image = image(.uint8, .rgba)
    let alphaPlane = try #require(image.alphaPlane)
    let asymmetric = Kernel(width: 4, height: 2, taps: [1, 1, 1, 1, 1, 1, 1, 1], anchorX: 1)
    let steps = [try step("box", [3]), FilterStep(kernel: asymmetric)]
    for alpha in FilterOptions.Alpha.allCases {
      var options = FilterOptions(edge: edge, alpha: alpha)
      options.anchor = (3, 0)
      let result = try FilterChain(steps, options: options).apply(to: image)
      switch alpha {
      case .drop: #expect(result.alpha == nil)
      case .keep:
        // One sample around for the box; three left and one below for the kernel.
        let expected =
          edge == .crop
          ? alphaPlane.cropped(left: 4, top: 1, width: 41 - 5, height: 17 - 3) : alphaPlane
        #expect(result.alpha?.values == expected.values)
      case .filter:
        let asColor = try FilterChain(steps, options: options)
          .apply(to: Image(planes: [alphaPlane]))
        #expect(result.alpha?.values == asColor.planes[0].values)
      }
      #expect(result.alpha.map { $0.width == result.planes[0].width } ?? true)
    }
  }

  @Test("scale and offset belong to the last kernel step")
  func scaleAndOffset() throws {
    let image = image(.uint8, .gray)
    var options = FilterOptions()
    (options.scale, options.offset) = (0.5, 128)
    let result = try FilterChain(
      [step("box", [3]), step("sobel-x"), step("threshold", [128])], options: options
    ).apply(to: image)
    let blurred = try image.colorPlanes[0].convolved(with: .box(size: 3), output: .float)
    let response = try blurred.convolved(with: Kernel.sobelX().with(scale: 0.5, offset: 128))
    #expect(result.planes[0].values == response.thresholded(above: 128, highest: 255).values)
    options.scale = nil
    let kinds = try FilterChain([step("box", [3])], options: options).filters(depth: .uint8)
    #expect(kinds[0].bank?.scale == 1.0 / 9 && kinds[0].bank?.offset == 128)
  }

  @Test("turn kernels by 180° where convolution is asked for")
  func convolves() throws {
    let image = image(.uint8, .gray)
    let kernel = Kernel(rows: [[1, 2, 3, 4], [0, 5, 0, 0]])
    let options = FilterOptions(edge: .pad(0), convolves: true)
    let result = try FilterChain([FilterStep(kernel: kernel)], options: options)
      .apply(to: image, output: .float)
    let expected = try image.colorPlanes[0].convolved(
      with: kernel.flipped, edge: .pad(0), output: .float)
    #expect(result.planes[0].bytes == expected.bytes)
  }

  private func refusal(_ steps: [FilterStep], _ anchor: (Int, Int)) -> String {
    do throws(ImageError) {
      _ = try FilterChain(steps, options: FilterOptions(anchor: anchor))
      return "accepted"
    } catch {
      return error.description
    }
  }

  @Test("refuse an anchor that no given kernel has")
  func anchors() throws {
    let kernel = FilterStep(kernel: Kernel(rows: [[1, 2, 3], [4, 5, 6]]))
    #expect(refusal([kernel], (2, 1)) == "accepted")
    #expect(refusal([kernel], (3, 1)).contains("3,1 lies outside the 3×2 kernel"))
    #expect(refusal([kernel], (3, 1)).contains("0,0 to 2,1"))
    #expect(refusal([kernel], (-1, 0)).contains("outside"))
    #expect(refusal([try step("sobel-x")], (0, 0)).contains("--kernel"))
    #expect(refusal([], (0, 0)).contains("--kernel"))
    #expect(refusal([try step("sobel-x"), kernel], (0, 1)) == "accepted")
  }

  @Test("take a gray step in the middle, without rounding")
  func grayInTheMiddle() throws {
    let image = image(.uint8, .rgb)
    let chain = try FilterChain([step("gaussian", [1]), step("gray"), step("median")])
    let blurred = try image.colorPlanes.map {
      try $0.convolved(with: .gaussian(sigma: 1), output: .float)
    }
    let gray = Plane.gray(
      red: blurred[0], green: blurred[1], blue: blurred[2], execution: Execution())
    let result = try chain.apply(to: image)
    #expect(result.planes.count == 1)
    #expect(result.planes[0].bytes == (try gray.converted(to: .uint8).median(size: 3)).bytes)
    let only = try FilterChain([step("gray")]).apply(to: image)
    #expect(only.planes[0].bytes == image.grayscale.bytes)
  }

  @Test("count what an integer sample cannot hold")
  func clipped() throws {
    let image = Image(
      width: 4, height: 1, layout: .gray, samples: [0, 255, 0, 255] as [UInt8])
    let difference = Kernel(width: 2, height: 1, taps: [-1, 2])  // 0 510 −255 510
    let step = FilterStep(kernel: difference)
    #expect(try FilterChain([step]).apply(to: image).clipped == 3)
    #expect(try FilterChain([step]).apply(to: image, output: .int16).clipped == 0)
    #expect(try FilterChain([step]).apply(to: image, output: .float).clipped == 0)
    // Only the last step's count: half of 510 fits.
    let half = FilterStep(kernel: Kernel(rows: [[0.5]]))
    #expect(try FilterChain([step, half]).apply(to: image).clipped == 1)
  }

  @Test("refuse what Float pictures and edge modes cannot have")
  func refusals() throws {
    let real = image(.float, .gray)
    #expect(throws: ImageError.self) { try FilterChain([step("median")]).apply(to: real) }
    #expect(throws: ImageError.self) { try FilterChain([step("canny")]).apply(to: real) }
    let bytes = image(.uint8, .gray)
    let renormalize = FilterOptions(edge: .renormalize)
    for name in ["sobel", "median", "canny", "unsharp"] {
      #expect(throws: ImageError.self, "\(name)") {
        try FilterChain([step(name)], options: renormalize).apply(to: bytes)
      }
    }
    let tiny = Image(width: 2, height: 2, layout: .gray, samples: [1, 2, 3, 4] as [UInt8])
    #expect(throws: ImageError.self) {
      try FilterChain([step("box", [3])], options: FilterOptions(edge: .crop)).apply(to: tiny)
    }
  }

  @Test("without steps give the picture back, in any type")
  func empty() throws {
    let image = image(.uint8, .rgba)
    let chain = try FilterChain([])
    #expect(chain.name == "identity")
    let result = try chain.apply(to: image)
    #expect(result.planes.map(\.values) == image.colorPlanes.map(\.values))
    let wide = try chain.apply(to: image, output: .uint16)
    #expect(wide.planes.map(\.values) == image.colorPlanes.map(\.values))
    #expect(try FilterChain([step("gaussian"), step("sobel-x")]).name == "gaussian-sobel-x")
  }
}
