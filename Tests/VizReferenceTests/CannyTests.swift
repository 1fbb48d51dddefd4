import Testing
import VizReference
import VizTestSupport

@Suite("Canny") struct CannyTests {
  private func rows(_ count: Int, of row: [Double]) -> [Double] {
    [[Double]](repeating: row, count: count).flatMap(\.self)
  }

  @Test("a step is one line of edges, one pixel wide") func step() throws {
    let values = rows(5, of: [0, 0, 0, 100, 100, 100])
    let plane = ReferencePlane(width: 6, height: 5, values: values)
    // The gradient is 400 in columns 2 and 3; the left of two equals is the ridge.
    let edges = try plane.canny(low: 100, high: 200)
    #expect(edges.values == rows(5, of: [0, 0, 255, 0, 0, 0]))
    #expect(try plane.canny(low: 200, high: 100) == edges)
    #expect(try plane.canny(low: 100, high: 400).values.allSatisfy { $0 == 0 })
    #expect(try plane.canny(low: 100, high: 399.9, highest: 1)[2, 0] == 1)
  }

  @Test("a weak ridge counts where it touches a strong one") func hysteresis() throws {
    // A step of 20 for four rows, of 100 for two more: gradients 80 and 400 along one line.
    let values = (0..<6).flatMap { y in
      [0.0, 0, 0] + [Double](repeating: y < 4 ? 20 : 100, count: 3)
    }
    let plane = ReferencePlane(width: 6, height: 6, values: values)
    let strong = try plane.canny(low: 350, high: 350)
    #expect(strong[2, 0] == 0 && strong[2, 5] == 255)
    #expect(try plane.canny(low: 50, high: 350)[2, 0] == 255)
  }

  @Test("samples are rounded first, and 16 bits do not overflow") func wideSamples() throws {
    let values = rows(5, of: [0.4, 0.4, 0.5, 65_535.4, 65_535.4, 65_535.4])
    let plane = ReferencePlane(width: 6, height: 5, values: values)
    for norm in ReferenceNorm.allCases {
      let edges = try plane.canny(
        low: 100_000, high: 262_139, norm: norm, edge: .extend, highest: 65_535)
      #expect(edges.values == rows(5, of: [0, 0, 65_535, 0, 0, 0]), "\(norm)")
      let none = try plane.canny(low: 100_000, high: 262_140, norm: norm)
      #expect(none.values.allSatisfy { $0 == 0 }, "\(norm)")
    }
    let odd = ReferencePlane(width: 2, height: 1, values: [.nan, .infinity])
    #expect(try odd.canny(low: 10, high: 20).values == [255, 0])
  }

  @Test("crop and renormalize are refused where they make no sense") func refusals() {
    let plane = ReferencePlane(width: 2, height: 9, values: .init(repeating: 0, count: 18))
    #expect(
      throws: ReferenceError.smallerThanKernel(width: 2, height: 9, kernelWidth: 3, kernelHeight: 3)
    ) { try plane.canny(low: 1, high: 2, edge: .crop) }
    #expect(throws: ReferenceError.edgeNotAvailable(operation: "canny", edge: .renormalize)) {
      try plane.canny(low: 1, high: 2, edge: .renormalize)
    }
  }

  @Test(
    "equals OpenCV's detector in every pixel",
    arguments: [ReferenceEdge.extend, .pad(0), .pad(90), .crop, .mirror, .reflect101, .wrap])
  func equalsOpenCV(edge: ReferenceEdge) throws {
    var generator = SplitMix64(seed: 0xCA11)
    for (width, height) in [(1, 1), (1, 7), (9, 2), (3, 3), (31, 33), (130, 61)] {
      if edge == .crop && min(width, height) < 3 { continue }
      for picture in [
        OraclePicture<UInt8>.noise(width: width, height: height, using: &generator),
        OraclePicture<UInt8>.hills(width: width, height: height, using: &generator),
      ] {
        for (low, high) in [(50.0, 150.0), (20, 40), (400, 700), (0, 0), (99.5, 100.5), (-5, 3)] {
          for norm in ReferenceNorm.allCases {
            let ours = try picture.plane().canny(low: low, high: high, norm: norm, edge: edge)
            let theirs = try OpenCVOracle.canny(
              picture, low: low, high: high, norm: norm, edge: edge)
            #expect(
              ours.difference(from: theirs.plane()) == nil,
              "\(width)×\(height) \(low)–\(high) \(norm) \(edge)")
          }
        }
      }
    }
  }
}
