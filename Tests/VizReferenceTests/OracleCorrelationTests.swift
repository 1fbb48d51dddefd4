import Testing
import VizReference
import VizTestSupport

@Suite("The reference against OpenCV's filter2D") struct OracleCorrelationTests {
  /// Whole, dyadic and fractional kernels of every shape, some with 50 taps or more.
  private static let kernels: [ReferenceKernel] = {
    var generator = SplitMix64(seed: 0x6E61)
    var kernels = [
      ReferenceKernel(width: 1, height: 1, taps: [3]),
      ReferenceKernel(row: [-1, 0, 1], column: [1, 2, 1]),
      ReferenceKernel(width: 3, height: 3, taps: [0, 1, 0, 1, -4, 1, 0, 1, 0]),
      ReferenceKernel(width: 3, height: 3, taps: .init(repeating: 1.0 / 9, count: 9)),
      ReferenceKernel(row: [1, 4, 6, 4, 1], column: [1, 4, 6, 4, 1]).scaled(by: 1.0 / 256),
      ReferenceKernel(width: 15, height: 15, taps: .init(repeating: 1.0 / 256, count: 225)),
    ]
    for (width, height) in [
      (2, 1), (1, 2), (5, 1), (1, 5), (2, 2), (4, 3), (9, 1), (1, 13), (7, 7),
    ] {
      kernels.append(.random(width: width, height: height, reach: 4, using: &generator))
    }
    for (x, y) in [(0, 0), (2, 0), (1, 2), (3, 2)] {
      kernels.append(
        .random(width: 4, height: 3, reach: 4, anchorX: x, anchorY: y, using: &generator))
    }
    kernels.append(.random(width: 11, height: 11, reach: 1, using: &generator))
    kernels.append(
      ReferenceKernel(
        width: 5, height: 5,
        taps: (0..<25).map { _ in Double.random(in: -1...1, using: &generator) }))
    return kernels
  }()

  private static let edges: [ReferenceEdge] = [
    .extend, .pad(0), .pad(1), .crop, .mirror, .reflect101, .wrap,
  ]

  /// Compares one case; returns how it disagrees.
  private func disagreement<S: RandomSample, T: ReferenceSample>(
    _ picture: OraclePicture<S>, as type: T.Type, _ kernel: ReferenceKernel, _ edge: ReferenceEdge,
    delta: Double
  ) throws -> String? {
    let name = "\(picture.width)×\(picture.height) \(kernel.width)×\(kernel.height) \(edge)"
    let target = T.referenceType
    let expected = OpenCVOracle.expectation(
      from: S.referenceType, to: target, kernel: kernel, offset: delta, edge: edge)
    if case .unavailable(let reason) = expected { return "\(name): \(reason)" }
    let sums = try picture.plane().correlated(with: kernel, edge: edge)
    let theirs = try OpenCVOracle.filter2D(
      picture, as: type, kernel: kernel, delta: delta, edge: edge
    ).plane()
    guard sums.width == theirs.width, sums.height == theirs.height else { return "\(name): size" }
    for i in sums.values.indices
    where !expected.accepts(theirs.values[i], exact: delta + sums.values[i], as: target) {
      return "\(name) at \(i): \(theirs.values[i]) for \(delta + sums.values[i]), \(expected)"
    }
    return nil
  }

  private func sweep<S: RandomSample, T: ReferenceSample>(
    _: S.Type, to type: T.Type, edge: ReferenceEdge
  ) throws {
    var generator = SplitMix64(seed: 0x5EED)
    for height in sweepSizes {
      for width in sweepSizes {
        let picture = OraclePicture<S>.noise(width: width, height: height, using: &generator)
        for (i, kernel) in Self.kernels.enumerated() {
          if edge == .crop && (kernel.width > width || kernel.height > height) { continue }
          let delta = i % 3 == 0 ? 16.5 : 0
          let found = try disagreement(picture, as: type, kernel, edge, delta: delta)
          #expect(found == nil)
        }
      }
    }
  }

  @Test("UInt8 in, every type out", arguments: edges) func fromUInt8(edge: ReferenceEdge) throws {
    try sweep(UInt8.self, to: UInt8.self, edge: edge)
    try sweep(UInt8.self, to: UInt16.self, edge: edge)
    try sweep(UInt8.self, to: Int16.self, edge: edge)
    try sweep(UInt8.self, to: Float.self, edge: edge)
  }

  @Test("UInt16 in, UInt16 and Float out", arguments: edges) func fromUInt16(
    edge: ReferenceEdge
  ) throws {
    try sweep(UInt16.self, to: UInt16.self, edge: edge)
    try sweep(UInt16.self, to: Float.self, edge: edge)
  }

  @Test("Int16 in, Int16 and Float out", arguments: edges) func fromInt16(
    edge: ReferenceEdge
  ) throws {
    try sweep(Int16.self, to: Int16.self, edge: edge)
    try sweep(Int16.self, to: Float.self, edge: edge)
  }

  @Test("Float in and out", arguments: edges) func fromFloat(edge: ReferenceEdge) throws {
    try sweep(Float.self, to: Float.self, edge: edge)
  }

  @Test("the Fourier transform of large kernels stays within its bound, on bright pictures too")
  func largeKernels() throws {
    var generator = SplitMix64(seed: 4)
    let bright = OraclePicture<UInt8>(
      width: 150, height: 130,
      samples: (0..<(150 * 130)).map { _ in UInt8.random(in: 250...255, using: &generator) })
    for (side, value) in [(12, 1.0), (15, 1.0 / 256), (21, 0.3), (31, 1)] {
      let kernel = ReferenceKernel(
        width: side, height: side, taps: .init(repeating: value, count: side * side))
      let found = try disagreement(bright, as: Float.self, kernel, .extend, delta: 0)
      #expect(found == nil)
      let random = ReferenceKernel.random(width: side, height: side, reach: 3, using: &generator)
      let other = try disagreement(bright, as: Int16.self, random, .wrap, delta: 0)
      #expect(other == nil)
    }
  }

  @Test("channels are filtered one by one") func channels() throws {
    var generator = SplitMix64(seed: 3)
    let kernel = ReferenceKernel.random(width: 3, height: 5, reach: 9, using: &generator)
    for channels in 2...4 {
      let picture = OraclePicture<UInt8>.noise(
        width: 19, height: 7, channels: channels, using: &generator)
      for edge in Self.edges {
        let theirs = try OpenCVOracle.filter2D(picture, as: Int16.self, kernel: kernel, edge: edge)
        for channel in 0..<channels {
          let ours = try picture.plane(channel: channel).correlated(with: kernel, edge: edge)
          #expect(
            ours.finished(as: .int16) == theirs.plane(channel: channel), "\(channels) \(edge)")
        }
      }
    }
  }
}
