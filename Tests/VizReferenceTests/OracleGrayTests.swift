import Testing
import VizReference
import VizTestSupport

@Suite("Gray against OpenCV's cvtColor") struct OracleGrayTests {
  private func reference<S>(_ picture: OraclePicture<S>) -> ReferencePlane {
    ReferencePlane.gray(
      red: picture.plane(channel: 0), green: picture.plane(channel: 1),
      blue: picture.plane(channel: 2), type: S.referenceType)
  }

  @Test("all 2²⁴ colours are the same") func everyColour() throws {
    let ramp = (0...255).map(UInt8.init)
    let green = ramp.flatMap { [UInt8](repeating: $0, count: 256) }
    let blue = [[UInt8]](repeating: ramp, count: 256).flatMap(\.self)
    let greenPlane = ReferencePlane(width: 256, height: 256, samples: green)
    let bluePlane = ReferencePlane(width: 256, height: 256, samples: blue)
    for red in ramp {
      var samples: [UInt8] = []
      samples.reserveCapacity(3 * 65_536)
      for i in 0..<65_536 {
        samples.append(red)
        samples.append(green[i])
        samples.append(blue[i])
      }
      let picture = OraclePicture(width: 256, height: 256, channels: 3, samples: samples)
      let theirs = try OpenCVOracle.gray(picture)
      let ours = ReferencePlane.gray(
        red: ReferencePlane(
          width: 256, height: 256, samples: [UInt8](repeating: red, count: 65_536)),
        green: greenPlane, blue: bluePlane, type: .uint8)
      #expect(ours.difference(from: theirs.plane()) == nil, "red \(red)")
    }
  }

  @Test("a million 16-bit colours are the same, with and without alpha") func wideColours() throws {
    var generator = SplitMix64(seed: 21)
    for channels in 3...4 {
      let picture = OraclePicture<UInt16>.noise(
        width: 1024, height: 512, channels: channels, using: &generator)
      #expect(reference(picture).difference(from: try OpenCVOracle.gray(picture).plane()) == nil)
    }
    let ends = OraclePicture<UInt16>(
      width: 2, height: 1, channels: 3, samples: [65_535, 65_535, 65_535, 0, 0, 0])
    #expect(try OpenCVOracle.gray(ends).samples == [65_535, 0])
    #expect(reference(ends).values == [65_535, 0])
  }

  @Test("Float colours agree to the 15 bits of the weights") func floatColours() throws {
    var generator = SplitMix64(seed: 22)
    let picture = OraclePicture<Float>.noise(width: 333, height: 77, channels: 3, using: &generator)
    let difference = reference(picture).difference(from: try OpenCVOracle.gray(picture).plane())
    // Each weight is rounded to 2⁻¹⁵: at most 3 · 2⁻¹⁶ for samples from −1 to 1, and Float's own.
    #expect((difference?.largest ?? 0) <= 3 * 0x1p-16 + 3 * 0x1p-23)
  }
}
