import Testing
import VizReference

@Suite("Finishing and pointwise operations") struct PointwiseTests {
  private func row(_ values: [Double]) -> ReferencePlane {
    ReferencePlane(width: values.count, height: 1, values: values)
  }

  @Test("ties go to the even neighbour and the ends saturate") func rounding() {
    let halves = row([-0.5, 0.5, 1.5, 2.5, 254.5, 255.5, -1, 300])
    #expect(halves.finished(as: .uint8).values == [0, 0, 2, 2, 254, 255, 0, 255])
    let wide = row([-40_000, -32_768.5, -2.5, -1.5, 32_767.5, 65_534.5, 65_535.5, 1e30])
    #expect(
      wide.finished(as: .int16).values
        == [-32_768, -32_768, -2, -2, 32_767, 32_767, 32_767, 32_767])
    #expect(wide.finished(as: .uint16).values == [0, 0, 0, 0, 32_768, 65_534, 65_535, 65_535])
    #expect(wide.finished(as: .float) == wide)
  }

  @Test("scale and offset come before the one rounding") func scaling() {
    let sums = row([1, 2, 3, 5])
    #expect(sums.finished(as: .uint8, scale: 0.5, offset: 10).values == [10, 11, 12, 12])
    #expect(sums.finished(as: .int16, scale: -0.5).values == [0, -1, -2, -2])
  }

  @Test("NaN becomes 0 and infinities saturate in whole samples only") func notFinite() {
    let values = row([.nan, .infinity, -.infinity])
    #expect(values.finished(as: .uint8).values == [0, 255, 0])
    #expect(values.finished(as: .uint16).values == [0, 65_535, 0])
    #expect(values.finished(as: .int16).values == [0, 32_767, -32_768])
    let kept = values.finished(as: .float).values
    #expect(kept[0].isNaN && kept[1] == .infinity && kept[2] == -.infinity)
  }

  @Test("finished values turn into samples and back") func samples() {
    let plane = row([0, 1, 255])
    #expect(plane.samples(as: UInt8.self) == [0, 1, 255])
    #expect(ReferencePlane(width: 3, height: 1, samples: [UInt8]([0, 1, 255])) == plane)
    #expect(row([-32_768, 32_767]).samples(as: Int16.self) == [-32_768, 32_767])
    #expect(row([65_535]).samples(as: UInt16.self) == [65_535])
    #expect(row([0.25]).samples(as: Float.self) == [0.25])
  }

  @Test("magnitude is the length of the two gradients") func magnitude() {
    let length = ReferencePlane.magnitude(row([3, -5, 0]), row([4, 12, -2]))
    #expect(length.values == [5, 13, 2])
  }

  @Test("maximum takes the strongest response and no NaN where there is a number") func maximum() {
    let best = ReferencePlane.maximum(
      row([1, .nan, 3, -1]), [row([2, 2, .nan, -2]), row([0, 1, 4, -3])])
    #expect(best.values == [2, 2, 4, -1])
  }

  @Test("threshold is strict and invert subtracts") func thresholdAndInvert() {
    let values = row([99, 100, 101, .nan])
    #expect(values.thresholded(above: 100, highest: 255).values == [0, 0, 255, 0])
    #expect(row([0, 100, 255]).inverted(highest: 255).values == [255, 155, 0])
  }

  @Test("gray has the weights of 15-bit fixed point") func gray() {
    let (zero, full) = (row([0, 0, 0, 255]), 255.0)
    let red = row([full, 0, 0, full])
    let green = row([0, full, 0, full])
    let blue = row([0, 0, full, full])
    #expect(
      ReferencePlane.gray(red: red, green: green, blue: blue, type: .uint8).values
        == [76, 150, 29, 255])
    #expect(
      ReferencePlane.gray(red: red, green: zero, blue: zero, type: .float).values[0]
        == 9798 * full / 32_768)
  }

  @Test("the middle of nine is the fifth in order, under every edge mode") func median() throws {
    let nine = ReferencePlane(width: 3, height: 3, values: [9, 1, 8, 2, 7, 3, 6, 4, 5])
    #expect(try nine.median(size: 3, edge: .crop).values == [5])
    // Top left sees 9 9 1, 9 9 1, 2 2 7 extended and 0 0 0, 0 9 1, 0 2 7 padded.
    #expect(try nine.median(size: 3, edge: .extend)[0, 0] == 7)
    #expect(try nine.median(size: 3, edge: .pad(0))[0, 0] == 0)
    // Mirrored once more without the border: 7 2 7, 1 9 1, 7 2 7.
    #expect(try nine.median(size: 3, edge: .reflect101)[0, 0] == 7)
    #expect(try nine.median(size: 1, edge: .extend) == nine)
  }

  @Test("a median says what it cannot do") func medianRefusals() {
    let plane = ReferencePlane(width: 2, height: 2, values: [1, 2, .nan, 4])
    #expect(throws: ReferenceError.notANumber(x: 0, y: 1)) {
      try plane.median(size: 3, edge: .extend)
    }
    #expect(throws: ReferenceError.edgeNotAvailable(operation: "median", edge: .renormalize)) {
      try plane.median(size: 3, edge: .renormalize)
    }
    let whole = ReferencePlane(width: 2, height: 2, values: [1, 2, 3, 4])
    #expect(
      throws: ReferenceError.smallerThanKernel(width: 2, height: 2, kernelWidth: 3, kernelHeight: 3)
    ) { try whole.median(size: 3, edge: .crop) }
  }

  @Test("a difference is counted, measured and located") func difference() {
    let a = ReferencePlane(width: 2, height: 2, values: [1, 2, .nan, 4])
    let b = ReferencePlane(width: 2, height: 2, values: [1, 5, .nan, 2])
    #expect(a.difference(from: a) == nil)
    #expect(
      a.difference(from: b) == ReferenceDifference(count: 2, largest: 3, firstX: 1, firstY: 0))
  }
}
