import Testing
import VizImage
import VizKernels
import VizReference
import VizTestSupport

/// Presets against the functions that OpenCV has under the same names.
@Suite("Presets against OpenCV's own functions")
struct OpenCVFilterTests {
  static let edges = OpenCVKernelTests.edges
  private static let sizes = [(1, 1), (2, 5), (7, 7), (16, 9), (33, 21), (65, 8), (130, 7)]

  private func planes(_ type: SampleType, atLeast side: Int, _ edge: EdgeMode) -> [Plane] {
    Self.sizes.filter { edge != .crop || min($0, $1) >= side }.map { width, height in
      .random(width: width, height: height, type: type, seed: UInt64(width))
    }
  }

  private func apply(
    _ name: String, _ values: [Double] = [], to plane: Plane, _ edge: EdgeMode,
    _ output: SampleType
  ) throws -> ReferencePlane {
    ReferencePlane(
      try plane.filtered(
        with: presetBank(name, values, depth: plane.sampleType), edge: edge, output: output,
        execution: Execution()
      ).plane)
  }

  @Test("Sobel 3, 5, 7 and Scharr, to UInt8 and Int16", arguments: edges)
  func derivatives(edge: EdgeMode) throws {
    let border = ReferenceEdge(edge)
    for plane in planes(.uint8, atLeast: 7, edge) {
      let picture = OraclePicture<UInt8>(plane)
      for (axis, dx, dy) in [("x", 1, 0), ("y", 0, 1)] {
        for size in [3, 5, 7] {
          let bytes = try OpenCVOracle.sobel(
            picture, as: UInt8.self, dx: dx, dy: dy, size: size, edge: border)
          let words = try OpenCVOracle.sobel(
            picture, as: Int16.self, dx: dx, dy: dy, size: size, edge: border)
          let name = "sobel-\(axis)"
          #expect(try apply(name, [Double(size)], to: plane, edge, .uint8) == bytes.plane())
          #expect(try apply(name, [Double(size)], to: plane, edge, .int16) == words.plane())
        }
        let scharr = try OpenCVOracle.scharr(
          picture, as: Int16.self, dx: dx, dy: dy, edge: border)
        #expect(try apply("scharr-\(axis)", to: plane, edge, .int16) == scharr.plane())
      }
    }
  }

  @Test("Laplacian with aperture 1", arguments: edges)
  func laplacian(edge: EdgeMode) throws {
    for plane in planes(.uint8, atLeast: 3, edge) {
      let theirs = try OpenCVOracle.laplacian(
        OraclePicture<UInt8>(plane), as: Int16.self, edge: ReferenceEdge(edge))
      #expect(try apply("laplacian", to: plane, edge, .int16) == theirs.plane())
    }
  }

  @Test("blur and boxFilter", arguments: edges)
  func box(edge: EdgeMode) throws {
    for size in [3, 5, 7] {
      for plane in planes(.uint8, atLeast: size, edge) {
        let theirs = try OpenCVOracle.boxFilter(
          OraclePicture<UInt8>(plane), as: UInt8.self, width: size, height: size,
          edge: ReferenceEdge(edge))
        #expect(try apply("box", [Double(size)], to: plane, edge, .uint8) == theirs.plane())
      }
    }
  }

  @Test(
    "GaussianBlur, which rounds its weights to 8 bits, within one step, and two in pure noise",
    arguments: edges)
  func gaussian(edge: EdgeMode) throws {
    for sigma in [0.8, 1, 1.5, 2] {
      let size = 2 * max(1, Int((3 * sigma).rounded())) + 1
      let noise = planes(.uint8, atLeast: size, edge).filter { min($0.width, $0.height) > 1 }
      for (i, plane) in ([hills] + noise).enumerated() {
        let theirs = try OpenCVOracle.gaussianBlur(
          OraclePicture<UInt8>(plane), width: size, height: size, sigmaX: sigma,
          edge: ReferenceEdge(edge))
        let ours = try apply("gaussian", [sigma], to: plane, edge, .uint8)
        #expect(ours.difference(from: theirs.plane())?.largest ?? 0 <= (i == 0 ? 1 : 2), "\(sigma)")
      }
    }
  }

  @Test("medianBlur", arguments: edges)
  func median(edge: EdgeMode) throws {
    func check<S: Sample & ReferenceSample>(_: S.Type, _ sizes: [Int]) throws {
      for size in sizes {
        for plane in planes(S.sampleType, atLeast: size, edge) {
          let theirs = try OpenCVOracle.medianBlur(
            OraclePicture<S>(plane), size: size, edge: ReferenceEdge(edge))
          let ours = try plane.median(size: size, edge: edge)
          #expect(ReferencePlane(ours) == theirs.plane(), "\(S.sampleType) \(size)")
        }
      }
    }
    try check(UInt8.self, [3, 5, 7, 9, 15])
    try check(UInt16.self, [3, 5])
    try check(Int16.self, [3, 5])
  }

  @Test("Canny", arguments: edges)
  func canny(edge: EdgeMode) throws {
    for plane in planes(.uint8, atLeast: 3, edge) + [hills] {
      for (low, high) in [(100.0, 200.0), (50, 50), (20.5, 300.7), (400, 100), (0, 0)] {
        let theirs = try OpenCVOracle.canny(
          OraclePicture<UInt8>(plane), low: low, high: high, edge: ReferenceEdge(edge))
        let operation = try presetOperation("canny", [low, high])
        let ours = try operation.body(plane, edge, Execution())
        #expect(ReferencePlane(ours) == theirs.plane(), "\(plane.width) \(low) \(high)")
      }
    }
  }

  @Test("threshold")
  func threshold() throws {
    func check<S: Sample & ReferenceSample>(_: S.Type, highest: Double) throws {
      for plane in planes(S.sampleType, atLeast: 1, .extend) {
        for level in [-40_000.0, -1, 0, 0.5, 127, 127.5, 254, 255, 256, 65_534, 65_535, 70_000] {
          let ours = ReferencePlane(plane.thresholded(above: level, highest: highest))
          #expect(
            ours == ReferencePlane(plane).thresholded(above: level, highest: highest), "\(level)")
          if S.sampleType == .uint16 { continue }  // OpenCV 4.6 has no threshold for UInt16
          let theirs = try OpenCVOracle.threshold(
            OraclePicture<S>(plane), above: level, highest: highest)
          #expect(ours == theirs.plane(), "\(S.sampleType) \(level)")
        }
      }
    }
    try check(UInt8.self, highest: 255)
    try check(Int16.self, highest: 32_767)
    try check(UInt16.self, highest: 65_535)
    try check(Float.self, highest: 1)
  }

  /// A soft picture, whose edges hang together.
  private var hills: Plane {
    var random = SplitMix64(seed: 21)
    let noise = Plane(
      width: 90, height: 70,
      samples: (0..<6300).map { _ in UInt8.random(in: 0...255, using: &random) })
    do {
      let blurred = try noise.convolved(with: .box(size: 7), output: .float)
      return blurred.converted(to: .uint8, scale: 4, offset: -384, Execution()).plane
    } catch {
      preconditionFailure("\(error)")
    }
  }
}
