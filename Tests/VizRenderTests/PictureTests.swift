import Testing
import VizImage
import VizRender

@Suite("Pictures of kernels, responses and spectra") struct PictureTests {
  private let sobel: [Double] = [-1, 0, 1, -2, 0, 2, -1, 0, 1]

  @Test("a kernel's picture is as recorded") func kernelLooksAsRecorded() throws {
    let picture = KernelPicture(
      width: 3, height: 3, values: sobel, title: "sobel-x · 3×3", targetSide: 120)
    try Snapshot.check(picture.image(), "kernel")
  }

  @Test("a legend is as recorded") func legendLooksAsRecorded() throws {
    let plane = Plane(width: 200, height: 12, samples: (0..<2400).map { Float($0 % 200) - 100 })
    try Snapshot.check(
      PlaneRendering.signed.image(of: plane, title: "response · extend"), "legend")
  }

  @Test("kernels of every shape and strange values are drawn") func kernelsOfAnyShape() {
    for (width, height) in [(1, 1), (1, 9), (9, 1), (31, 2), (255, 255)] {
      for value in [0, 1e-300, -7.25, .nan, .infinity] {
        let image = KernelPicture(
          width: width, height: height, values: Array(repeating: value, count: width * height),
          targetSide: 64
        ).image()
        #expect(image.width > width && image.height > height)
      }
    }
  }

  @Test("the centre of a kernel's heat map has the colour of its value") func cellsAreColored() {
    let picture = KernelPicture(width: 3, height: 1, values: [-1, 0, 1], targetSide: 30).image()
    let samples = picture.samples(as: UInt8.self)
    func color(_ x: Int) -> Color {
      let i = 3 * (18 * picture.width + x)
      return Color(red: samples[i], green: samples[i + 1], blue: samples[i + 2])
    }
    let left = (picture.width - 30) / 2
    for (cell, value) in [-1.0, 0, 1].enumerated() {
      #expect(color(left + 10 * cell + 4) == Colormap.diverging.color(at: value))
    }
  }

  @Test("a response keeps its map square and gets axes around it") func responseHasAxes() {
    let image = FrequencyResponse(
      width: 32, height: 32, magnitudes: (0..<1024).map { Double($0 % 32) }, title: "box 3"
    ).image()
    #expect(image.width > 384 && image.height > 384)
    let zero = FrequencyResponse(width: 1, height: 1, magnitudes: [0]).image()
    #expect(zero.width > 1)
  }

  @Test("a spectrum is drawn pixel for pixel above its caption") func spectrumHasCaption() {
    let values = (0..<(64 * 48)).map { Float($0 % 64) }
    let spectrum = SpectrumPicture(width: 64, height: 48, logMagnitudes: values)
    let plain = spectrum.plainImage()
    #expect(plain.width == 64 && plain.height == 48)
    #expect(plain.samples(as: UInt8.self)[3 * 63] == 255)
    let whole = spectrum.image()
    #expect(whole.height > 48 && whole.width >= 64)
  }
}
