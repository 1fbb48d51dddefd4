import CShims
import Testing
import VizReference

@Suite("What OpenCV does not have") struct OracleRefusalTests {
  private let picture = OraclePicture<UInt16>(width: 2, height: 2, samples: [1, 2, 3, 4])
  private let sobel = ReferenceKernel(row: [-1, 0, 1], column: [1, 2, 1])

  @Test("an exception inside OpenCV comes out as a typed error") func exceptions() {
    let failed = OracleError.failed(function: "filter2D", status: VIZ_CV_UNSUPPORTED)
    #expect(throws: failed) {
      try OpenCVOracle.filter2D(picture, as: UInt8.self, kernel: sobel, edge: .extend)
    }
    #expect(throws: OracleError.self) { try OpenCVOracle.medianBlur(picture, size: 7) }
    #expect(throws: OracleError.self) { try OpenCVOracle.gray(picture) }
    #expect(throws: OracleError.self) {
      try OpenCVOracle.gaussianBlur(picture, width: 4, height: 4, sigmaX: 1, edge: .extend)
    }
    #expect(throws: OracleError.self) {
      try OpenCVOracle.derivativeKernels(dx: 1, dy: 0, size: 33)
    }
    #expect(throws: OracleError.self) {
      try OpenCVOracle.sobel(picture, as: Float.self, dx: 1, dy: 0, size: 0, edge: .extend)
    }
    #expect(throws: OracleError.self) { try OpenCVOracle.gaussianKernel(size: -3, sigma: 1) }
    #expect(throws: OracleError.self) {
      try OpenCVOracle.gaborKernel(
        width: 4, height: 4, sigma: 1, theta: 0, wavelength: 4, aspect: 1, phase: 0)
    }
  }

  @Test("edge modes that OpenCV lacks are unavailable") func edges() {
    #expect(throws: OracleError.unavailable("no filter knows the edge mode renormalize")) {
      try OpenCVOracle.filter2D(picture, as: Float.self, kernel: sobel, edge: .renormalize)
    }
    #expect(throws: OracleError.unavailable("crop leaves nothing of 2×2")) {
      try OpenCVOracle.filter2D(picture, as: Float.self, kernel: sobel, edge: .crop)
    }
    #expect(throws: OracleError.unavailable("-1.0 is no uint16 sample")) {
      try OpenCVOracle.filter2D(picture, as: Float.self, kernel: sobel, edge: .pad(-1))
    }
  }

  @Test("matrices that make no sense are refused before OpenCV sees them") func matrices() {
    var samples = [UInt8](repeating: 0, count: 64)
    samples.withUnsafeMutableBytes { bytes in
      let good = viz_cv_matrix(
        samples: bytes.baseAddress, stride: 8, width: 8, height: 4, channels: 1, depth: 0)
      let breaks: [(inout viz_cv_matrix) -> Void] = [
        { $0.samples = nil }, { $0.stride = 7 }, { $0.width = 0 }, { $0.height = -1 },
        { $0.channels = 0 }, { $0.channels = 5 }, { $0.depth = 4 }, { $0.depth = -1 },
      ]
      for (i, change) in breaks.enumerated() {
        var (bad, target) = (good, good)
        change(&bad)
        #expect(viz_cv_median_blur(&bad, &target, 3) == Int32(VIZ_CV_ARGUMENT), "\(i)")
        #expect(viz_cv_median_blur(&target, &bad, 3) == Int32(VIZ_CV_ARGUMENT), "\(i)")
      }
      #expect(viz_cv_median_blur(nil, nil, 3) == Int32(VIZ_CV_ARGUMENT))
      var (source, narrow) = (good, good)
      narrow.width = 7
      narrow.height = 3
      #expect(viz_cv_median_blur(&source, &narrow, 3) == Int32(VIZ_CV_MISMATCH))
    }
  }

  @Test("rows may lie apart in memory, and what lies between is left alone") func strides() throws {
    var source = [UInt8](repeating: 77, count: 5 * 16)
    var target = [UInt8](repeating: 99, count: 5 * 24)
    for y in 0..<5 { for x in 0..<9 { source[y * 16 + x] = UInt8(x * x + 3 * y) } }
    let status = source.withUnsafeMutableBytes { from in
      target.withUnsafeMutableBytes { into in
        var input = viz_cv_matrix(
          samples: from.baseAddress, stride: 16, width: 9, height: 5, channels: 1, depth: 0)
        var output = viz_cv_matrix(
          samples: into.baseAddress, stride: 24, width: 9, height: 5, channels: 1, depth: 0)
        return viz_cv_laplacian(&input, &output, 1, 1, 0, Int32(VIZ_CV_REFLECT))
      }
    }
    #expect(status == Int32(VIZ_CV_OK))
    let plane = ReferencePlane(
      width: 9, height: 5, samples: (0..<45).map { source[$0 / 9 * 16 + $0 % 9] })
    let laplacian = ReferenceKernel(width: 3, height: 3, taps: [0, 1, 0, 1, -4, 1, 0, 1, 0])
    let expected = try plane.correlated(with: laplacian, edge: .mirror).finished(as: .uint8)
    for y in 0..<5 {
      for x in 0..<24 {
        #expect(Double(target[y * 24 + x]) == (x < 9 ? expected[x, y] : 99), "\(x),\(y)")
      }
    }
  }

  @Test("the version is known and the threads can be set") func library() {
    #expect(OpenCVOracle.version.split(separator: ".").count >= 2)
    let before = OpenCVOracle.threads
    OpenCVOracle.setThreads(1)
    #expect(OpenCVOracle.threads == 1)
    OpenCVOracle.setThreads(before)
  }
}
