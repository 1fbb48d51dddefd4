import Testing
import VizImage
import VizKernels
import VizReference
import VizTestSupport

@Suite("Gray")
struct GrayscaleTests {
  /// Red is fixed, green and blue run over all values.
  private func slice(red: Int, alpha: Bool) -> [UInt8] {
    let channels = alpha ? 4 : 3
    return [UInt8](unsafeUninitializedCapacity: 65_536 * channels) { samples, count in
      for i in 0..<65_536 {
        samples[i * channels] = UInt8(red)
        samples[i * channels + 1] = UInt8(i >> 8)
        samples[i * channels + 2] = UInt8(i & 255)
        if alpha { samples[i * channels + 3] = UInt8(truncatingIfNeeded: i &* 7) }
      }
      count = samples.count
    }
  }

  @Test("equals OpenCV at all 2²⁴ colours, on every instruction set")
  func allColors() throws {
    for red in 0..<256 {
      let samples = slice(red: red, alpha: false)
      let theirs = try OpenCVOracle.gray(
        OraclePicture(width: 256, height: 256, channels: 3, samples: samples)
      ).samples
      let image = Image(width: 256, height: 256, layout: .rgb, samples: samples)
      let withAlpha = Image(
        width: 256, height: 256, layout: .rgba, samples: slice(red: red, alpha: true))
      for table in KernelTable.usable {
        let execution = Execution(kernels: table, jobs: 1)
        #expect(image.grayscale(execution).samples(as: UInt8.self) == theirs, "red \(red)")
        let planes = image.colorPlanes(execution)
        let joined = Plane.gray(
          red: planes[0], green: planes[1], blue: planes[2], execution: execution)
        #expect(joined.samples(as: UInt8.self) == theirs, "planes, red \(red)")
        #expect(withAlpha.grayscale(execution).samples(as: UInt8.self) == theirs, "alpha \(red)")
      }
    }
  }

  @Test("equals OpenCV in 16 bit, on random and extreme colours")
  func sixteenBit() throws {
    var random = SplitMix64(seed: 16)
    for (layout, width) in [(ChannelLayout.rgb, 1003), (.rgba, 997), (.rgb, 1), (.rgba, 33)] {
      let samples = (0..<width * 301 * layout.channels).map { i in
        i % 11 == 0 ? UInt16.max : UInt16.random(in: 0...65_535, using: &random)
      }
      let theirs = try OpenCVOracle.gray(
        OraclePicture(width: width, height: 301, channels: layout.channels, samples: samples))
      let image = Image(width: width, height: 301, layout: layout, samples: samples)
      for table in KernelTable.usable {
        let execution = Execution(kernels: table, jobs: 1)
        #expect(image.grayscale(execution).samples(as: UInt16.self) == theirs.samples)
        let planes = image.colorPlanes(execution)
        let joined = Plane.gray(
          red: planes[0], green: planes[1], blue: planes[2], execution: execution)
        #expect(joined.samples(as: UInt16.self) == theirs.samples)
      }
    }
  }

  @Test("of Int16 and Float colours equals the reference")
  func otherTypes() throws {
    for type in [SampleType.int16, .float] {
      for width in [1, 7, 64, 129] {
        let planes = (0..<3).map {
          Plane.random(width: width, height: 3, type: type, seed: UInt64($0 + width))
        }
        let references = planes.map(ReferencePlane.init)
        let truth = ReferencePlane.gray(
          red: references[0], green: references[1], blue: references[2],
          type: ReferenceSampleType(type))
        for table in KernelTable.usable {
          let execution = Execution(kernels: table, jobs: 1)
          let image = Image(
            planes: planes, alpha: planes[0], metadata: ImageMetadata(), execution: execution)
          let joined = Plane.gray(
            red: planes[0], green: planes[1], blue: planes[2], execution: execution)
          for gray in [image.grayscale(execution), joined] {
            for (ours, exact) in zip(gray.values, truth.values) {
              // Three products and two sums in Float32, each rounded once.
              #expect(abs(ours - exact) <= (type == .float ? 300 * 0x1p-22 : 0), "\(type)")
            }
          }
        }
      }
    }
  }

  @Test("leaves gray pictures as they are")
  func grayStays() {
    let image = Image(width: 2, height: 1, layout: .gray, samples: [3, 200] as [UInt8])
    #expect(image.grayscale.values == [3, 200])
    let withAlpha = Image(
      width: 2, height: 1, layout: .grayAlpha, samples: [3, 0, 200, 9] as [UInt8])
    #expect(withAlpha.grayscale.values == [3, 200])
    #expect(withAlpha.alphaPlane?.values == [0, 9])
  }

  @Test("channels come apart and together again")
  func channels() {
    for type in SampleType.allCases {
      for (colors, alpha) in [(1, false), (1, true), (3, false), (3, true)] {
        for width in [1, 5, 31, 64, 130] {
          let planes = (0..<(colors + (alpha ? 1 : 0))).map {
            Plane.random(width: width, height: 4, type: type, seed: UInt64($0))
          }
          for table in KernelTable.usable {
            let execution = Execution(kernels: table, jobs: 1)
            let image = Image(
              planes: Array(planes.prefix(colors)), alpha: alpha ? planes[colors] : nil,
              metadata: ImageMetadata(), execution: execution)
            let apart =
              image.colorPlanes(execution) + [image.alphaPlane(execution)].compactMap(\.self)
            #expect(apart.map(\.values) == planes.map(\.values), "\(type) \(image.layout)")
          }
        }
      }
    }
  }
}
