import Testing
import VizReference

@Suite("Correlation by hand") struct CorrelationTests {
  /// Three rows: 1 2 3, 4 5 6 and 7 8 9.
  private let nine = ReferencePlane(width: 3, height: 3, values: [1, 2, 3, 4, 5, 6, 7, 8, 9])
  private let ones = ReferenceKernel(width: 3, height: 3, taps: .init(repeating: 1, count: 9))
  private let row = ReferencePlane(width: 4, height: 1, values: [1, 2, 3, 4])
  /// Taps that write the five neighbours as decimal digits, the leftmost last.
  private let digits = ReferenceKernel(width: 5, height: 1, taps: [1, 10, 100, 1000, 10_000])

  @Test("extended edges repeat the border, corners the corner") func extended() throws {
    let sums = try nine.correlated(with: ones, edge: .extend)
    #expect(sums.values == [21, 27, 33, 39, 45, 51, 57, 63, 69])
  }

  @Test("zero padding darkens the border") func padded() throws {
    let sums = try nine.correlated(with: ones, edge: .pad(0))
    #expect(sums.values == [12, 21, 16, 27, 45, 33, 24, 39, 28])
  }

  @Test("crop keeps only what the kernel never leaves") func cropped() throws {
    let sums = try nine.correlated(with: ones, edge: .crop)
    #expect(sums == ReferencePlane(width: 1, height: 1, values: [45]))
    let threeDigits = ReferenceKernel(width: 3, height: 1, taps: [1, 10, 100])
    #expect(try row.correlated(with: threeDigits, edge: .crop).values == [321, 432])
  }

  @Test(
    "each mode shows a kernel the neighbours that its diagram shows",
    arguments: [
      (ReferenceEdge.extend, [32111.0, 43211, 44321, 44432]), (.pad(0), [32100, 43210, 4321, 432]),
      (.pad(9), [32199, 43219, 94321, 99432]), (.mirror, [32112, 43211, 44321, 34432]),
      (.reflect101, [32123, 43212, 34321, 23432]), (.wrap, [32143, 43214, 14321, 21432]),
    ])
  func neighbours(edge: ReferenceEdge, expected: [Double]) throws {
    #expect(try row.correlated(with: digits, edge: edge).values == expected)
    let column = ReferencePlane(width: 1, height: 4, values: row.values)
    let upright = ReferenceKernel(width: 1, height: 5, taps: digits.taps)
    #expect(try column.correlated(with: upright, edge: edge).values == expected)
  }

  @Test("renormalize lets the taps inside make up for those outside") func renormalized() throws {
    let five = ReferenceKernel(width: 5, height: 1, taps: [1, 1, 1, 1, 1])
    #expect(try row.correlated(with: five, edge: .renormalize).values == [10, 12.5, 12.5, 15])
    let flat = ReferencePlane(width: 3, height: 2, values: .init(repeating: 7, count: 6))
    let binomial = ReferenceKernel(row: [1, 2, 1], column: [1, 2, 1])
    #expect(
      try flat.correlated(with: binomial, edge: .renormalize).values
        == .init(repeating: 112, count: 6))
    // Corner of the nine with 1 2 1: (4·1 + 2·2 + 2·4 + 1·5) · 16 / 9.
    #expect(
      try nine.correlated(with: binomial, edge: .renormalize).values[0] == 21.0 * 16 / 9)
  }

  @Test("renormalize refuses what it cannot rescale") func renormalizeRefusals() {
    let negative = ReferenceKernel(width: 3, height: 1, taps: [1, -1, 1])
    #expect(throws: ReferenceError.negativeTap(x: 1, y: 0)) {
      try row.correlated(with: negative, edge: .renormalize)
    }
    let leftOnly = ReferenceKernel(width: 3, height: 1, taps: [1, 0, 0])
    #expect(throws: ReferenceError.nothingLeft(x: 0, y: 0)) {
      try row.correlated(with: leftOnly, edge: .renormalize)
    }
    let nothing = ReferenceKernel(width: 1, height: 1, taps: [0])
    #expect(throws: ReferenceError.nothingLeft(x: 0, y: 0)) {
      try row.correlated(with: nothing, edge: .renormalize)
    }
  }

  @Test("crop refuses a picture smaller than the kernel") func cropRefusal() {
    #expect(
      throws: ReferenceError.smallerThanKernel(width: 4, height: 1, kernelWidth: 5, kernelHeight: 1)
    ) { try row.correlated(with: digits, edge: .crop) }
  }

  @Test("the anchor says which tap lies over the pixel, also of an even kernel") func anchors()
    throws
  {
    let even = ReferenceKernel(width: 2, height: 1, taps: [1, 10])
    #expect(try row.correlated(with: even, edge: .pad(0)).values == [10, 21, 32, 43])
    let left = ReferenceKernel(width: 2, height: 1, taps: [1, 10], anchorX: 0)
    #expect(try row.correlated(with: left, edge: .pad(0)).values == [21, 32, 43, 4])
  }

  @Test("a kernel is not turned: correlation, not convolution") func orientation() throws {
    let sobel = ReferenceKernel(row: [-1, 0, 1], column: [1, 2, 1])
    let edge = ReferencePlane(width: 4, height: 1, values: [0, 0, 1, 1])
    #expect(try edge.correlated(with: sobel, edge: .extend).values == [0, 4, 4, 0])
  }

  @Test("zero taps are skipped over NaN and infinities, others are not") func notANumber() throws {
    let plane = ReferencePlane(width: 5, height: 1, values: [1, .nan, 2, .infinity, 3])
    let outer = ReferenceKernel(width: 3, height: 1, taps: [1, 0, 1])
    let sums = try plane.correlated(with: outer, edge: .pad(0)).values
    #expect(sums[0].isNaN && sums[2].isNaN)
    #expect(sums[1] == 3 && sums[3] == 5 && sums[4] == .infinity)
    let difference = ReferenceKernel(width: 3, height: 1, taps: [1, 0, -1])
    let both = ReferencePlane(width: 3, height: 1, values: [.infinity, 0, .infinity])
    #expect(try both.correlated(with: difference, edge: .pad(0)).values[1].isNaN)
  }

  @Test("a single pixel under a kernel of 5×5 is itself twenty-five times") func onePixel() throws {
    let pixel = ReferencePlane(width: 1, height: 1, values: [7])
    let kernel = ReferenceKernel(width: 5, height: 5, taps: .init(repeating: 1, count: 25))
    for edge in [ReferenceEdge.extend, .mirror, .reflect101, .wrap, .renormalize] {
      #expect(try pixel.correlated(with: kernel, edge: edge).values == [175], "\(edge)")
    }
    #expect(try pixel.correlated(with: kernel, edge: .pad(0)).values == [7])
    #expect(try pixel.correlated(with: kernel, edge: .pad(2)).values == [55])
  }
}
