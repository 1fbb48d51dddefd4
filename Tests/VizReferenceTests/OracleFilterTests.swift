import Testing
import VizReference
import VizTestSupport

@Suite("The reference against OpenCV's named filters") struct OracleFilterTests {
  private static let edges: [ReferenceEdge] = [
    .extend, .pad(0), .pad(7), .crop, .mirror, .reflect101, .wrap,
  ]
  private static let sizes = [(1, 1), (2, 9), (3, 3), (8, 5), (31, 33), (67, 40)]

  @Test("Sobel and Scharr are correlations with getDerivKernels", arguments: edges)
  func derivatives(edge: ReferenceEdge) throws {
    var generator = SplitMix64(seed: 11)
    for (width, height) in Self.sizes {
      let picture = OraclePicture<UInt8>.noise(width: width, height: height, using: &generator)
      for size in [-1, 1, 3, 5, 7] {
        for (dx, dy) in [(1, 0), (0, 1)] {
          let (row, column) = try OpenCVOracle.derivativeKernels(dx: dx, dy: dy, size: size)
          let kernel = ReferenceKernel(row: row, column: column)
          if edge == .crop && (max(3, size) > min(width, height) || size == 1) { continue }
          let theirs =
            try size == -1
            ? OpenCVOracle.scharr(picture, as: Int16.self, dx: dx, dy: dy, edge: edge)
            : OpenCVOracle.sobel(picture, as: Int16.self, dx: dx, dy: dy, size: size, edge: edge)
          let ours = try picture.plane().correlated(with: kernel, edge: edge)
          #expect(
            ours.finished(as: .int16).difference(from: theirs.plane()) == nil,
            "\(width)×\(height) size \(size) \(dx)\(dy) \(edge)")
        }
      }
    }
  }

  @Test("Laplacian has its two small kernels, saturated in UInt8", arguments: edges)
  func laplacian(edge: ReferenceEdge) throws {
    let taps: [(Int, [Double])] = [
      (1, [0, 1, 0, 1, -4, 1, 0, 1, 0]), (3, [2, 0, 2, 0, -8, 0, 2, 0, 2]),
    ]
    var generator = SplitMix64(seed: 12)
    for (width, height) in Self.sizes where edge != .crop || min(width, height) >= 3 {
      let picture = OraclePicture<UInt8>.noise(width: width, height: height, using: &generator)
      for (size, taps) in taps {
        let sums = try picture.plane().correlated(
          with: ReferenceKernel(width: 3, height: 3, taps: taps), edge: edge)
        let bytes = try OpenCVOracle.laplacian(picture, as: UInt8.self, size: size, edge: edge)
        #expect(sums.finished(as: .uint8).difference(from: bytes.plane()) == nil, "\(size) \(edge)")
        let words = try OpenCVOracle.laplacian(picture, as: Int16.self, size: size, edge: edge)
        #expect(sums.finished(as: .int16).difference(from: words.plane()) == nil, "\(size) \(edge)")
      }
    }
  }

  @Test("box sums and binomial products are exact, means but for ties", arguments: edges)
  func boxAndSeparable(edge: ReferenceEdge) throws {
    var generator = SplitMix64(seed: 13)
    for (width, height) in Self.sizes where edge != .crop || min(width, height) >= 5 {
      let picture = OraclePicture<UInt8>.noise(width: width, height: height, using: &generator)
      let ones = ReferenceKernel(width: 5, height: 3, taps: .init(repeating: 1, count: 15))
      let sums = try picture.plane().correlated(with: ones, edge: edge)
      let raw = try OpenCVOracle.boxFilter(
        picture, as: UInt16.self, width: 5, height: 3, normalized: false, edge: edge)
      #expect(sums.finished(as: .uint16) == raw.plane(), "\(width)×\(height) \(edge)")
      let mean = try OpenCVOracle.boxFilter(
        picture, as: UInt8.self, width: 5, height: 3, edge: edge)
      #expect(
        sums.finished(as: .uint8, scale: 1.0 / 15).difference(from: mean.plane()) == nil,
        "\(width)×\(height) \(edge)")
      let product = ReferenceKernel(row: [1, 4, 6, 4, 1], column: [1, 2, 1])
      let separated = try OpenCVOracle.sepFilter2D(
        picture, as: Int16.self, row: [1, 4, 6, 4, 1], column: [1, 2, 1], edge: edge)
      #expect(
        try picture.plane().correlated(with: product, edge: edge).finished(as: .int16)
          == separated.plane(), "\(width)×\(height) \(edge)")
    }
  }

  @Test("GaussianBlur is within one of the rounded truth") func gaussian() throws {
    var generator = SplitMix64(seed: 14)
    let picture = OraclePicture<UInt8>.noise(width: 67, height: 40, using: &generator)
    for (size, sigma) in [(3, 0.8), (5, 1.0), (7, 1.4), (13, 2.0)] {
      let taps = try OpenCVOracle.gaussianKernel(size: size, sigma: sigma)
      let truth = try picture.plane().correlated(
        with: ReferenceKernel(row: taps, column: taps), edge: .extend
      ).finished(as: .uint8)
      let theirs = try OpenCVOracle.gaussianBlur(
        picture, width: size, height: size, sigmaX: sigma, edge: .extend)
      let difference = truth.difference(from: theirs.plane())
      #expect((difference?.largest ?? 0) <= 1, "\(size) \(sigma)")
    }
  }

  @Test("median is the same in every pixel", arguments: edges) func median(
    edge: ReferenceEdge
  ) throws {
    var generator = SplitMix64(seed: 15)
    for width in sweepSizes {
      for height in [1, 2, 5, 9, 33] {
        try compareMedian(UInt8.self, width, height, [3, 5, 7, 9], edge, &generator)
        try compareMedian(UInt16.self, width, height, [3, 5], edge, &generator)
        try compareMedian(Int16.self, width, height, [3, 5], edge, &generator)
        try compareMedian(Float.self, width, height, [3, 5], edge, &generator)
      }
    }
  }

  private func compareMedian<S: RandomSample>(
    _: S.Type, _ width: Int, _ height: Int, _ sizes: [Int], _ edge: ReferenceEdge,
    _ generator: inout SplitMix64
  ) throws {
    let picture = OraclePicture<S>.noise(width: width, height: height, using: &generator)
    for size in sizes where edge != .crop || min(width, height) >= size {
      let ours = try picture.plane().median(size: size, edge: edge)
      let theirs = try OpenCVOracle.medianBlur(picture, size: size, edge: edge)
      #expect(
        ours.difference(from: theirs.plane()) == nil, "\(S.self) \(width)×\(height) \(size) \(edge)"
      )
    }
  }

  @Test("threshold is the same at, below and above the value") func threshold() throws {
    let bytes = OraclePicture(width: 256, height: 1, samples: (0...255).map(UInt8.init))
    for limit in [-1.0, 0, 99.5, 100, 254, 255, 300] {
      let theirs = try OpenCVOracle.threshold(bytes, above: limit, highest: 255)
      #expect(bytes.plane().thresholded(above: limit, highest: 255) == theirs.plane(), "\(limit)")
    }
    let words = OraclePicture(
      width: 4, height: 1, samples: [UInt16](arrayLiteral: 0, 999, 1000, 65_535))
    #expect(
      try OpenCVOracle.threshold(words, above: 999, highest: 65_535).samples
        == [0, 0, 65_535, 65_535])
  }

  @Test("copyMakeBorder looks up what the reference looks up", arguments: edges)
  func borders(edge: ReferenceEdge) throws {
    guard edge != .crop else { return }
    var generator = SplitMix64(seed: 16)
    for (width, height) in [(1, 1), (1, 4), (2, 3), (5, 5), (33, 7)] {
      let picture = OraclePicture<Int16>.noise(width: width, height: height, using: &generator)
      let theirs = try OpenCVOracle.copyMakeBorder(
        picture, left: 9, top: 8, right: 7, bottom: 6, edge: edge
      ).plane()
      for y in 0..<theirs.height {
        for x in 0..<theirs.width {
          let column = edge.index(x - 9, count: width)
          let row = edge.index(y - 8, count: height)
          var expected = 0.0
          if case .pad(let value) = edge { expected = value }
          if let column, let row { expected = picture.plane()[column, row] }
          #expect(theirs[x, y] == expected, "\(x),\(y) of \(width)×\(height) \(edge)")
        }
      }
    }
  }
}
